import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../src/sqlite-store-node.ts";
import type { Store } from "../src/store.ts";
import { storeContract } from "./store-contract.ts";

const opened = new Map<Store, { folder: string; maxBytes: number }>();

function open(folder: string, maxBytes: number): Store {
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
