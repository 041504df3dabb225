export { type Content, type ContentWriter, memoryStore, type Store } from "@larder/cache";
export { type CacheStatus, formatCacheStatus } from "@larder/core";
export { type CachedFetch, createCachedFetch } from "./cached-fetch.ts";
export type { CacheEvent } from "./events.ts";
export type { CachedFetchOptions, ClientOptions, ClientPolicy } from "./options.ts";
export type { Refresh } from "./refresh.ts";
export type { CachedResponse } from "./response.ts";
