import assert from "node:assert/strict";
import { test } from "node:test";
import { type ListableStore, openSqliteStore } from "../src/sqlite-store-node.ts";
import { inFolders } from "./folder-stores.ts";
import { folder } from "./sqlite-helpers.ts";
import { storeContract } from "./store-contract.ts";
import { keep, octets } from "./store-helpers.ts";

function open(folder: string, maxBytes: number): ListableStore {
  return openSqliteStore({
    folder,
    maxBytes,
    memoryBytes: 4 << 20,
    onFault: (fault) => {
      throw new Error(fault.message, { cause: fault.cause });
    },
  });
}

storeContract("SQLite store", inFolders(open));

test("all responses can be looked through, and looking is no use", async () => {
  const store = open(folder, 150_000);
  const keepAt = (cacheKey: string) => keep(store, octets(60_000, cacheKey.charCodeAt(0)), { cacheKey });
  const seen = () => [...store.walk({ prefix: "" })].flatMap((some) => some.map(({ cacheKey }) => cacheKey)).sort();
  assert.deepEqual(seen(), []);
  await keepAt("a");
  await keepAt("b");
  await store.list("b");
  assert.deepEqual(seen(), ["a", "b"]);
  await keepAt("c");
  assert.deepEqual(seen(), ["b", "c"], "the one that was only looked at went first");
  await store.close();
});
