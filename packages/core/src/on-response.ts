import type { Forward, Outcome, RetryReason, Validation } from "./decision.ts";
import { etag, strongMatch } from "./entity-tag.ts";
import { selectForFreshening } from "./freshening.ts";
import { updatedByHead } from "./head-update.ts";
import { invalidatedBy } from "./invalidation.ts";
import type { RequestHead, ResponseHead, StoredResponse, Timestamp } from "./message.ts";
import { coverFor } from "./on-failure.ts";
import { join } from "./part.ts";
import type { Context } from "./policy.ts";
import { asksWhetherChanged } from "./preconditions.ts";
import { storedFields } from "./receiving.ts";
import { sameVarying, varyingMatches, varyingOf } from "./selection.ts";
import { coverable } from "./statuses.ts";
import { whyNotStorable } from "./storing.ts";
import { freshen, keptAfterUpdate, variantFor } from "./updating.ts";
import { askingAnew, unconditional } from "./validation.ts";

/** An exchange with the upstream whose response head has come. */
export interface Exchanged {
  /** what `onRequest` decided; its `request` is what was sent */
  readonly decision: Validation | Forward;
  /** what the client asked */
  readonly request: RequestHead;
  readonly response: ResponseHead;
  /** the stored responses of the cache key, newest first */
  readonly stored: readonly StoredResponse[];
  /** when the request went out, and when this head came */
  readonly requestTime: Timestamp;
  readonly responseTime: Timestamp;
  /** whether this is the answer to a retry; then there is no other */
  readonly retried: boolean;
}

/** Stored responses of one target, about; of more the oldest go. Fields that clients make up could make them endless. */
const mostVariants = 128;

/** The second question: what to do with the upstream's response (RFC 9111 §3, §4.3.3, §4.3.4, §4.3.5, §4.4). */
export function onResponse(exchange: Exchanged, context: Context): Outcome {
  const { decision, request, response, stored, requestTime, responseTime } = exchange;
  if (response.status === 304) return onNotModified(exchange, context);
  if (failsAtCondition(exchange, context)) return retry(decision, "failed-validation");
  const cover = coverable(response.status) ? coverFor(decision, context) : undefined;
  if (cover !== undefined) return cover;
  if (decision.type === "forward" && decision.completes !== undefined) {
    if (response.status === 206) return onRest(exchange, decision.completes, decision, context);
    // the range was ours, so that it can't be satisfied is nothing that the client asked about
    if (response.status === 416) return wholeInstead(decision);
  }
  const obstacle = whyNotStorable(request, response, context);
  if (obstacle !== undefined) {
    return {
      type: "pass",
      because: obstacle,
      updated: context.policy.storing ? updatedByHead(request, response, stored, exchange, context) : [],
      invalidates: invalidatedBy(request, response),
    };
  }
  const varying = varyingOf(request, response, context.policy);
  return {
    type: "store",
    response: {
      method: "GET",
      status: response.status,
      fields: storedFields(response, responseTime, context),
      varying,
      requestTime,
      responseTime,
    },
    replaces: stored.filter(
      (older, newer) =>
        newer >= mostVariants - 1 ||
        older === decision.selected ||
        (sameVarying(older.varying, varying) && makesOld(response, older)),
    ),
    invalidates: invalidatedBy(request, response),
  };
}

/** An error that the condition alone may be the cause of; 429 is about how often it is asked (RFC 6585 §4). */
function failsAtCondition({ decision, response, retried }: Exchanged, { policy }: Context): boolean {
  if (policy.failedValidation === "final" || retried || decision.type !== "validate") return false;
  return response.status >= 400 && response.status !== 429;
}

/** Whether a new response takes an older one's place: a part leaves the whole that it is of where it is. */
function makesOld(response: ResponseHead, older: StoredResponse): boolean {
  if (response.status !== 206 || older.status === 206) return true;
  return !strongMatch(response.fields.read(etag), older.fields.read(etag));
}

/** The rest of a stored part (RFC 9111 §3.4): joined to it, or, where it is of something else, the whole is asked for. */
function onRest(exchange: Exchanged, part: StoredResponse, decision: Forward, context: Context): Outcome {
  const { request, response, stored, requestTime, responseTime } = exchange;
  const whole = join(part, response, exchange, context);
  if (whole === undefined || whyNotStorable(request, whole, context) !== undefined) return wholeInstead(decision);
  // the rest may have brought another Vary
  const varying = varyingOf(request, whole, context.policy);
  return {
    type: "store",
    response: { method: "GET", ...whole, varying, requestTime, responseTime },
    after: part,
    replaces: stored.filter((older) => older === part || sameVarying(older.varying, varying)),
    invalidates: [],
  };
}

const wholeInstead = ({ request }: Forward): Outcome => ({
  type: "retry",
  request: unconditional(request),
  because: "contradicting-validator",
});

function onNotModified(exchange: Exchanged, context: Context): Outcome {
  const { decision, request, response } = exchange;
  if (decision.type === "validate") {
    const freshening = selectForFreshening(response, decision.nominated, context);
    if (freshening.type === "none") {
      if (freshening.because === "ambiguous-not-modified" && context.policy.bareNotModified === "strict") {
        return unusable(exchange, freshening.because, context);
      }
      return retry(decision, freshening.because);
    }
    const { because } = freshening;
    const updated = freshen(freshening.stored[0]!, response, exchange, context);
    if (decision.selected === undefined) {
      const variant = variantFor(request, updated, context);
      const tooMany = exchange.stored.slice(mostVariants - 1);
      return {
        type: "freshen",
        updated: [],
        selected: updated,
        ...(variant && { variant: { response: variant, replaces: tooMany } }),
        because,
      };
    }
    const kept = [updated, ...othersWithTag(exchange, decision.selected)].map((one) =>
      keptAfterUpdate(request, one === updated ? one : freshen(one, response, exchange, context), context),
    );
    return {
      type: "freshen",
      updated: kept.filter((one) => one !== undefined),
      selected: kept[0] ?? updated,
      because,
    };
  }
  // the client's own precondition went on to the upstream, and this is its answer; other methods aren't sent twice
  if (decision.request.fields.hasAny(asksWhetherChanged) || decision.because === "method") {
    return { type: "pass", because: "not-modified", updated: [], invalidates: [] };
  }
  const because = "unasked-not-modified";
  return exchange.retried ? unusable(exchange, because, context) : retry(decision, because);
}

const retry = ({ request }: Validation | Forward, because: RetryReason): Outcome => ({
  type: "retry",
  request: askingAnew(request),
  because,
});

/** What else the request could have been answered with and has the strong tag of the 304 (RFC 9111 §4.3.4). */
function othersWithTag({ request, response, stored }: Exchanged, selected: StoredResponse): readonly StoredResponse[] {
  const tag = response.fields.read(etag);
  return stored.filter(
    (one) =>
      one !== selected &&
      one.status !== 206 &&
      varyingMatches(one.varying, request) &&
      strongMatch(one.fields.read(etag), tag),
  );
}

/** A 304 that nothing can be made of counts as a failure of the upstream. */
function unusable(
  { decision }: Exchanged,
  because: "unasked-not-modified" | "ambiguous-not-modified",
  context: Context,
): Outcome {
  return coverFor(decision, context) ?? { type: "fail", status: 502, because };
}

/** The decision that stands behind a retry: it asks about nothing. */
export function afterRetry(decision: Validation | Forward, retry: Extract<Outcome, { type: "retry" }>): Forward {
  return {
    type: "forward",
    request: retry.request,
    ...(decision.selected && { selected: decision.selected }),
    because: decision.because,
  };
}
