export * from "./cache.ts";
export { exchange } from "./exchange.ts";
export { memoryStore } from "./memory-store.ts";
export { PassMemory } from "./pass-memory.ts";
export { readAll } from "./read-all.ts";
export * from "./store.ts";
export * from "./upstream.ts";
