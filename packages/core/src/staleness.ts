import type { Facts } from "./facts.ts";
import type { Seconds } from "./message.ts";

/**
 * Whether the response says no-store, and means it (RFC 9111 §5.2.2.3, §5.2.2.5). A stored one does when a 304 brought
 * the directive: its content was kept before that, and is not used again without the upstream's word.
 */
export function forbidsStoring({ directives }: Pick<Facts, "directives">): boolean {
  return directives.noStore && !directives.mustUnderstand;
}

/** Whether the response itself forbids any use without successful validation once it is stale (RFC 9111 §4.2.4). */
export function forbidsStale({ directives, shared }: Facts): boolean {
  if (directives.mustRevalidate || directives.noCache === true) return true;
  return shared && (directives.proxyRevalidate || directives.sMaxage !== undefined);
}

/**
 * Whether a stale response may cover for an upstream that fails (RFC 5861 §4, RFC 9111 §4.2.4).
 * @param staleness seconds past the lifetime
 * @param asked how stale the client itself would take it, where it says so; stands above what others say
 * @param atLeast what is allowed even where nobody says anything
 */
export function mayCoverFailure(
  facts: Facts,
  staleness: Seconds,
  asked: Seconds | undefined,
  atLeast: Seconds,
): boolean {
  const { policy, directives } = facts;
  if (forbidsStoring(facts) || (policy.obeyRevalidate && forbidsStale(facts))) return false;
  const said = policy.obeyRevalidate
    ? (directives.staleIfError ?? policy.staleIfError)
    : Math.max(directives.staleIfError ?? 0, policy.staleIfError);
  return within(staleness, asked ?? Math.max(said, atLeast));
}

/** Whether a stale response may answer while it is validated (RFC 5861 §3). */
export function mayServeWhileRevalidating(facts: Facts, staleness: Seconds): boolean {
  if (forbidsStale(facts) || forbidsStoring(facts)) return false;
  // where a policy bounds freshness, the upstream's word can't lengthen it again
  const own = facts.policy.lifetime.rule === "upstream" ? facts.directives.staleWhileRevalidate : undefined;
  return within(staleness, own ?? facts.policy.staleWhileRevalidate);
}

/** A window of no seconds allows nothing, not even in the very moment in which freshness ends. */
const within = (staleness: Seconds, window: Seconds) => window > 0 && staleness <= window;
