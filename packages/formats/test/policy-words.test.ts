import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainWithheld, type IndexPolicy, type ProjectFile } from "../src/index.ts";
import { file } from "./samples.ts";
import { day, judge, nothing, now, wheel } from "./withhold-rows.ts";

describe("sentences", () => {
  const rows: readonly [policy: Partial<IndexPolicy>, file: ProjectFile, says: RegExp][] = [
    [
      { minimumAge: 7 * day },
      wheel("1.0", { uploadTime: "2026-01-30T00:00:00Z" }),
      /^foo-1\.0-py3-none-any\.whl was uploaded at 2026-01-30T00:00:00Z, and .* 7 days old: .* 2026-02-06T00:00:00Z on\.$/,
    ],
    [{ minimumAge: 5400 }, file(), /no known upload time.* 90 minutes old/],
    [{ minimumAge: 1 }, file(), / 1 second old/],
    [
      { advisories: new Map([["foo", [{ id: "MAL-1", versions: new Set(["1.0"]), ranges: [] }]]]) },
      file(),
      /^foo-1\.0-py3-none-any\.whl is reported as malicious \(MAL-1\), /,
    ],
    [{ block: [{ because: "CVE-1", until: now + 1000 }] }, file(), /blocked.* until 2026-01-31T00:00:01Z: CVE-1\.$/],
  ];
  for (const [policy, one, says] of rows)
    test(String(says), () => {
      const [held] = judge(policy, [one]).withheld;
      assert.match(explainWithheld(held!, { ...nothing, ...policy }), says);
    });
});
