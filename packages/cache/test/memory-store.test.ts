import { memoryStore } from "../src/memory-store.ts";
import { storeContract } from "./store-contract.ts";

storeContract("memory store", {
  make: async ({ maxBytes }) => memoryStore({ maxBytes }),
  reopen: async (store) => store,
  dispose: async (store) => void (await store.close()),
});
