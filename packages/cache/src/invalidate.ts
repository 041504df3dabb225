import type { StoredResponse } from "@larder/core";
import type { Arriving } from "./arriving.ts";
import { attempt } from "./attempt.ts";
import type { Cache, CacheRequest } from "./cache.ts";

/** The request's own key space and the others that it concerns. */
export const spacesOf = ({ keySpace, otherSpaces }: CacheRequest): ReadonlySet<string> =>
  new Set([keySpace, ...(otherSpaces?.() ?? [])]);

/**
 * RFC 9111 §4.4: what is stored for these targets must be validated from now on, also what was asked for before.
 * @param own the exchange that invalidates, whose own response is newer
 * @returns all that was stored for them
 */
export async function invalidate(
  cache: Cache,
  request: CacheRequest,
  targets: readonly string[],
  own: Arriving,
): Promise<readonly StoredResponse[]> {
  const met: StoredResponse[] = [];
  const keys = targets.map((target) => request.targetKey?.(target) ?? target);
  for (const key of keys.flatMap((target) => [...spacesOf(request)].map((space) => space + target))) {
    cache.underway.delete(key);
    for (const one of cache.arriving.get(key) ?? []) if (one !== own) one.purged.push(() => true);
    const release = await cache.copies?.hold(key);
    try {
      for (const one of await cache.store.list(key)) {
        met.push(one);
        await attempt(cache, "invalidation", () => cache.store.put({ ...one, invalid: true }));
      }
    } finally {
      release?.();
    }
  }
  return met;
}
