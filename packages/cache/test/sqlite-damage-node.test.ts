import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { database, faults, fileOf, kinds, open } from "./sqlite-helpers.ts";
import { keep, octets, readAll } from "./store-helpers.ts";

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
