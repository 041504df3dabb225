import { requestCacheControl } from "./cache-control.ts";
import type { FailReason, Forward, Outcome, Validation } from "./decision.ts";
import { ageOf, factsOf } from "./facts.ts";
import type { Seconds } from "./message.ts";
import type { Context } from "./policy.ts";
import { mayCoverFailure } from "./staleness.ts";

/** No usable response came from the upstream. */
export type Failure = Extract<FailReason, "unreachable" | "timeout" | "broken" | "offline">;

/** The third question: what to answer when the upstream gave none (RFC 9111 §4.3.3, RFC 5861 §4). */
export function onFailure(
  decision: Validation | Forward,
  failure: Failure,
  context: Context,
): Extract<Outcome, { type: "serve-stale" | "fail" }> {
  // a gateway answers 504 where it waited in vain or may not ask, 502 where what came was no response (9110 §15.6.3, §15.6.5)
  const status = failure === "timeout" || failure === "offline" ? 504 : 502;
  return coverFor(decision, context, context.policy.staleIfDisconnected) ?? { type: "fail", status, because: failure };
}

/**
 * To answer with the stored response that may do so in place of an upstream that fails; an invalid one never may (RFC 9111 §4.4).
 * @param atLeast seconds past its lifetime that are allowed for how the upstream failed, where nothing allows more
 */
export function coverFor(
  { selected, request }: Validation | Forward,
  context: Context,
  atLeast: Seconds = 0,
): Extract<Outcome, { type: "serve-stale" }> | undefined {
  if (selected === undefined || selected.invalid) return undefined;
  const facts = factsOf(selected, context);
  const asked = context.policy.requestDirectives ? request.fields.read(requestCacheControl).staleIfError : undefined;
  const staleness = ageOf(facts, selected, context.now) - facts.lifetime.seconds;
  if (!mayCoverFailure(facts, staleness, asked, atLeast)) return undefined;
  return { type: "serve-stale", stored: selected, because: "stale-if-error" };
}
