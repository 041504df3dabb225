import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { database, faults, folder, open } from "./sqlite-helpers.ts";
import { keep, octets, readAll, response, written } from "./store-helpers.ts";

/** What a process that is killed just now leaves: how many responses. */
function left(): number {
  const copy = join(folder, "copy");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const suffix of ["", "-wal"])
    if (existsSync(database() + suffix)) copyFileSync(database() + suffix, join(copy, `responses.sqlite${suffix}`));
  const opened = new DatabaseSync(join(copy, "responses.sqlite"));
  const { count } = opened.prepare("SELECT count(*) AS count FROM responses").get() as { count: number };
  opened.close();
  return count;
}

describe("SQLite store: what is changed in one turn of the event loop is one transaction", () => {
  test("whose end the promises wait for", async () => {
    const store = open();
    const writers = await Promise.all([1, 2, 3].map((seed) => written(store, octets(1000, seed))));
    const puts = writers.map((writer, i) => store.put(response(octets(1000, i + 1), { cacheKey: `${i}` }), writer));
    assert.deepEqual([(await store.list("1")).length, left()], [1, 0], "seen at once, and not yet written");
    await puts[0];
    assert.equal(left(), 3, "written with the first");
    await Promise.all(puts);
    await store.close();
  });

  test("which is over as soon as one of its responses answers somebody", async () => {
    const store = open();
    const writer = await written(store, octets(1000));
    const stored = response(octets(1000));
    const putting = store.put(stored, writer);
    assert.equal(left(), 0);
    assert.deepEqual(await readAll((await store.open(stored))!), Buffer.from(octets(1000)));
    assert.equal(left(), 1);
    await putting;
    await store.close();
  });

  test("and when the store is closed", async () => {
    const store = open();
    const putting = store.put(response(octets(1000)), await written(store, octets(1000)));
    await store.close();
    await putting;
    assert.equal(left(), 1);
  });

  test("what can't be a part of it takes nothing with it", async () => {
    const store = open();
    const [small, big] = await Promise.all([written(store, octets(1000)), written(store, octets(100_000))]);
    rmSync(join(folder, "content"), { recursive: true });
    writeFileSync(join(folder, "content"), "in the way");
    const ends = await Promise.allSettled([
      store.put(response(octets(1000), { cacheKey: "a" }), small),
      store.put(response(octets(100_000), { cacheKey: "b" }), big),
    ]);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.deepEqual([(await store.list("a")).length, (await store.list("b")).length, left()], [1, 0, 1]);
    await store.close();
  });

  test("content that goes and comes again in it stays", async () => {
    const store = open();
    const first = await keep(store, octets(100_000), { cacheKey: "a" });
    const writer = await written(store, octets(100_000));
    const stored = response(octets(100_000), { cacheKey: "b" });
    await Promise.all([store.remove([first]), store.put(stored, writer)]);
    await store.close();
    const again = open();
    assert.deepEqual(await readAll((await again.open(stored))!), Buffer.from(octets(100_000)));
    await again.close();
    assert.deepEqual(faults, []);
  });

  test("heads that are changed are found as they are, also in memory", async () => {
    const store = open();
    const first = await keep(store, octets(10, 1), { responseTime: 10 });
    const second = await keep(store, octets(10, 2), { responseTime: 20 });
    const times = async () => (await store.list(first.cacheKey)).map(({ responseTime }) => responseTime);
    assert.deepEqual(await times(), [20, 10]);
    await store.put({ ...first, responseTime: 30 });
    assert.deepEqual(await times(), [30, 20]);
    await store.remove([second]);
    assert.deepEqual(await times(), [30]);
    await keep(store, octets(10, 3), { responseTime: 40 });
    assert.deepEqual(await times(), [40, 30]);
    await store.close();
  });
});
