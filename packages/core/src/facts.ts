import { correctedInitialAge } from "./age.ts";
import type { ResponseDirectives } from "./cache-control.ts";
import { effectiveDirectives } from "./directives.ts";
import { type EntityTag, etag } from "./entity-tag.ts";
import { freshnessLifetime, type Lifetime } from "./freshness.ts";
import { lastModified } from "./http-date.ts";
import type { Seconds, StoredResponse, Timestamp } from "./message.ts";
import type { Context, Policy } from "./policy.ts";

/** What the rules ask of a stored response again and again, and what can't change while it is kept. */
export interface Facts {
  readonly policy: Policy;
  readonly shared: boolean;
  readonly directives: ResponseDirectives;
  readonly lifetime: Lifetime;
  readonly initialAge: Seconds;
  readonly etag: EntityTag | undefined;
  readonly lastModified: Timestamp | undefined;
}

const known = new WeakMap<StoredResponse, Facts>();

/** The facts of a stored response under a policy; worked out once, as long as policy and side stay the same. */
export function factsOf(stored: StoredResponse, context: Context): Facts {
  const before = known.get(stored);
  if (before !== undefined && before.policy === context.policy && before.shared === context.shared) return before;
  const facts: Facts = {
    policy: context.policy,
    shared: context.shared,
    directives: effectiveDirectives(stored.fields, context.policy).directives,
    lifetime: freshnessLifetime(stored, stored.responseTime, context),
    initialAge: correctedInitialAge(stored),
    etag: stored.fields.read(etag),
    lastModified: stored.fields.read(lastModified),
  };
  known.set(stored, facts);
  return facts;
}

/** Its age now, in seconds (RFC 9111 §4.2.3). */
export function ageOf(facts: Facts, stored: StoredResponse, now: Timestamp): Seconds {
  return facts.initialAge + Math.max(0, (now - stored.responseTime) / 1000);
}

/** Age and remaining freshness in seconds, of a stored response at this moment (RFC 9211 §2.4: negative when stale). */
export function currentTtl(stored: StoredResponse, context: Context): { readonly age: Seconds; readonly ttl: Seconds } {
  const facts = factsOf(stored, context);
  const age = ageOf(facts, stored, context.now);
  return { age, ttl: facts.lifetime.seconds - age };
}
