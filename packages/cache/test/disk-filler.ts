// A process that puts into a store until its disk takes no more (the test limits the size of its files), and goes on
// using it. Tells what failed; throws when anything that was kept is not right.
import assert from "node:assert/strict";
import { openSqliteStore } from "../src/sqlite-store-node.ts";
import { keep, octets, readAll, response } from "./store-helpers.ts";

const store = openSqliteStore({
  folder: process.argv[2]!,
  maxBytes: 1 << 30,
  memoryBytes: 1 << 20,
  onFault: () => undefined,
});
const failed = { small: 0, big: 0 };

const big = octets(8 << 20);
try {
  await keep(store, big, { cacheKey: "big" });
} catch (error) {
  assert.ok(error instanceof Error);
  failed.big++;
}
assert.deepEqual(await store.list("big"), []);

const kept: number[] = [];
const one = async (index: number) => {
  try {
    await keep(store, octets(60_000, index), { id: `${index}`, cacheKey: `${index}` });
    kept.push(index);
  } catch (error) {
    assert.ok(error instanceof Error);
    failed.small++;
  }
};
// one by one, and two in one transaction
for (let index = 0; index < 200; index += 3) {
  await one(index);
  await Promise.all([one(index + 1), one(index + 2)]);
}
for (const index of kept) {
  const content = octets(60_000, index);
  const opened = await store.open(response(content, { id: `${index}`, cacheKey: `${index}` }));
  assert.deepEqual(await readAll(opened!), Buffer.from(content));
}
assert.equal(store.size().responses, kept.length);
console.log(JSON.stringify({ kept, failed }));
// as after a full disk: there is no promise that closing works
process.kill(process.pid, "SIGKILL");
