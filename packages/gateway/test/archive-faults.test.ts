import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ConfigFault } from "@larder/server";
import fc from "fast-check";
import { exportArchive, importArchive } from "../src/archive/carry.ts";
import { ArchiveFault } from "../src/archive/fault.ts";
import { importMount } from "../src/archive/import-mount.ts";
import { manifestName } from "../src/archive/manifest.ts";
import { withData } from "../src/archive/open-data.ts";
import { openSource } from "../src/archive/source.ts";
import { verifyArchive } from "../src/archive/verify.ts";
import { big, config, contentsOf, dataWith, demo, fresh, page, start, upstream, watcher } from "./archive-folders.ts";

describe("an archive that can't be imported", () => {
  /** Another manifest: with other members, or with others in its first response. */
  const change = (path: string, members: object, ofFirst: object = {}) => {
    const read = JSON.parse(readFileSync(join(path, manifestName), "utf8"));
    Object.assign(read.responses[0], ofFirst);
    writeFileSync(join(path, manifestName), JSON.stringify({ ...read, ...members }));
  };
  const content = (path: string, text: string) =>
    join(path, "content", createHash("sha256").update(text).digest("hex"));
  const rows: readonly (readonly [says: string, damage: (path: string) => void, because: RegExp])[] = [
    [
      "a bit flipped",
      (path) => writeFileSync(content(path, "a page"), "a pagf"),
      /content\/\w+, which is .*demo\/, is damaged$/,
    ],
    ["a content too long", (path) => appendFileSync(content(path, big), "x"), /demo-1\.0\.tar\.gz, is damaged$/],
    ["a content cut", (path) => truncateSync(content(path, big), 1000), /is damaged$/],
    ["a content missing", (path) => rmSync(content(path, "any")), /which is .*demo\/, is missing$/],
    ["no manifest", (path) => rmSync(join(path, manifestName)), /was cut short: it has no larder-export\.json$/],
    ["a manifest cut", (path) => truncateSync(join(path, manifestName), 100), /is no JSON$/],
    ["another manifest", (path) => writeFileSync(join(path, manifestName), "[]"), /is no export of larder's/],
    ["a later version", (path) => change(path, { version: 2 }), /version 2; this larder reads version 1$/],
    ["no responses", (path) => change(path, { responses: 1 }), /lacks what an export has$/],
    ["fields that are none", (path) => change(path, {}, { fields: ["a"] }), /lacks what/],
    ["a target that is none", (path) => change(path, {}, { cacheKey: "../a" }), /lacks what/],
    ["a digest that is a path", (path) => change(path, {}, { content: { sha256: "../a", length: 1 } }), /lacks/],
    ["facts that are none", (path) => change(path, { facts: [1] }), /lacks what/],
  ];
  for (const [says, damage, because] of rows) {
    test(`${says}: a sentence, and nothing is imported`, async () => {
      const path = fresh();
      await exportArchive(config(await dataWith(...demo)), "/pypi/", path, watcher);
      damage(path);
      const there = fresh();
      await assert.rejects(importArchive(config(there), "/pypi/", path, watcher), (error: Error) => {
        assert.ok(error instanceof ArchiveFault, String(error.stack));
        assert.match(error.message, because);
        return true;
      });
      assert.deepEqual(await contentsOf(there), []);
    });
  }

  const faults: readonly (readonly [says: string, mount: string, more: object, because: RegExp])[] = [
    [
      "another upstream",
      "/pypi/=pypi:https://b.example/simple/",
      {},
      /was exported from a mount of https:\/\/index\.example\/simple\/, but \/pypi\/ is of https:\/\/b\.example/,
    ],
    ["another format", `/pypi/=http:${upstream}`, {}, /of format pypi; \/pypi\/ is http$/],
    ["no such mount", `/other/=pypi:${upstream}`, {}, /nothing is mounted at \/pypi\/; there is \/other\/$/],
    ["no room", `/pypi/=pypi:${upstream}`, { maxBytes: 1000 }, /set size-limit higher$/],
    ["no room for the heads", `/pypi/=pypi:${upstream}`, { maxBytes: 300_300 }, /set size-limit higher$/],
  ];
  for (const [says, mount, more, because] of faults) {
    test(`${says}: a sentence, and nothing is imported`, async () => {
      const path = fresh();
      await exportArchive(config(await dataWith(...demo)), "/pypi/", path, watcher);
      const there = fresh();
      await assert.rejects(importArchive(config(there, mount, more), undefined, path, watcher), (error: Error) => {
        assert.ok(error instanceof ConfigFault, String(error.stack));
        assert.match(error.message, because);
        return true;
      });
      assert.deepEqual(await contentsOf(there), []);
    });
  }

  test("one that can't be read any further half-way: what was put is taken out, what was there stays", async () => {
    const path = fresh();
    await exportArchive(config(await dataWith(...demo)), "/pypi/", path, watcher);
    const there = await dataWith({ target: page, text: "older", at: start - 5 });
    const before = await contentsOf(there);
    const source = openSource(path);
    const manifest = await verifyArchive(source);
    const breaking = {
      path,
      async *entries() {
        let count = 0;
        for await (const entry of source.entries()) {
          yield entry;
          if (++count === 4) throw new Error("the stick was pulled out");
        }
      },
    };
    await assert.rejects(
      withData(config(there), "/pypi/", assert.fail, (data) =>
        importMount(data, breaking, manifest, 1e9, () => undefined),
      ),
      /pulled out/,
    );
    assert.deepEqual(await contentsOf(there), before);
  });

  test("a tar cut anywhere is refused, or has lost nothing", async () => {
    const path = `${fresh()}.tar`;
    await exportArchive(config(await dataWith(...demo)), "/pypi/", path, watcher);
    const octets = readFileSync(path);
    const whole = JSON.stringify(await verifyArchive(openSource(path)));
    await fc.assert(
      fc.asyncProperty(fc.nat(octets.length), async (length) => {
        const cut = `${fresh()}.tar`;
        writeFileSync(cut, octets.subarray(0, length));
        const read = await verifyArchive(openSource(cut)).catch((error: Error) => error);
        if (read instanceof Error) assert.ok(read instanceof ArchiveFault, String(read.stack));
        else assert.equal(JSON.stringify(read), whole);
        rmSync(cut);
      }),
      { numRuns: 60 },
    );
  });
});
