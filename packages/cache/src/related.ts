import { cacheGroups, groupsInvalidatedBy, invalidatedBy, type ResponseHead, type StoredResponse } from "@larder/core";
import type { Arriving } from "./arriving.ts";
import { attempt } from "./attempt.ts";
import type { Cache, CacheRequest } from "./cache.ts";
import { spacesOf } from "./invalidate.ts";
import { queryFamily } from "./key-family.ts";
import { type PurgeScope, purge } from "./purge.ts";

/**
 * After a response to an unsafe request: the answers to QUERY of the targets that it invalidates (RFC 9111 §4.4), what
 * shares a group with what it invalidated (RFC 9875 §2.2.1), and what is in the groups that it names (§3), must be validated from
 * now on. That invalidates no further groups.
 * @param own the exchange that invalidates
 * @param met what was stored for the targets that it invalidated
 */
export async function invalidateRelated(
  cache: Cache,
  request: CacheRequest,
  response: ResponseHead,
  own: Arriving,
  met: readonly StoredResponse[],
): Promise<void> {
  const scopes: PurgeScope[] = [];
  const spaces = [...spacesOf(request)];
  for (const target of invalidatedBy(request.head, response)) {
    const key = request.targetKey?.(target) ?? target;
    scopes.push(...spaces.map((space) => ({ prefix: queryFamily(space + key) })));
  }
  const named = groupsInvalidatedBy(request.head, response);
  const groups = new Set([...named, ...met.flatMap(({ fields }) => fields.read(cacheGroups))]);
  const origin = groups.size === 0 ? "" : new URL(request.head.target).origin;
  for (const group of groups) scopes.push(...spaces.map((space) => ({ prefix: `${space}${origin}/`, group })));
  for (const scope of scopes)
    await attempt(cache, "invalidation", async () => {
      await purge(cache, scope, "soft", own);
    });
}
