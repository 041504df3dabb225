import type { Facts } from "./facts.ts";
import type { Seconds } from "./message.ts";

/** Whether the response itself forbids any use without successful validation once it is stale (RFC 9111 §4.2.4). */
export function forbidsStale({ directives, shared }: Facts): boolean {
  if (directives.mustRevalidate || directives.noCache === true) return true;
  return shared && (directives.proxyRevalidate || directives.sMaxage !== undefined);
}

/**
 * Whether a stale response may cover for an upstream that fails (RFC 5861 §4, RFC 9111 §4.2.4).
 * @param staleness seconds past the lifetime
 */
export function mayCoverFailure(facts: Facts, staleness: Seconds): boolean {
  if (facts.policy.obeyRevalidate && forbidsStale(facts)) return false;
  return staleness <= (facts.directives.staleIfError ?? facts.policy.staleIfError);
}

/** Whether a stale response may answer while it is validated (RFC 5861 §3). */
export function mayServeWhileRevalidating(facts: Facts, staleness: Seconds): boolean {
  if (forbidsStale(facts)) return false;
  // where a policy bounds freshness, the upstream's word can't lengthen it again
  const own = facts.policy.lifetime.rule === "upstream" ? facts.directives.staleWhileRevalidate : undefined;
  return staleness <= (own ?? facts.policy.staleWhileRevalidate);
}
