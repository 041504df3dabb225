import {
  afterRetry,
  type CacheStatus,
  type Context,
  contentLength,
  currentTtl,
  endToEnd,
  type Failure,
  type Fields,
  type Forward,
  initialTtl,
  mayAnswerOthers,
  methodRules,
  type Outcome,
  onFailure,
  onResponse,
  type Received,
  type RetryReason,
  type StoredResponse,
  unconditional,
  type Validation,
  type Varying,
  withDate,
  withoutWithheld,
} from "@larder/core";
import { type Arriving, isPurged, whileArriving } from "./arriving.ts";
import { attempt } from "./attempt.ts";
import type { Cache, CacheRequest, CacheResponse } from "./cache.ts";
import { contextOf } from "./context.ts";
import { invalidate } from "./invalidate.ts";
import { oneShot } from "./one-shot.ts";
import { receive } from "./receive.ts";
import { send } from "./send.ts";
import { UpstreamFailure, type UpstreamResponse } from "./upstream.ts";
import { keepVariant } from "./variant.ts";

type Answer = Omit<CacheResponse, "cacheStatus" | "passed">;
type Told = Partial<CacheStatus>;

/** What an exchange with the upstream came to. */
export type Forwarded =
  /** a response that is in the store, or on its way there: whoever its Vary fits may have it */
  | {
      readonly type: "stored";
      readonly response: Answer;
      /** what the one who asked gets on top: the fields that are not kept for others (RFC 9111 §3.1) */
      readonly own?: Fields;
      readonly varying: Varying;
      /** whether it may answer others that wait for it, where its Vary fits */
      readonly shareable: boolean;
      /** how new it is, for what those others want; left out where it stands in for an upstream that failed */
      readonly received?: Received;
      readonly status: Told;
    }
  /** a response for the one who asked; its content can be read once */
  | {
      readonly type: "passed";
      readonly response: Answer;
      readonly because: Extract<Outcome, { type: "pass" }>["because"];
      readonly status: Told;
    }
  | {
      readonly type: "failed";
      readonly answer: 502 | 504;
      readonly message: string;
      /** how the upstream gave no response, where it would give none to others either */
      readonly away?: Exclude<Failure, "broken">;
      readonly status: Told;
    };

/**
 * Asks the upstream as decided, and does with its response what `core` says: store it, freshen what was nominated, pass
 * it on, answer with something stale, or, once, ask again.
 */
export function forward(
  cache: Cache,
  request: CacheRequest,
  decided: Validation | Forward,
  stored: readonly StoredResponse[],
): Promise<Forwarded> {
  return whileArriving(cache, request.cacheKey, (own) => ask(cache, request, decided, stored, own));
}

async function ask(
  cache: Cache,
  request: CacheRequest,
  decided: Validation | Forward,
  stored: readonly StoredResponse[],
  own: Arriving,
): Promise<Forwarded> {
  const context = () => contextOf(cache, request);
  const expected = (await request.expect?.()) ?? {};
  let decision = decided;
  let retried: RetryReason | undefined;
  for (;;) {
    const requestTime = cache.now();
    let response: UpstreamResponse;
    try {
      response = await send(request, decision);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      return withoutResponse(cache, onFailure(decision, error.kind, context()), error.message, context());
    }
    const why = retried ?? (decision.type === "forward" ? decision.verifies : undefined);
    const status: Told = { fwdStatus: response.status, ...(why && { detail: why }) };
    const exchanged = { decision, request: request.head, response, stored, requestTime, responseTime: cache.now() };
    const outcome = onResponse({ ...exchanged, retried: retried !== undefined }, context());
    switch (outcome.type) {
      case "retry":
        void discard(response);
        decision = afterRetry(decision, outcome);
        retried = outcome.because;
        continue;
      case "freshen": {
        void discard(response);
        for (const one of outcome.updated) await update(cache, own, "freshening", one);
        const content = await cache.store.open(outcome.selected);
        if (content === undefined) {
          decision = { type: "forward", request: unconditional(request.head), because: "miss" };
          continue;
        }
        const variant = outcome.variant && (await keepVariant(cache, own, outcome.variant, outcome.selected));
        const selected = variant ?? outcome.selected;
        const { ttl } = currentTtl(selected, context());
        const detail = outcome.because === "strong-validator" ? undefined : outcome.because;
        const kept = (variant !== undefined || outcome.updated.includes(selected)) && !selected.invalid;
        const shareable = kept && mayAnswerOthers(selected, context());
        const told = { ...status, ttl, stored: kept, ...(detail && { detail }) };
        return { ...answered(selected, content, shareable, context(), told), received: selected };
      }
      case "store": {
        if (!methodRules(request.head.method).safe)
          await invalidateAll(cache, request, response, outcome.invalidates, own);
        const received = await receive(cache, request, outcome, response, expected, own);
        const caught = "answer" in received && isNewlyCaught(received.answer.stored, outcome.replaces[0]);
        if (caught) cache.events.caught?.(request.cacheKey);
        if (received.type === "refused") {
          return withoutResponse(cache, onFailure(decision, "broken", context()), received.message, context());
        }
        return {
          type: "stored",
          varying: outcome.response.varying,
          shareable: mayAnswerOthers(outcome.response, context()),
          received: outcome.response,
          ...(withoutWithheld(response.fields, context()) !== response.fields && {
            own: withDate(endToEnd(response.fields), exchanged.responseTime),
          }),
          response: { status: outcome.response.status, fields: outcome.response.fields, ...received.answer },
          status: {
            ...status,
            ttl: initialTtl(outcome.response, context()),
            stored: true,
            ...(caught && { detail: "caught" }),
          },
        };
      }
      case "pass": {
        for (const one of outcome.updated) await update(cache, own, "HEAD update", one);
        if (!methodRules(request.head.method).safe)
          await invalidateAll(cache, request, response, outcome.invalidates, own);
        return {
          type: "passed",
          because: outcome.because,
          response: {
            status: response.status,
            fields: endToEnd(response.fields),
            content: hasContent(request, response) ? oneShot(response) : null,
          },
          status: decision.because === "method" ? status : { detail: outcome.because, ...status },
        };
      }
      case "serve-stale":
      case "fail":
        void discard(response);
        return withoutResponse(cache, outcome, `The upstream answered ${response.status}.`, context(), status);
    }
  }
}

