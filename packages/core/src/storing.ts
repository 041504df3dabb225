import { requestCacheControl } from "./cache-control.ts";
import { effectiveDirectives } from "./directives.ts";
import { freshnessLifetime } from "./freshness.ts";
import { expires } from "./http-date.ts";
import type { RequestHead, ResponseHead } from "./message.ts";
import { partOf } from "./part.ts";
import type { Context } from "./policy.ts";
import { isHeuristicallyCacheable, isUnderstood } from "./statuses.ts";
import { resolveTarget } from "./targets.ts";
import { vary } from "./vary-field.ts";

/** Why a response is not stored, in the order in which it is asked. */
export type NotStorable =
  | "method"
  | "status"
  | "must-understand"
  | "partial"
  | "request-no-store"
  | "policy"
  | "no-store"
  | "private"
  | "authorization"
  | "vary"
  | "too-long"
  | "no-freshness"
  | "set-cookie";

interface Case {
  readonly request: RequestHead;
  readonly response: ResponseHead;
  readonly context: Context;
}

const directivesOf = ({ response, context }: Case) => effectiveDirectives(response.fields, context.policy).directives;

const choiceOf = ({ response, context }: Case) => context.policy.choose?.(response);

/** RFC 9111 §3: all of these must hold; the first that does not is the reason. */
const conditions: readonly (readonly [NotStorable, (x: Case) => boolean])[] = [
  ["method", (x) => x.request.method === "GET" || answersLaterGets(x)],
  ["status", ({ response }) => response.status >= 200 && response.status <= 599 && response.status !== 304],
  ["must-understand", (x) => !directivesOf(x).mustUnderstand || isUnderstood(x.response.status)],
  // several parts in one are left alone; so is a part that nobody asked for
  [
    "partial",
    ({ request, response }) =>
      response.status !== 206 || (request.fields.has("range") && partOf(response) !== undefined),
  ],
  ["policy", ({ context }) => context.policy.storing],
  [
    "request-no-store",
    ({ request, context }) => !context.policy.requestDirectives || !request.fields.read(requestCacheControl).noStore,
  ],
  ["no-store", (x) => !directivesOf(x).noStore || directivesOf(x).mustUnderstand],
  ["private", (x) => !x.context.shared || directivesOf(x).private !== true],
  ["authorization", (x) => !x.context.shared || !x.request.fields.has("authorization") || allowsAuthorization(x)],
  ["vary", (x) => x.response.fields.read(vary) !== "*" || variesByNothing(x)],
  ["too-long", (x) => choiceOf(x)?.type !== "too-long"],
  ["no-freshness", (x) => saysFreshness(x) || isHeuristicallyCacheable(x.response.status) || choiceOf(x) !== undefined],
  ["set-cookie", (x) => !x.response.fields.has("set-cookie") || isMeantForAll(x)],
];

/**
 * RFC 9111 §3.5: what lets a shared cache keep a response to a request with credentials. Where the policy doesn't
 * obey what asks for validation, that is no ground to keep it either.
 */
function allowsAuthorization(x: Case): boolean {
  const { mustRevalidate, public: isPublic, sMaxage } = directivesOf(x);
  return isPublic || (x.context.policy.obeyRevalidate && (mustRevalidate || sMaxage !== undefined));
}

/** Whether the policy fixes all that `Vary: *` could mean; credentials it never does. */
const variesByNothing = ({ request, context }: Case): boolean =>
  context.policy.vary === "ignore" && !request.fields.has("authorization");

function saysFreshness(x: Case): boolean {
  const { directives } = effectiveDirectives(x.response.fields, x.context.policy);
  return directives.public || (!x.context.shared && directives.private !== false) || saysHowLong(x);
}

/** Whether it gives its lifetime itself (RFC 9111 §4.2.1). */
function saysHowLong(x: Case): boolean {
  const { targeted, directives } = effectiveDirectives(x.response.fields, x.context.policy);
  if (directives.maxAge !== undefined || (x.context.shared && directives.sMaxage !== undefined)) return true;
  return !targeted && x.response.fields.read(expires) !== undefined;
}

/**
 * Whether a response that sets a cookie may be for more than one user. Ours: RFC 9111 §7.3 leaves it to the origin to
 * say private; but one that says nothing, or wants each use validated, has likely given a session to one user.
 */
function isMeantForAll(x: Case): boolean {
  const { policy, shared, now } = x.context;
  if (!shared || policy.lifetime.rule !== "upstream") return true;
  const { noCache, public: isPublic } = directivesOf(x);
  const { seconds, source } = freshnessLifetime(x.response, now, x.context);
  // a guess or a choice of ours is not the origin's word
  return isPublic || (noCache !== true && source !== "heuristic" && choiceOf(x) === undefined && seconds > 0);
}

/** RFC 9110 §9.3.3: a POST's answer may serve later GETs when it says how long, and that it is the target's own. */
function answersLaterGets(x: Case): boolean {
  if (x.request.method !== "POST" || x.response.status < 200 || x.response.status >= 300) return false;
  const location = x.response.fields.get("content-location");
  return (
    location !== undefined &&
    saysHowLong(x) &&
    resolveTarget(x.request.target, location) === resolveTarget(x.request.target, "")
  );
}

/** @returns why this response may not be stored, or undefined when it may (RFC 9111 §3) */
export function whyNotStorable(
  request: RequestHead,
  response: ResponseHead,
  context: Context,
): NotStorable | undefined {
  const x = { request, response, context };
  return conditions.find(([, holds]) => !holds(x))?.[0];
}
