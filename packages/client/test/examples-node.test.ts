import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";

/** What each example of the cookbook prints. */
const prints: Readonly<Record<string, string>> = {
  "01-cache-an-api.ts": "100 answers, 1 request",
  "02-why.ts": "{ hit: false, fwd: 'uri-miss', fwdStatus: 200 }\n{ hit: false, fwd: 'stale', fwdStatus: 304 }",
  "03-keep-on-disk.ts": "3 runs, 1 request",
  "04-refresh.ts": "request 2",
  "05-offline.ts": "an item\nfetch failed: offline",
  "06-survive-failures.ts": "200 stale-if-error",
  "07-several-users.ts": "alice false\nbob false\nalice true",
  "08-watch.ts": "{ hit: 4, asked: 1 }",
  "09-under-undici.ts": "3 answers, 1 request",
  "10-test-with-a-clock.ts": "answer 1 answer 1\nanswer 2",
};

describe("the cookbook", { concurrency: 3 }, () => {
  const files = globSync(join(import.meta.dirname, "../examples/[0-9]*.ts")).sort();
  test("each example has its row", () =>
    assert.deepEqual(
      files.map((file) => basename(file)),
      Object.keys(prints),
    ));
  for (const file of files)
    test(basename(file), async () => {
      const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk) => {
        out += chunk;
      });
      child.stderr.on("data", (chunk) => {
        err += chunk;
      });
      const [status] = await once(child, "close");
      assert.equal(out.trim(), prints[basename(file)], err);
      assert.equal(status, 0, err);
    });
});
