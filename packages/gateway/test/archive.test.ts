import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { readAll } from "@larder/cache";
import { openSqliteStore } from "@larder/cache/sqlite";
import { Fields, type StoredResponse } from "@larder/core";
import { ConfigFault } from "@larder/server";
import fc from "fast-check";
import { exportArchive, importArchive } from "../src/archive/carry.ts";
import { ArchiveFault } from "../src/archive/fault.ts";
import { importMount } from "../src/archive/import-mount.ts";
import { manifestName } from "../src/archive/manifest.ts";
import { withData } from "../src/archive/open-data.ts";
import { openSource } from "../src/archive/source.ts";
import { verifyArchive } from "../src/archive/verify.ts";
import { readConfig } from "../src/config-read.ts";
import { openFacts } from "../src/facts.ts";

const root = mkdtempSync(join(tmpdir(), "larder-archive-"));
after(() => rmSync(root, { recursive: true }));
const fresh = () => join(root, randomUUID());

const upstream = "https://index.example/simple/";
const page = `${upstream}demo/`;
const file = "https://files.example/demo-1.0.tar.gz";
const big = "x".repeat(300_000);
const start = Date.UTC(2026, 0, 1);
const watcher = { onStep: () => undefined, onFault: () => undefined };

const config = (data: string, mount = `/pypi/=pypi:${upstream}`, more: object = {}) => ({
  ...readConfig({ options: { data }, mounts: [mount], file: undefined, interactive: false, folder: root }).config,
  ...more,
});

function open(data: string) {
  return openSqliteStore({
    folder: data,
    maxBytes: 1e9,
    memoryBytes: 1e6,
    onFault: ({ message }) => assert.fail(message),
  });
}

interface Given {
  readonly target: string;
  readonly text: string;
  readonly at?: number;
  readonly varying?: StoredResponse["varying"];
}

/** A data folder that has these responses. */
async function dataWith(...given: readonly Given[]): Promise<string> {
  const data = fresh();
  const store = open(data);
  for (const { target, text, at = start, varying = [] } of given) {
    const writer = store.create({});
    await writer.write(Buffer.from(text));
    const content = await writer.finish();
    const times = { requestTime: at, responseTime: at, contentSince: at, verifiedAt: at };
    const head = { method: "GET", status: 200, fields: Fields.of(["ETag", `"${text.length}"`]), invalid: false };
    const cacheKey = `pypi /pypi/ ${target}`;
    await store.put({ id: randomUUID(), cacheKey, varying, content, ...head, ...times }, writer);
  }
  await store.close();
  return data;
}

/** What a data folder has, in an order of its own. */
async function contentsOf(data: string) {
  const store = open(data);
  const all = [];
  for (const some of store.walk({ prefix: "" })) {
    for (const { id: _, fields, ...stored } of some) {
      const content = await store.open({ id: _, fields, ...stored });
      all.push({ ...stored, fields: fields.raw, text: Buffer.from(await readAll(content!)).toString() });
    }
  }
  await store.close();
  return all.sort((a, b) => (a.cacheKey + a.text < b.cacheKey + b.text ? -1 : 1));
}

const demo: readonly Given[] = [
  { target: page, text: "a page" },
  { target: page, text: "ein Blatt", varying: [["accept-language", "de"]] },
  { target: page, text: "any", varying: [["accept-language", undefined]] },
  { target: file, text: big },
  { target: "https://files.example/same-1.0.tar.gz", text: big },
  { target: "https://files.example/empty", text: "" },
];

