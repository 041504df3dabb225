export * from "./cache.ts";
export { exchange } from "./exchange.ts";
export { invalidateGroups } from "./groups.ts";
export { memoryStore } from "./memory-store.ts";
export { PassMemory } from "./pass-memory.ts";
export { type PurgeMode, type PurgeScope, purge } from "./purge.ts";
export { readAll } from "./read-all.ts";
export * from "./store.ts";
export * from "./upstream.ts";
