import {
  type CacheStatus,
  type Decision,
  type Forward,
  onRequest,
  type StoredResponse,
  type Validation,
} from "@larder/core";
import { type Arriving, isPurged } from "./arriving.ts";
import type { Cache, CacheFailure, CacheRequest, CacheResponse } from "./cache.ts";
import { collapsible, share } from "./collapse.ts";
import { contextOf } from "./context.ts";
import { type Forwarded, failedToo, forward } from "./forward.ts";
import { newestFirst } from "./newest-first.ts";
import type { Content, MaybePromise } from "./store.ts";

/** What an exchange comes to. */
type Answered = CacheResponse | CacheFailure;

type Early = NonNullable<Arriving["early"]> & { readonly exchange: Arriving };

/**
 * One request's whole life in a cache: look for stored responses, decide, answer from the store or ask the upstream,
 * alone or together with others that ask the same, and keep what may be kept (RFC 9111).
 * @returns the answer, or what failed as a value: at once where the store answers at once and the upstream isn't asked
 * @throws what `request.expect` throws; otherwise only for bugs
 */
export function exchange(cache: Cache, request: CacheRequest): MaybePromise<Answered> {
  const early = earlyOf(cache, request);
  const stored = cache.store.list(request.cacheKey);
  if (stored instanceof Promise) return stored.then((stored) => decide(cache, request, early, stored));
  return decide(cache, request, early, stored);
}

/** What the answer to a request is, once it is known what is stored for it. */
function decide(
  cache: Cache,
  request: CacheRequest,
  early: readonly Early[] | undefined,
  stored: readonly StoredResponse[],
): MaybePromise<Answered> {
  const arriving = early && earlyAnswer(cache, request, early, stored);
  if (arriving !== undefined) return arriving;
  const decision = onRequest(request.head, stored, contextOf(cache, request));
  switch (decision.type) {
    case "serve": {
      const serve = (content: Content | null | undefined) => {
        // missing or damaged: the store has just forgotten it, so the next look finds a miss
        if (content === undefined) return exchange(cache, request);
        if (decision.background) validateInBackground(cache, request, decision.background, stored);
        return served(decision, content);
      };
      const opened = cache.store.open(decision.stored);
      return opened instanceof Promise ? opened.then(serve) : serve(opened);
    }
    case "refuse":
      return {
        failed: true,
        status: decision.status,
        message: "The request allows only a stored response (only-if-cached), and there is none that may be used.",
        cacheStatus: { hit: false, detail: decision.because },
      };
    case "validate":
    case "forward":
      return ask(cache, request, decision, stored);
  }
}

/** Asks the upstream, alone or together with others that ask the same. */
async function ask(
  cache: Cache,
  request: CacheRequest,
  decision: Validation | Forward,
  stored: readonly StoredResponse[],
): Promise<Answered> {
  const alone = () => forward(cache, request, decision, stored);
  if (!collapsible(request, decision)) return settle(await alone(), decision, false);
  const { forwarded, collapsed } = await share(cache, request, alone);
  const own = collapsed ? await failedToo(cache, request, decision, forwarded) : forwarded;
  return settle(own, decision, collapsed);
}

/** The exchanges for a request's key whose responses may answer while their content arrives; undefined: none. */
function earlyOf(cache: Cache, request: CacheRequest): readonly Early[] | undefined {
  const all = cache.arriving.get(request.cacheKey);
  if (all === undefined) return undefined;
  return [...all].flatMap((one) => (one.early === undefined ? [] : { exchange: one, ...one.early }));
}

/**
 * A response whose content is still arriving answers like a stored one, if it needs no validation and none that is
 * stored is more recent (RFC 9111 §4).
 */
function earlyAnswer(
  cache: Cache,
  request: CacheRequest,
  early: readonly Early[],
  stored: readonly StoredResponse[],
): CacheResponse | undefined {
  const usable = early.filter((one) => !isPurged(one.exchange, one.stored));
  if (usable.length === 0) return undefined;
  const candidates = newestFirst([...stored, ...usable.map((one) => one.stored)]);
  const decision = onRequest(request.head, candidates, contextOf(cache, request));
  if (decision.type !== "serve" || decision.background) return undefined;
  const one = usable.find((arriving) => arriving.stored === decision.stored);
  return one && answer(one.stored, one.content, decision.age, { hit: true, ttl: decision.ttl, collapsed: true });
}

/** The answer from a stored response that is decided to need nothing else. */
export const served = (
  { stored, age, ttl, because }: Extract<Decision, { type: "serve" }>,
  content: CacheResponse["content"],
): CacheResponse => answer(stored, content, age, { hit: true, ttl, ...(because !== "fresh" && { detail: because }) });

const answer = (
  stored: StoredResponse,
  content: CacheResponse["content"],
  age: number,
  cacheStatus: CacheStatus,
): CacheResponse => ({
  status: stored.status,
  fields: stored.fields,
  content,
  stored,
  age,
  passed: false,
  cacheStatus,
});

/** What an exchange with the upstream came to, as the answer to one request. */
function settle(forwarded: Forwarded, decision: Validation | Forward, collapsed: boolean): Answered {
  const cacheStatus: CacheStatus = {
    hit: false,
    fwd: decision.because,
    ...forwarded.status,
    ...(collapsed && { collapsed }),
  };
  if (forwarded.type === "failed") {
    return { failed: true, status: forwarded.answer, message: forwarded.message, cacheStatus };
  }
  if (forwarded.type === "passed") return { ...forwarded.response, passed: true, cacheStatus };
  const fields = (collapsed ? undefined : forwarded.own) ?? forwarded.response.fields;
  return { ...forwarded.response, fields, passed: false, cacheStatus };
}

/** RFC 5861 §3: one at a time for each key, a bounded number in all; what it fails with is for the log alone. */
function validateInBackground(
  cache: Cache,
  request: CacheRequest,
  decision: Validation | Forward,
  stored: readonly StoredResponse[],
): void {
  if (cache.underway.has(request.cacheKey) || cache.background >= cache.backgroundLimit) return;
  cache.background++;
  const { onInterim: _, ...rest } = request;
  const alone = { ...rest, background: true };
  share(cache, alone, () => forward(cache, alone, decision, stored))
    .then(
      ({ forwarded }) => forwarded.type === "failed" && cache.events.fault("background validation", forwarded.message),
    )
    .catch((error) => cache.events.fault("background validation", error))
    .finally(() => cache.background--);
}
