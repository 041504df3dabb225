import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, beforeEach, describe, test } from "node:test";
import { openSqliteStore, type StoreFault, StoreInUse } from "../src/sqlite-store-node.ts";
import type { Store } from "../src/store.ts";
import { keep, octets, readAll, response, sha256, written } from "./store-helpers.ts";

const root = mkdtempSync(join(tmpdir(), "larder-faults-"));
after(() => rmSync(root, { recursive: true }));

let folder: string;
let faults: StoreFault[];
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
  faults = [];
});

const open = (): Store =>
  openSqliteStore({
    folder,
    maxBytes: 64 << 20,
    memoryBytes: 16 << 20,
    onFault: (fault) => void faults.push(fault),
  });
const database = () => join(folder, "responses.sqlite");
const fileOf = (content: Uint8Array) => join(folder, "content", sha256(content).slice(0, 2), sha256(content));
const kinds = () => faults.map(({ kind }) => kind);

describe("SQLite store: one process at a time", () => {
  test("a second store on the folder is refused, and told who has it, until the first is closed", async () => {
    const store = open();
    assert.throws(open, (error) => error instanceof StoreInUse && error.message.includes(String(process.pid)));
    await keep(store, octets(10), { cacheKey: "a" });
    await store.close();
    const next = open();
    assert.equal((await next.list("a")).length, 1);
    await next.close();
  });

  test("a second process is refused, and let in once the first was killed", async () => {
    const script = `
      const { openSqliteStore } = await import(${JSON.stringify(new URL("../src/sqlite-store-node.ts", import.meta.url).href)});
      openSqliteStore({ folder: ${JSON.stringify(folder)}, maxBytes: 1e6, memoryBytes: 1e6, onFault: console.error });
      console.log("open");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close").then(([status]) => assert.fail(`it ended with ${status}`));
    await Promise.race([once(child.stdout, "data"), ended]);
    ended.catch(() => undefined);
    assert.throws(open, (error) => error instanceof StoreInUse && error.message.includes(String(child.pid)));
    child.kill("SIGKILL");
    await once(child, "close");
    await open().close();
    assert.deepEqual(faults, []);
  });
});

describe("SQLite store: a database that can't be used is set aside", () => {
  const damages: [says: string, damage: () => void][] = [
    ["garbage", () => writeFileSync(database(), octets(20_000))],
    [
      "a newer schema",
      () => {
        const newer = new DatabaseSync(database());
        newer.exec("PRAGMA user_version = 1000");
        newer.close();
      },
    ],
    [
      "another program's",
      () => {
        unlinkSync(database());
        const other = new DatabaseSync(database());
        other.exec("CREATE TABLE cats (name TEXT)");
        other.close();
      },
    ],
  ];
  for (const [says, damage] of damages)
    test(says, async () => {
      const store = open();
      const big = octets(100_000);
      await keep(store, big, { cacheKey: "a" });
      await store.close();
      damage();
      const again = open();
      assert.deepEqual(kinds(), ["database"]);
      assert.match(faults[0]!.message, /\.aside/);
      assert.ok(existsSync(`${database()}.aside`));
      assert.deepEqual(await again.list("a"), []);
      assert.deepEqual(again.size(), { bytes: 0, responses: 0 });
      await keep(again, octets(10), { cacheKey: "b" });
      while (existsSync(fileOf(big))) await new Promise(setImmediate);
      await again.close();
      const third = open();
      assert.equal((await third.list("b")).length, 1);
      await third.close();
      assert.equal(faults.length, 1);
    });

  test("damage that shows while it runs: what is there is a miss, and the store goes on", async () => {
    const store = open();
    for (let i = 0; i < 300; i++) await keep(store, octets(2000, i), { cacheKey: `key-${i}` });
    await store.close();
    const size = statSync(database()).size;
    const bytes = readFileSync(database());
    bytes.fill(0xa5, 8192, size - 8192);
    writeFileSync(database(), bytes);
    const again = open();
    for (let i = 0; i < 300; i++)
      for (const stored of await again.list(`key-${i}`)) {
        const content = await again.open(stored);
        if (content) assert.deepEqual(await readAll(content), Buffer.from(octets(2000, i)));
      }
    assert.ok(kinds().includes("database"));
    await keep(again, octets(10), { cacheKey: "new" });
    assert.equal((await again.list("new")).length, 1);
    await again.close();
  });

  test("a head that can't be read is removed", async () => {
    const store = open();
    await keep(store, octets(10), { cacheKey: "a" });
    await keep(store, octets(20), { cacheKey: "a" });
    await store.close();
    const opened = new DatabaseSync(database());
    opened.exec("UPDATE responses SET head = '{' WHERE number = 1");
    opened.close();
    const again = open();
    assert.equal((await again.list("a")).length, 1);
    assert.deepEqual(kinds(), ["database"]);
    assert.equal(again.size().responses, 1);
    await again.close();
  });
});

describe("SQLite store: damaged content is a miss", () => {
  const big = octets(3 << 20);
  const middle = octets(100_000);
  const damages: [says: string, damage: (path: string) => void][] = [
    ["missing", unlinkSync],
    ["short", (path) => truncateSync(path, 70_000)],
    ["longer", (path) => writeFileSync(path, octets(10), { flag: "a" })],
    [
      "one octet is another",
      (path) => {
        const bytes = readFileSync(path);
        bytes[50_000]! ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      "a folder",
      (path) => {
        unlinkSync(path);
        mkdirSync(path);
      },
    ],
  ];
  for (const [says, damage] of damages)
    for (const content of [middle, big])
      test(`${says}, ${content.length} octets, found at first use`, async () => {
        const store = open();
        const stored = await keep(store, content, { cacheKey: "a" });
        await store.close();
        damage(fileOf(content));
        const again = open();
        assert.equal((await again.list("a")).length, 1);
        assert.equal(await again.open(stored), undefined);
        assert.deepEqual(kinds(), ["content"]);
        assert.deepEqual(await again.list("a"), []);
        const anew = await keep(again, content, { cacheKey: "a" });
        assert.deepEqual(await readAll((await again.open(anew))!), Buffer.from(content));
        await again.close();
      });

  test("damage under a running store is found when the file has another time or size", async () => {
    const store = open();
    const stored = await keep(store, big, { cacheKey: "a" });
    assert.ok(await store.open(stored));
    damages[3]![1](fileOf(big));
    utimesSync(fileOf(big), 1, 1);
    assert.equal(await store.open(stored), undefined);
    await store.close();
  });

  test("small content in the database", async () => {
    const store = open();
    const stored = await keep(store, octets(1000), { cacheKey: "a" });
    await store.close();
    const opened = new DatabaseSync(database());
    opened.prepare("UPDATE contents SET bytes = ?").run(octets(1000, 2));
    opened.close();
    const again = open();
    assert.equal(await again.open(stored), undefined);
    assert.deepEqual(await again.list("a"), []);
    await again.close();
  });

  test("equal content that comes again heals the file for all that have it", async () => {
    const store = open();
    const first = await keep(store, middle, { cacheKey: "a" });
    await store.close();
    truncateSync(fileOf(middle), 10);
    const again = open();
    await keep(again, middle, { cacheKey: "b" });
    assert.deepEqual(await readAll((await again.open(first))!), Buffer.from(middle));
    await again.close();
  });
});

describe("SQLite store: files", () => {
  test("one file for equal content, gone with the last response that has it", async () => {
    const store = open();
    const content = octets(200_000);
    const [a, b] = [await keep(store, content, { cacheKey: "a" }), await keep(store, content, { cacheKey: "b" })];
    assert.ok(store.size().bytes < 210_000);
    await store.remove([a]);
    assert.ok(existsSync(fileOf(content)));
    await store.remove([b]);
    assert.ok(!existsSync(fileOf(content)));
    await store.close();
  });

  test("what a killed process leaves is removed: half-written files, and whole ones that nothing names", async () => {
    const store = open();
    const kept = octets(100_000);
    await keep(store, kept);
    await store.close();
    writeFileSync(join(folder, "tmp", "7"), "half");
    const orphan = octets(100_000, 9);
    mkdirSync(join(fileOf(orphan), ".."), { recursive: true });
    writeFileSync(fileOf(orphan), orphan);
    const opened = new DatabaseSync(database());
    opened.exec("UPDATE state SET clean = 0");
    opened.close();
    const again = open();
    // the first closing waits for it at most until the folder that it is in is done
    while (existsSync(fileOf(orphan))) await new Promise(setImmediate);
    await again.close();
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
    assert.ok(existsSync(fileOf(kept)));
  });

  test("a content that is given up leaves no file, whenever that is", async () => {
    const store = open();
    for (const chunks of [1, 2, 5]) {
      const writer = store.create({});
      for (let i = 0; i < chunks; i++) await writer.write(octets(65_000));
      const writing = writer.write(octets(65_000));
      writer.abort(new Error("enough"));
      await Promise.resolve(writing).catch(() => undefined);
    }
    const finished = await written(store, octets(100_000));
    finished.abort(new Error("enough"));
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
    await store.close();
  });

  test("none stays open: not for readers that leave early, nor for content that is removed or given up", async () => {
    const openFiles = () => readdirSync("/proc/self/fd").length;
    const store = open();
    const before = openFiles();
    for (let round = 0; round < 20; round++) {
      const content = octets(3 << 20, round);
      const writer = store.create({ length: content.length });
      const early = writer.content.read()[Symbol.asyncIterator]();
      for (let at = 0; at < content.length; at += 1 << 20) await writer.write(content.subarray(at, at + (1 << 20)));
      await early.next();
      await early.return!();
      await writer.finish();
      for await (const chunk of writer.content.read()) if (chunk.length > 0) break;
      const stored = response(content, { cacheKey: `${round % 3}` });
      if (round % 5 === 0) writer.abort(new Error("enough"));
      else await store.put(stored, writer, await store.list(stored.cacheKey));
      const opened = await store.open(stored);
      for await (const chunk of opened?.read({ first: 100, last: 200 }) ?? []) assert.equal(chunk.length, 101);
    }
    await store.close();
    // the database, its log, and the lock are closed too
    assert.ok(openFiles() < before, `${before} files were open, now ${openFiles()} are`);
  });

  test("nobody else may read them", async () => {
    const store = open();
    const content = octets(100_000);
    await keep(store, content);
    assert.equal(statSync(folder).mode & 0o77, 0);
    assert.equal(statSync(fileOf(content)).mode & 0o77, 0);
    await store.close();
  });
});

describe("SQLite store: a disk that takes nothing", () => {
  test("writing fails, its readers with it, and the store goes on", async () => {
    const store = open();
    const kept = await keep(store, octets(1000), { cacheKey: "a" });
    rmSync(join(folder, "tmp"), { recursive: true });
    const writer = store.create({});
    const reading = assert.rejects(readAll(writer.content), /ENOENT/);
    await assert.rejects(async () => writer.write(octets(100_000)), /ENOENT/);
    await reading;
    await assert.rejects(async () => writer.finish(), /ENOENT/);
    assert.deepEqual(await readAll((await store.open(kept))!), Buffer.from(octets(1000)));
    await keep(store, octets(2000), { cacheKey: "b" });
    await store.close();
  });

  test("putting fails, its readers go on, nothing has changed", async () => {
    const store = open();
    const content = octets(100_000);
    const before = await keep(store, octets(1000), { cacheKey: "a" });
    rmSync(join(folder, "content"), { recursive: true });
    writeFileSync(join(folder, "content"), "in the way");
    const writer = await written(store, content);
    const size = store.size();
    await assert.rejects(
      async () => store.put(response(content, { cacheKey: "a" }), writer, [before]),
      /ENOTDIR|EEXIST/,
    );
    assert.deepEqual(store.size(), size);
    assert.deepEqual(
      (await store.list("a")).map(({ id }) => id),
      [before.id],
    );
    assert.deepEqual(await readAll(writer.content), Buffer.from(content));
    await store.close();
  });
});

describe("SQLite store: a disk that is full", () => {
  test("what doesn't fit fails as an error, and all that was kept is right, then and after a restart", async () => {
    const filler = new URL("disk-filler.ts", import.meta.url).pathname;
    // files of 2 or 4 MB, by the shell's unit
    const child = spawn("sh", ["-c", 'ulimit -f 4096 && exec "$0" "$@"', process.execPath, filler, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    for await (const chunk of child.stdout) told += chunk;
    const { kept, failed } = JSON.parse(told) as { kept: number[]; failed: { small: number; big: number } };
    assert.equal(failed.big, 1);
    assert.ok(failed.small > 0 && kept.length > 10, `${kept.length} kept, ${failed.small} failed`);
    const store = open();
    for (const index of kept) {
      const content = octets(60_000, index);
      const [stored] = await store.list(`${index}`);
      assert.deepEqual(await readAll((await store.open(stored!))!), Buffer.from(content));
    }
    await keep(store, octets(100_000), { cacheKey: "new" });
    await store.close();
    assert.deepEqual(faults, []);
  });
});

describe("SQLite store: what is hot", () => {
  test("is answered at once, without the disk, also when it is gone from there", async () => {
    const store = open();
    const contents = [octets(0), octets(1000), octets(65_536), octets(100_000), octets(1 << 20)];
    const stored = [];
    for (const [index, content] of contents.entries())
      stored.push(await keep(store, content, { cacheKey: `${index}` }));
    for (const each of stored) await store.open(each);
    for (const content of contents) rmSync(fileOf(content), { force: true });
    for (const [index, each] of stored.entries()) {
      const listed = store.list(`${index}`);
      assert.ok(!(listed instanceof Promise));
      assert.equal(store.list(`${index}`), listed);
      const content = store.open(each);
      assert.ok(content !== undefined && !(content instanceof Promise));
      assert.deepEqual(Buffer.from(content.bytes!), Buffer.from(contents[index]!));
    }
    await store.close();
  });

  test("uses are remembered across a restart", async () => {
    folder = join(root, "uses");
    const small = () =>
      openSqliteStore({ folder, maxBytes: 70_000, memoryBytes: 1 << 20, onFault: (fault) => void faults.push(fault) });
    const store = small();
    for (const cacheKey of ["a", "b", "c"]) await keep(store, octets(20_000, cacheKey.charCodeAt(0)), { cacheKey });
    await store.list("a");
    await store.close();
    const again = small();
    await keep(again, octets(20_000), { cacheKey: "d" });
    assert.deepEqual(await again.list("b"), []);
    assert.equal((await again.list("a")).length, 1);
    await again.close();
  });
});

test("SQLite store: a folder that can't be used says so", () => {
  mkdirSync(database(), { recursive: true });
  assert.throws(open, new RegExp(database()));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file");
  assert.throws(open, new RegExp(folder));
});
