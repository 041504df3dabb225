import { cacheGroups, groupsInvalidatedBy, type ResponseHead, type StoredResponse } from "@larder/core";
import type { Arriving } from "./arriving.ts";
import { attempt } from "./attempt.ts";
import type { Cache, CacheRequest } from "./cache.ts";
import { spacesOf } from "./invalidate.ts";
import { purge } from "./purge.ts";

/**
 * After a response to an unsafe request: what shares a group with what it invalidated (RFC 9875 §2.2.1), and what is in
 * the groups that it names (§3), must be validated from now on. That invalidates no further groups.
 * @param own the exchange that invalidates
 * @param met what was stored for the targets that it invalidated
 */
export async function invalidateGroups(
  cache: Cache,
  request: CacheRequest,
  response: ResponseHead,
  own: Arriving,
  met: readonly StoredResponse[],
): Promise<void> {
  const named = groupsInvalidatedBy(request.head, response);
  const groups = new Set([...named, ...met.flatMap(({ fields }) => fields.read(cacheGroups))]);
  if (groups.size === 0) return;
  const { origin } = new URL(request.head.target);
  for (const space of spacesOf(request))
    for (const group of groups)
      await attempt(cache, "invalidation", async () => {
        await purge(cache, { prefix: `${space}${origin}/`, group }, "soft", own);
      });
}
