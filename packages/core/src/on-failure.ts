import type { FailReason, Forward, Outcome, Validation } from "./decision.ts";
import { ageOf, factsOf } from "./facts.ts";
import type { StoredResponse } from "./message.ts";
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
  if (decision.selected !== undefined && coversFailure(decision.selected, context)) {
    return { type: "serve-stale", stored: decision.selected, because: "stale-if-error" };
  }
  // a gateway answers 504 where it waited in vain or may not ask, 502 where what came was no response (9110 §15.6.3, §15.6.5)
  return { type: "fail", status: failure === "timeout" || failure === "offline" ? 504 : 502, because: failure };
}

/** Whether this stored response may answer in place of an upstream that fails; an invalid one never may (RFC 9111 §4.4). */
export function coversFailure(stored: StoredResponse, context: Context): boolean {
  if (stored.invalid) return false;
  const facts = factsOf(stored, context);
  return mayCoverFailure(facts, ageOf(facts, stored, context.now) - facts.lifetime.seconds);
}
