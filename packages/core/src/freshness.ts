import { effectiveDirectives } from "./directives.ts";
import { date, expires, lastModified } from "./http-date.ts";
import type { ResponseHead, Seconds, Timestamp } from "./message.ts";
import type { Context } from "./policy.ts";
import { isHeuristicallyCacheable } from "./statuses.ts";

/** What a freshness lifetime was taken from; `policy` and `override` stand above what the response says, `no-cache` included. */
export type LifetimeSource =
  | "immutable"
  | "policy"
  | "override"
  | "negative"
  | "s-maxage"
  | "max-age"
  | "expires"
  | "heuristic"
  | "none";

/** Freshness doesn't ask what time it is. */
type Side = Omit<Context, "now">;

export interface Lifetime {
  readonly seconds: Seconds;
  readonly source: LifetimeSource;
}

/**
 * How long a response stays fresh, counted from its origination: the operator's choice, the policy's own rule, else the first of s-maxage
 * (shared caches), max-age, Expires, and a heuristic (RFC 9111 §4.2.1, §4.2.2).
 * @param responseTime when its head came; stands in for a missing Date
 */
export function freshnessLifetime(response: ResponseHead, responseTime: Timestamp, context: Side): Lifetime {
  const rule = context.policy.lifetime;
  const choice = context.policy.choose?.(response);
  if (choice?.type === "override") return { seconds: choice.seconds, source: "override" };
  if (choice?.type === "negative") {
    const explicit = explicitLifetime(response, responseTime, context)?.seconds ?? choice.seconds;
    return { seconds: Math.min(choice.seconds, explicit), source: "negative" };
  }
  switch (rule.rule) {
    case "immutable": {
      if (effectiveDirectives(response.fields, context.policy).directives.immutable) {
        return { seconds: Infinity, source: "immutable" };
      }
      return upstreamLifetime(response, responseTime, context);
    }
    case "exactly":
      return { seconds: rule.seconds, source: "policy" };
    case "at-most": {
      const explicit = explicitLifetime(response, responseTime, context);
      if (explicit === undefined) return { seconds: 0, source: "none" };
      return { seconds: Math.min(explicit.seconds, rule.seconds), source: explicit.source };
    }
    case "upstream":
      return upstreamLifetime(response, responseTime, context);
  }
}

const upstreamLifetime = (response: ResponseHead, responseTime: Timestamp, context: Side): Lifetime =>
  explicitLifetime(response, responseTime, context) ?? heuristicLifetime(response, responseTime, context);

/** RFC 9111 §4.2.1; undefined when the response says nothing about its lifetime. */
function explicitLifetime(response: ResponseHead, responseTime: Timestamp, context: Side): Lifetime | undefined {
  const { directives, targeted } = effectiveDirectives(response.fields, context.policy);
  if (context.shared && directives.sMaxage !== undefined) return { seconds: directives.sMaxage, source: "s-maxage" };
  if (directives.maxAge !== undefined) return { seconds: directives.maxAge, source: "max-age" };
  if (targeted) return undefined;
  const expiry = response.fields.read(expires);
  if (expiry === undefined) return undefined;
  // an Expires that can't be read lies in the past (RFC 9111 §5.3)
  if (expiry === "invalid") return { seconds: 0, source: "expires" };
  const origination = response.fields.read(date) ?? responseTime;
  return { seconds: Math.max(0, (expiry - origination) / 1000), source: "expires" };
}

/** RFC 9111 §4.2.2: a share of the time since the last change, where the status or `public` allows a guess. */
function heuristicLifetime(response: ResponseHead, responseTime: Timestamp, context: Side): Lifetime {
  const none: Lifetime = { seconds: 0, source: "none" };
  const { heuristic } = context.policy;
  if (heuristic === null) return none;
  const { directives } = effectiveDirectives(response.fields, context.policy);
  if (!isHeuristicallyCacheable(response.status) && !directives.public) return none;
  const modified = response.fields.read(lastModified);
  const origination = response.fields.read(date) ?? responseTime;
  if (modified === undefined || modified >= origination) return none;
  const share = ((origination - modified) / 1000) * heuristic.fraction;
  return { seconds: Math.min(heuristic.atMost, Math.floor(share)), source: "heuristic" };
}
