import { requestCacheControl } from "./cache-control.ts";
import { noRequestDirectives, type RequestDirectives } from "./cache-directives.ts";
import type { Decision, Forward, ForwardReason, ServeReason } from "./decision.ts";
import { ageOf, type Facts, factsOf } from "./facts.ts";
import type { RequestHead, Seconds, StoredResponse } from "./message.ts";
import { restOf } from "./part.ts";
import type { Context } from "./policy.ts";
import { asksOrigin, isConditional } from "./preconditions.ts";
import { select } from "./selection.ts";
import { wantsItsOwn } from "./sharing.ts";
import { forbidsStale, forbidsStoring, mayServeWhileRevalidating } from "./staleness.ts";
import { validate } from "./validation.ts";

/**
 * The first question (RFC 9111 §4): may a stored response answer this request, must the upstream be asked about one,
 * or must the request simply go on?
 * @param stored the stored responses of the request's cache key
 */
export function onRequest(request: RequestHead, stored: readonly StoredResponse[], context: Context): Decision {
  if (request.method !== "GET" && request.method !== "HEAD") return { type: "forward", request, because: "method" };
  if (context.policy.reuse === "none") return { type: "forward", request, because: "request" };
  const wishes = context.policy.requestDirectives ? request.fields.read(requestCacheControl) : noRequestDirectives;
  if (asksOrigin(request)) {
    if (wishes.onlyIfCached) return { type: "refuse", status: 504, because: "only-if-cached" };
    return { type: "forward", request, because: "request" };
  }
  const selection = select(request, stored);
  if (selection.type === "none") {
    if (wishes.onlyIfCached) return { type: "refuse", status: 504, because: "only-if-cached" };
    // other variants may be what the upstream would choose now: their tags are worth asking about (§4.3.1)
    if (selection.because === "vary-miss") return validate(request, stored, undefined, "vary-miss", context);
    if (selection.because === "partial") return complete(request, selection.part, context);
    return { type: "forward", request, because: selection.because };
  }

  const selected = selection.stored;
  const facts = factsOf(selected, context);
  const age = ageOf(facts, selected, context.now);
  const ttl = facts.lifetime.seconds - age;
  const reason = whyNotAsItIs({ request, wishes, facts, selected, age, ttl });
  if (reason === undefined) {
    return { type: "serve", stored: selected, age, ttl, because: serveReason(facts, ttl) };
  }
  if (wishes.onlyIfCached) {
    return { type: "refuse", status: 504, because: "only-if-cached" };
  }
  const decision = validate(request, [selected], selected, reason, context);
  if (reason === "stale" && mayServeWhileRevalidating(facts, -ttl)) {
    return { type: "serve", stored: selected, age, ttl, background: decision, because: "stale-while-revalidate" };
  }
  return decision;
}

/** A part is there that is not enough: the rest is asked for, where the whole is wanted and the part is fresh. */
function complete(request: RequestHead, part: StoredResponse, context: Context): Forward {
  const facts = factsOf(part, context);
  const fresh = ageOf(facts, part, context.now) < facts.lifetime.seconds && !part.invalid;
  const rest = fresh && request.method === "GET" && !isConditional(request.fields) ? restOf(request, part) : undefined;
  if (rest === undefined) return { type: "forward", request, because: "partial" };
  return { type: "forward", request: rest, completes: part, because: "partial" };
}

interface Case {
  readonly request: RequestHead;
  readonly wishes: RequestDirectives;
  readonly facts: Facts;
  readonly selected: StoredResponse;
  readonly age: Seconds;
  readonly ttl: Seconds;
}

/** RFC 9111 §4: all of these must hold for a stored response to answer by itself; the first that does not is the reason. */
const conditions: readonly (readonly [ForwardReason, (x: Case) => boolean])[] = [
  ["invalid", (x) => !x.selected.invalid],
  ["request", ({ facts, selected }) => selected.responseTime >= facts.policy.validatedSince],
  ["request", (x) => x.facts.lifetime.source === "immutable" || mayGoUnasked(x)],
  ["stale", (x) => isOverridden(x.facts) || x.facts.directives.noCache !== true],
  ["stale", (x) => !forbidsStoring(x.facts)],
  ["stale", (x) => x.ttl > 0 || allowsStale(x)],
];

/**
 * Whether the client doesn't ask for validation: in its fields, or by Fetch's `no-cache`, which a response that is fresh
 * and can't change stands above (RFC 8246 §2).
 */
function mayGoUnasked(x: Case): boolean {
  if (x.facts.policy.reuse === "validated") return x.facts.directives.immutable && x.ttl > 0;
  return !asksToValidate(x);
}

/** Where the policy takes stale ones too: what remains of the conditions. */
const conditionsOfAny: typeof conditions = [
  ["invalid", (x) => !x.selected.invalid],
  ["stale", (x) => !forbidsStoring(x.facts)],
];

/** Whether the policy's lifetime stands above what the response says, `no-cache` included. */
const isOverridden = ({ lifetime: { source } }: Facts) =>
  source === "immutable" || source === "policy" || source === "override";

function whyNotAsItIs(x: Case): ForwardReason | undefined {
  const all = x.facts.policy.reuse === "any" ? conditionsOfAny : conditions;
  for (const [reason, holds] of all) if (!holds(x)) return reason;
  return undefined;
}

/** RFC 9111 §5.2.1.1, §5.2.1.3, §5.2.1.4, and Pragma where there is no Cache-Control (§5.4). */
function asksToValidate({ request, wishes, facts, age, ttl }: Case): boolean {
  if (wantsItsOwn(request, facts.policy)) return true;
  if (wishes.maxAge !== undefined && age > wishes.maxAge) return true;
  return wishes.minFresh !== undefined && ttl < wishes.minFresh;
}

/** RFC 9111 §5.2.1.2, and what forbids it (§4.2.4). */
function allowsStale({ wishes, facts, ttl }: Case): boolean {
  return wishes.maxStale !== undefined && -ttl <= wishes.maxStale && !forbidsStale(facts);
}

function serveReason({ lifetime: { source }, policy }: Facts, ttl: Seconds): ServeReason {
  if (source === "immutable") return source;
  if (ttl > 0) return source === "override" || source === "negative" ? source : "fresh";
  return policy.reuse === "any" ? "any-age" : "max-stale";
}
