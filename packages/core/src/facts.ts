import { correctedInitialAge } from "./age.ts";
import type { ResponseDirectives } from "./cache-control.ts";
import { effectiveDirectives } from "./directives.ts";
import type { FieldParser } from "./fields.ts";
import { freshnessLifetime, type Lifetime } from "./freshness.ts";
import type { Received, Seconds, Timestamp } from "./message.ts";
import type { Context, Policy } from "./policy.ts";

/**
 * What the rules ask of a stored response again and again, and what can't change while it is kept; besides what its
 * fields say whoever asks, which they remember themselves.
 */
export interface Facts {
  readonly stored: Received;
  readonly policy: Policy;
  readonly shared: boolean;
  readonly directives: ResponseDirectives;
  readonly lifetime: Lifetime;
  readonly initialAge: Seconds;
}

/**
 * They are kept with the fields, as if they were read from them: a WeakMap takes longer to fill than they to be worked
 * out, and one of a million responses would be the collector's to look through.
 */
const place: FieldParser<{ facts: Facts | undefined }> = { name: "", parse: () => ({ facts: undefined }) };

/** The facts of a stored response under a policy; worked out once, as long as policy and side stay the same. */
export function factsOf(stored: Received, { policy, shared }: Context): Facts {
  const kept = stored.fields.read(place);
  const { facts: before } = kept;
  if (before?.stored === stored && before.policy === policy && before.shared === shared) return before;
  const facts: Facts = {
    stored,
    policy,
    shared,
    directives: effectiveDirectives(stored.fields, policy).directives,
    lifetime: freshnessLifetime(stored, stored.responseTime, { policy, shared }),
    initialAge: correctedInitialAge(stored),
  };
  kept.facts = facts;
  return facts;
}

/** Its age now, in seconds (RFC 9111 §4.2.3). */
export function ageOf(facts: Facts, stored: Received, now: Timestamp): Seconds {
  return facts.initialAge + Math.max(0, (now - stored.responseTime) / 1000);
}

/** Age and remaining freshness in seconds, of a stored response at this moment (RFC 9211 §2.4: negative when stale). */
export function currentTtl(stored: Received, context: Context): { readonly age: Seconds; readonly ttl: Seconds } {
  const facts = factsOf(stored, context);
  const age = ageOf(facts, stored, context.now);
  return { age, ttl: facts.lifetime.seconds - age };
}
