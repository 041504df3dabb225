import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ProjectFile, withhold } from "@larder/formats";
import { readConfig } from "../src/config-read.ts";
import { thisMachine } from "../src/machine.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-docs-"));
after(() => rmSync(folder, { recursive: true }));

/** The policy of the first example of docs/policies.md. */
function documented() {
  const text = readFileSync(new URL("../../../docs/policies.md", import.meta.url), "utf8");
  const [, toml = ""] = /^```toml\n(.*?)^```$/ms.exec(text) ?? [];
  const file = join(folder, "larder.toml");
  writeFileSync(file, toml);
  const sources = { options: {}, mounts: [], file, interactive: false, folder };
  const [mount] = readConfig(sources, thisMachine({}, folder, folder)).config.mounts;
  assert.ok(mount !== undefined && "policy" in mount && mount.policy !== undefined);
  const { advisories: _, ...policy } = mount.policy;
  return policy;
}

const may = "2026-05-01T00:00:00Z";
const rows: readonly [says: string, version: string, uploaded: string | undefined, now: string, because?: string][] = [
  ["demo, a day old", "1.0", may, "2026-05-02", "too-new"],
  ["demo, a week old", "1.0", may, "2026-05-08"],
  ["demo, of an unknown age", "1.0", undefined, "2026-05-08", "upload-time-unknown"],
  ["demo, from before the line in the sand", "1.0", "2025-12-31T00:00:00Z", "2026-01-02"],
  ["demo, a pre-release", "1.0rc1", may, "2026-05-08", "pre-release"],
  ["acme-tools, a day old", "1.0", may, "2026-05-02"],
  ["acme-tools, a day old, in June", "1.0", "2026-06-01T00:00:00Z", "2026-06-02", "too-new"],
  ["leftpad, the bad one", "2.1", may, "2026-05-08", "blocked"],
  ["leftpad, the mended one", "2.4", may, "2026-05-08"],
];
for (const [says, version, uploadTime, now, because] of rows)
  test(`the example of docs/policies.md: ${says}`, () => {
    const name = says.split(",")[0]!;
    const filename = `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`;
    const url = `https://files.example/${filename}`;
    const file: ProjectFile = {
      filename,
      url,
      hashes: {},
      yanked: false,
      ...(uploadTime !== undefined && { uploadTime }),
    };
    const page = { name, apiVersion: "1.1", files: [file], tracks: [], alternateLocations: [] };
    assert.equal(withhold(page, documented(), Date.parse(now)).withheld[0]?.because, because);
  });
