import type { Context } from "@larder/core";
import type { Cache, CacheRequest } from "./cache.ts";

/** What core's rules must know besides the messages, at this moment. */
export const contextOf = (cache: Cache, request: CacheRequest): Context => ({
  now: cache.now(),
  shared: cache.shared,
  policy: request.policy,
});
