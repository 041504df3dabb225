import { type Cache, type CacheRequest, type CacheResponse, exchange } from "@larder/cache";
import { comparableSearch, type Fields, noVarySearch, onRequest } from "@larder/core";
import { createLru } from "./lru.ts";

/**
 * Which targets are stored that others, with another query, may be answered with (draft-ietf-httpbis-no-vary-search §7).
 * Bounded, in memory: what is forgotten is fetched once more.
 */
export interface Searches {
  /** Takes note of what came for a target. */
  note(target: string, fields: Fields): void;
  /** What is stored for another target answers this request, where it may and needs no validation. */
  answer(cache: Cache, request: CacheRequest): Promise<CacheResponse | undefined>;
}

/** Octets of URLs that are remembered. */
const mostBytes = 8 << 20;

const pathOf = (target: string): string => target.split("?", 1)[0]!;

export function createSearches(): Searches {
  /** the fields with No-Vary-Search that came last for a path */
  const variances = createLru<Fields>(mostBytes);
  /** what was stored last for a comparable form */
  const targets = createLru<string>(mostBytes);

  /** The target whose stored responses may answer; undefined = there is none but the request's own. */
  async function find({ store, now, shared }: Cache, request: CacheRequest): Promise<string | undefined> {
    const { target } = request.head;
    const variance = variances.get(pathOf(target))?.read(noVarySearch);
    const other = variance && targets.get(comparableSearch(target, variance));
    if (other === undefined || other === target) return undefined;
    if ((await store.list(request.cacheKey)).length > 0) return undefined;
    // what counts is what each stored response says itself
    const stored = await store.list(request.keySpace + other);
    const isSame = stored.every(({ fields }) => {
      const own = fields.read(noVarySearch);
      return own !== undefined && comparableSearch(target, own) === comparableSearch(other, own);
    });
    if (!isSame) return undefined;
    const decision = onRequest(request.head, stored, { now: now(), shared, policy: request.policy });
    return decision.type === "serve" && decision.background === undefined ? other : undefined;
  }

  return {
    note(target, fields) {
      const variance = fields.read(noVarySearch);
      if (variance === undefined) return;
      variances.set(pathOf(target), fields, 2 * target.length + 1000);
      targets.set(comparableSearch(target, variance), target, 2 * target.length + 200);
    },
    async answer(cache, request) {
      const other = await find(cache, request);
      if (other === undefined) return undefined;
      // nothing may be asked of the upstream, and stored, under a key that isn't the request's own
      const { head } = request;
      const fields = head.fields.with({ "cache-control": [...head.fields.all("cache-control"), "only-if-cached"] });
      const cacheKey = request.keySpace + other;
      const answer = await exchange(cache, { ...request, head: { ...head, fields }, cacheKey });
      return "failed" in answer ? undefined : { ...answer, cacheStatus: { ...answer.cacheStatus, key: other } };
    },
  };
}