/** RFC 9111 §4.4, and what is related to what is invalidated so. */
async function invalidateAll(
  cache: Cache,
  request: CacheRequest,
  response: UpstreamResponse,
  targets: readonly string[],
  own: Arriving,
): Promise<void> {
  const met = await invalidate(cache, request, targets, own);
  await cache.related?.(cache, request, response, own, met);
}

/** Something stale in place of what the upstream did not give, or its failure. */
async function withoutResponse(
  cache: Cache,
  outcome: Extract<Outcome, { type: "serve-stale" | "fail" }>,
  message: string,
  context: Context,
  status: Told = {},
): Promise<Forwarded> {
  if (outcome.type === "serve-stale") {
    const content = await cache.store.open(outcome.stored);
    if (content !== undefined) {
      const { ttl } = currentTtl(outcome.stored, context);
      return answered(outcome.stored, content, true, context, { ...status, ttl, detail: outcome.because });
    }
  }
  const answer = outcome.type === "fail" ? outcome.status : 502;
  const detail = outcome.type === "fail" ? outcome.because : "broken";
  const away = detail === "unreachable" || detail === "timeout" || detail === "offline" ? detail : undefined;
  return { type: "failed", answer, message, ...(away && { away }), status: { ...status, detail } };
}

/** What another request's exchange is for this one: where the upstream was away, something else that is stale may stand in. */
export async function failedToo(
  cache: Cache,
  request: CacheRequest,
  decision: Validation | Forward,
  failed: Forwarded,
): Promise<Forwarded> {
  if (failed.type !== "failed" || failed.away === undefined) return failed;
  const { away, message, status } = failed;
  const context = contextOf(cache, request);
  return withoutResponse(cache, onFailure(decision, away, context), message, context, status);
}

function answered(
  stored: StoredResponse,
  content: Answer["content"],
  shareable: boolean,
  context: Context,
  status: Told,
): Extract<Forwarded, { type: "stored" }> {
  const { age } = currentTtl(stored, context);
  return {
    type: "stored",
    varying: stored.varying,
    shareable,
    response: { status: stored.status, fields: stored.fields, content, stored, age },
    status,
  };
}

/** Whether this very response showed that the upstream's validators can't be believed. */
function isNewlyCaught(stored: StoredResponse | undefined, before: StoredResponse | undefined): boolean {
  return stored?.caughtAt !== undefined && stored.caughtAt !== before?.caughtAt;
}

/** A stored response with its newer head; one that was purged while that was asked for stays invalid. */
async function update(cache: Cache, own: Arriving, what: string, updated: StoredResponse): Promise<void> {
  await attempt(cache, what, () => cache.store.put(isPurged(own, updated) ? { ...updated, invalid: true } : updated));
}

/** What is read of a response that nobody wants, and for how many milliseconds. */
const mostDiscarded = { octets: 65_536, time: 2000 };

/** Reads what little content a response that nobody wants may have, so that its connection can be used again; nobody waits. */
async function discard({ body }: UpstreamResponse): Promise<void> {
  if (body.whole !== undefined) return;
  const chunks = body[Symbol.asyncIterator]();
  const leave = () => void chunks.return?.().catch(() => undefined);
  const timer = setTimeout(leave, mostDiscarded.time);
  try {
    for (let octets = 0; octets <= mostDiscarded.octets; ) {
      const step = await chunks.next();
      if (step.done) return;
      octets += step.value.length;
    }
    leave();
  } catch {
    // it was not wanted anyway
  } finally {
    clearTimeout(timer);
  }
}

/** RFC 9110 §6.4.1: neither HEAD, nor 204 and 304, nor an announced length of nothing. */
function hasContent(request: CacheRequest, response: UpstreamResponse): boolean {
  if (request.head.method === "HEAD" || response.status === 204 || response.status === 304) return false;
  return response.fields.read(contentLength) !== 0;
}