describe("a mount over an air gap", () => {
  for (const name of ["folder", "file.tar"]) {
    test(`${name}: there is what was here, what was learned about files too`, async () => {
      const here = await dataWith(...demo);
      const facts = openFacts(join(here, "facts.db"));
      facts.learn("pypi /pypi/ ", "demo", file, { size: 7, seen: start }, start);
      facts.close();
      const path = join(root, randomUUID() + name);
      const steps: string[] = [];
      const onStep = (done: number, total: number) => steps.push(`${done}/${total}`);
      const done = await exportArchive(config(here), "pypi", path, { ...watcher, onStep });
      assert.deepEqual(done, { responses: 6, bytes: 300_000 + 6 + 9 + 3, lost: [] });
      assert.deepEqual(steps, ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
      const there = fresh();
      assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 6, there: 0 });
      assert.deepEqual(await contentsOf(there), await contentsOf(here));
      const learned = openFacts(join(there, "facts.db"));
      assert.deepEqual(learned.of("pypi /pypi/ ", "demo").files.get(file), { size: 7, seen: start });
      learned.close();
      assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 0, there: 6 });
    });
  }

  test("into another prefix, with other credentials", async () => {
    const here = await dataWith(...demo);
    const path = `${fresh()}.tar`;
    await exportArchive(config(here), "/pypi/", path, watcher);
    const there = fresh();
    const mount = `/other/=pypi:${upstream.replace("//", "//user:password@")}`;
    await importArchive(config(there, mount), "/other/", path, watcher);
    const keys = (await contentsOf(there)).map(({ cacheKey }) => cacheKey);
    assert.equal(keys.length, 6);
    for (const key of keys) assert.match(key, /^pypi \/other\/ [\w-]+ https:/);
    // a mount without credentials has none of what they brought
    const without = `${fresh()}.tar`;
    const none = await exportArchive(config(there, `/other/=pypi:${upstream}`), "/other/", without, watcher);
    assert.equal(none.responses, 0);
  });

  test("a mount with mirrors: each response once, with the upstream that it is of", async () => {
    const mirror = "https://mirror.example/simple/";
    const here = await dataWith({ target: page, text: "a page" }, { target: `${mirror}demo/`, text: "its page" });
    const mount = `/pypi/=pypi:${upstream},${mirror}`;
    const path = fresh();
    assert.equal((await exportArchive(config(here, mount), "/pypi/", path, watcher)).responses, 2);
    const { responses } = await verifyArchive(openSource(path));
    assert.deepEqual(responses.map((one) => one.upstream).sort(), [upstream, mirror]);
    const there = fresh();
    await importArchive(config(there, mount), undefined, path, watcher);
    assert.deepEqual(await contentsOf(there), await contentsOf(here));
    await assert.rejects(importArchive(config(fresh()), undefined, path, watcher), /from a mount of https:\/\/mirror/);
  });

  test("what is there and newer stays; what is older goes, and its content is a second newer at least", async () => {
    const here = await dataWith(
      { target: page, text: "new", at: start + 10 },
      { target: file, text: "old", at: start },
    );
    const path = fresh();
    await exportArchive(config(here), "/pypi/", path, watcher);
    const there = await dataWith(
      { target: page, text: "older", at: start + 5 },
      { target: file, text: "newer", at: start + 5 },
    );
    assert.deepEqual(await importArchive(config(there), undefined, path, watcher), { imported: 1, there: 1 });
    const [kept, replaced] = await contentsOf(there);
    assert.deepEqual([kept!.text, replaced!.text], ["newer", "new"]);
    assert.equal(replaced!.contentSince, start + 1005);
  });

  test("content that is damaged here is left out and told", async () => {
    const here = await dataWith(...demo);
    const folder = join(here, "content");
    const [one] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    writeFileSync(join(one!.parentPath, one!.name), "y".repeat(300_000));
    const { lost, responses } = await exportArchive(config(here), "/pypi/", fresh(), watcher);
    assert.deepEqual([lost.length, responses], [2, 4]);
  });

  test("nothing is put over what is there, and nothing half is left behind", async () => {
    const here = await dataWith(...demo);
    const path = `${fresh()}.tar`;
    writeFileSync(path, "mine");
    await assert.rejects(exportArchive(config(here), "/pypi/", path, watcher), /is there already; choose another name/);
    assert.equal(readFileSync(path, "utf8"), "mine");
    const failing = {
      ...watcher,
      onStep: (done: number) => {
        if (done === 3) throw new Error("full");
      },
    };
    for (const target of [fresh(), `${fresh()}.tar`]) {
      await assert.rejects(exportArchive(config(here), "/pypi/", target, failing), /full/);
      assert.deepEqual(
        readdirSync(root).filter((name) => target.endsWith(name.replace(".partial", ""))),
        [],
      );
    }
  });
});

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
