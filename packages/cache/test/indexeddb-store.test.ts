import { IDBFactory } from "fake-indexeddb";
import { openIndexedDbStore } from "../src/indexeddb-store.ts";
import type { Factory } from "../src/indexeddb-types.ts";
import type { Store } from "../src/store.ts";
import { storeContract } from "./store-contract.ts";

const opened = new Map<Store, { factory: Factory; maxBytes: number }>();

async function open(factory: Factory, maxBytes: number): Promise<Store> {
  const store = await openIndexedDbStore({ factory, maxBytes });
  opened.set(store, { factory, maxBytes });
  return store;
}

storeContract("IndexedDB store", {
  copies: true,
  make: ({ maxBytes }) => open(new IDBFactory() as unknown as Factory, maxBytes),
  reopen: async (store) => {
    const { factory, maxBytes } = opened.get(store)!;
    await store.close();
    return open(factory, maxBytes);
  },
  dispose: async (store) => void (await store.close()),
});
