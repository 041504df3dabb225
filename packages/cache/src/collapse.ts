import {
  asksAlone,
  type Forward,
  isConditional,
  isNewEnough,
  sliceFor,
  type Timestamp,
  type Validation,
  varyingMatches,
} from "@larder/core";
import type { Cache, CacheRequest } from "./cache.ts";
import type { Forwarded } from "./forward.ts";

/**
 * Whether a request may share an exchange with the upstream (RFC 9111 §4): it wants the whole of something and sends
 * nothing but its head, and it did not itself ask for an answer that is newer than the request.
 */
export function collapsible(request: CacheRequest, decision: Validation | Forward): boolean {
  if (request.head.method !== "GET" || request.body !== null) return false;
  if (decision.because === "request" || asksAlone(request.head, request.policy)) return false;
  return decision.type === "validate" || !isConditional(request.head.fields);
}

export interface Shared {
  readonly forwarded: Forwarded;
  /** whether it was another request's exchange */
  readonly collapsed: boolean;
}

/**
 * Joins the exchange under way for the request's cache key, or starts one for others to join until its response's head
 * has been dealt with. A follower gets what the leader gets, if it may be reused for it: a fresh response whose Vary
 * fits and that is new enough, or that the upstream is away; else it asks for itself. What was for one alone lately is
 * not waited for.
 */
export async function share(cache: Cache, request: CacheRequest, ask: () => Promise<Forwarded>): Promise<Shared> {
  const start = async () => {
    const forwarded = await ask();
    cache.passing?.learn(request, forwarded, cache.now());
    return forwarded;
  };
  const leading = cache.passing?.has(request, cache.now()) ? "alone" : cache.underway.get(request.cacheKey);
  if (leading === "alone") return { forwarded: await start(), collapsed: false };
  if (leading === undefined) {
    const own = start();
    cache.underway.set(request.cacheKey, own);
    try {
      return { forwarded: await own, collapsed: false };
    } finally {
      if (cache.underway.get(request.cacheKey) === own) cache.underway.delete(request.cacheKey);
    }
  }
  const since = cache.now();
  // what the leader's own credentials may have made it throw is no answer to others
  const forwarded = await leading.catch(() => undefined);
  if (forwarded !== undefined && answers(cache, forwarded, request, since)) return { forwarded, collapsed: true };
  return { forwarded: await start(), collapsed: false };
}

/** @param now when the request began to wait */
function answers({ shared }: Cache, forwarded: Forwarded, request: CacheRequest, now: Timestamp): boolean {
  if (forwarded.type !== "stored") return forwarded.type === "failed" && forwarded.away !== undefined;
  const { shareable, varying, received, response } = forwarded;
  if (!shareable || !varyingMatches(varying, request.head)) return false;
  // a part is an answer to a range that lies within it, and to nothing else (RFC 9111 §3.3)
  if (response.status === 206 && !(response.stored && sliceFor(request.head, response.stored))) return false;
  return received === undefined || isNewEnough(request.head, received, { now, shared, policy: request.policy });
}
