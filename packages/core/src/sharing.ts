import { correctedInitialAge } from "./age.ts";
import { effectiveDirectives } from "./directives.ts";
import { freshnessLifetime } from "./freshness.ts";
import type { ResponseHead, Seconds, Timestamp } from "./message.ts";
import type { Context } from "./policy.ts";
import { forbidsStoring } from "./staleness.ts";

/** A response that may be stored, and when its exchange took place. */
interface Received extends ResponseHead {
  readonly requestTime: Timestamp;
  readonly responseTime: Timestamp;
}

/**
 * Whether a response that just came, and that may be stored, may also answer the other requests that are waiting for
 * the same (RFC 9111 §4): only where a later request would get it without validation. A page that says nothing of its
 * freshness, or no-cache, may be another one for each user. A policy with a lifetime of its own knows better;
 * one that wants each request asked for itself wants this, too.
 */
export function mayAnswerOthers(response: Received, context: Context): boolean {
  const { lifetime } = context.policy;
  if (lifetime.rule === "exactly") return lifetime.seconds > 0;
  if (lifetime.rule !== "upstream") return true;
  const said = effectiveDirectives(response.fields, context.policy);
  if (said.directives.noCache === true || forbidsStoring(said)) return false;
  return initialTtl(response, context) > 0;
}

/** Seconds of freshness that a response has left when it comes. */
export function initialTtl(response: Received, context: Context): Seconds {
  return freshnessLifetime(response, response.responseTime, context).seconds - correctedInitialAge(response);
}
