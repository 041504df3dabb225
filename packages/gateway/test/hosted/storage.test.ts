import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { readAll } from "@larder/cache";
import fc from "fast-check";
import { openHosted } from "../../src/hosted/hosted.ts";
import type { NewFile } from "../../src/hosted/packages.ts";
import { hostedBench } from "./bench.ts";

const root = mkdtempSync(join(tmpdir(), "larder-hosted-storage-"));
const arriving: NewFile["file"][] = [];
after(async () => {
  for (const file of arriving) await file.discard();
  rmSync(root, { recursive: true });
});
let count = 0;
const folder = () => join(root, String(count++));

/** A file ready to be added, whose content is this text. */
async function fileOf({ contents }: ReturnType<typeof openHosted>, name: string, text: string): Promise<NewFile> {
  const file = await contents.create();
  arriving.push(file);
  await file.write(Buffer.from(text));
  return {
    project: "demo",
    version: "1.0",
    key: name,
    filename: name,
    file,
    digested: await file.finish(),
    uploader: "0",
  };
}

describe("what a hosted mount keeps", () => {
  test("is there after the gateway has ended, without a word of goodbye", async () => {
    const data = folder();
    const hosted = openHosted(data);
    hosted.packages.add("/p/", await fileOf(hosted, "a.whl", "content"), 5000);
    const again = openHosted(data);
    again.sweep();
    const [file] = again.packages.files("/p/", "demo");
    assert.equal(Buffer.from(await readAll(again.packages.content(file!))).toString(), "content");
    assert.deepEqual([again.packages.since("/p/", "demo"), again.packages.since("/q/", "demo")], [5000, undefined]);
  });

  test("is not what a crash left: that is swept", async () => {
    const { hosted, files } = hostedBench();
    await fileOf(hosted, "a.whl", "arriving");
    const kept = await fileOf(hosted, "b.whl", "named by nothing");
    hosted.contents.keep(kept.file, kept.digested.sha256);
    const good = await fileOf(hosted, "c.whl", "good");
    hosted.packages.add("/p/", good, 0);
    assert.equal(files().length, 3);
    hosted.sweep();
    assert.deepEqual(files(), [good.digested.sha256]);
  });

  test("an upload whose row can't be written leaves nothing that clients see", async () => {
    const { hosted, files } = hostedBench();
    const file = await fileOf(hosted, "a.whl", "content");
    const broken = { ...file, filename: null as unknown as string };
    assert.throws(() => hosted.packages.add("/p/", broken, 0), /NOT NULL/);
    assert.deepEqual(hosted.packages.projects("/p/"), []);
    hosted.sweep();
    assert.deepEqual(files(), []);
  });

  test("damaged content is never ended as if it were whole", async () => {
    const { hosted, folder } = hostedBench();
    const file = await fileOf(hosted, "a.whl", "content");
    hosted.packages.add("/p/", file, 0);
    const { sha256 } = file.digested;
    writeFileSync(join(folder, "hosted", "content", sha256.slice(0, 2), sha256), "cont");
    const [stored] = hosted.packages.files("/p/", "demo");
    await assert.rejects(readAll(hosted.packages.content(stored!)), /has 4 octets instead of 7/);
  });

  test("two processes see each other's changes at once", async () => {
    const data = folder();
    const [one, two] = [openHosted(data), openHosted(data)];
    one.packages.add("/p/", await fileOf(one, "a.whl", "content"), 0);
    assert.equal(two.packages.yank("/p/", "demo", "1.0", "bad", 10).length, 1);
    assert.equal(one.packages.file("/p/", "demo", "a.whl")?.yanked, "bad");
    assert.deepEqual([one.packages.since("/p/", "demo"), two.packages.spaces()], [1000, ["/p/"]]);
  });

  const strange: readonly (readonly [says: string, make: (path: string) => void, because: RegExp])[] = [
    ["is no database", (path) => writeFileSync(path, "hello".repeat(1000)), /not a database/],
    ["is another program's", (path) => new DatabaseSync(path).exec("CREATE TABLE t (a)"), /another program's/],
    [
      "is newer",
      (path) => {
        openHosted(join(path, "..", "..")).close();
        new DatabaseSync(path).exec("PRAGMA user_version = 99");
      },
      /version 99/,
    ],
  ];
  for (const [says, make, because] of strange)
    test(`a database that ${says} is left as it is`, () => {
      const data = folder();
      mkdirSync(join(data, "hosted"), { recursive: true });
      const path = join(data, "hosted", "index.db");
      make(path);
      const before = readFileSync(path);
      assert.throws(
        () => openHosted(data),
        (error: Error) => because.test(error.message) && error.message.includes(path),
      );
      assert.deepEqual(readFileSync(path), before);
    });

  test("law: a page's time moves with each change, by a second at least, whatever the clock says", async () => {
    const change = fc.record({
      act: fc.constantFrom("add", "yank", "unyank", "delete"),
      at: fc.integer({ min: 0, max: 5000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const { hosted } = hostedBench();
        const { packages } = hosted;
        let number = 0;
        for (const { act, at } of changes) {
          const before = packages.since("/p/", "demo") ?? Number.NEGATIVE_INFINITY;
          const shown = JSON.stringify(packages.files("/p/", "demo"));
          if (act === "add") packages.add("/p/", await fileOf(hosted, `${number++}.whl`, "content"), at);
          else if (act === "delete") packages.delete("/p/", "demo", "1.0", at);
          else packages.yank("/p/", "demo", "1.0", act === "yank", at);
          const after = packages.since("/p/", "demo") ?? Number.NEGATIVE_INFINITY;
          if (JSON.stringify(packages.files("/p/", "demo")) !== shown) assert.ok(after >= Math.max(at, before + 1000));
        }
      }),
      { numRuns: 25 },
    );
  });
});
