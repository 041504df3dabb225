import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ListableStore, openSqliteStore } from "../src/sqlite-store-node.ts";
import type { Store } from "../src/store.ts";
import { storeContract } from "./store-contract.ts";
import { octets, response, written } from "./store-helpers.ts";

const opened = new Map<Store, { folder: string; maxBytes: number }>();

function open(folder: string, maxBytes: number): ListableStore {
  const store = openSqliteStore({
    folder,
    maxBytes,
    memoryBytes: 4 << 20,
    onFault: (fault) => {
      throw new Error(fault.message, { cause: fault.cause });
    },
  });
  opened.set(store, { folder, maxBytes });
  return store;
}

storeContract("SQLite store", {
  make: async ({ maxBytes }) => open(mkdtempSync(join(tmpdir(), "larder-store-")), maxBytes),
  reopen: async (store) => {
    const { folder, maxBytes } = opened.get(store)!;
    await store.close();
    return open(folder, maxBytes);
  },
  dispose: async (store) => {
    await store.close();
    rmSync(opened.get(store)!.folder, { recursive: true });
  },
});

test("all responses can be looked through, and looking is no use", async () => {
  const folder = mkdtempSync(join(tmpdir(), "larder-store-"));
  const store = open(folder, 150_000);
  const keep = async (cacheKey: string) => {
    const content = octets(60_000, cacheKey.charCodeAt(0));
    await store.put(response(content, { cacheKey }), await written(store, content));
  };
  const seen = () => [...store.walk({ prefix: "" })].flatMap((some) => some.map(({ cacheKey }) => cacheKey)).sort();
  assert.deepEqual(seen(), []);
  await keep("a");
  await keep("b");
  await store.list("b");
  assert.deepEqual(seen(), ["a", "b"]);
  await keep("c");
  assert.deepEqual(seen(), ["b", "c"], "the one that was only looked at went first");
  await store.close();
  rmSync(folder, { recursive: true });
});
