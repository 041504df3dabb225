import {
  type Policy,
  plainPolicy,
  surrogateControl,
  type Timestamp,
  targetedCacheControl,
  trustRules,
} from "@larder/core";
import { pagePolicy, policyByTarget } from "./caching.ts";
import type { ProxyConfig } from "./config.ts";

/** Octets that an index page may have, before and after its content coding is undone. */
export const mostPageBytes = 256 * 1024 * 1024;
/** Seconds that an upstream's explicit lifetime may keep a page from being asked about, where nothing else is set. */
const mostFreshSeconds = 60;

/** Seconds past their lifetime for which plain responses answer while their upstream can't be reached. */
const mostAwaySeconds = 86_400;

/** Seconds for which an upstream that was caught must be honest before its 304s are believed again. */
const distrustSeconds = 86_400;

/** What a mount's kinds of response may do. */
export interface MountPolicies {
  readonly document: Policy;
  /** for pages of an upstream that was caught lately: its 304s are worth nothing */
  readonly distrusted: Policy;
  readonly artifact: Policy;
  /** for a target of the upstream */
  readonly plain: (target: string) => Policy;
}

/** Whether an upstream's 304s are worth nothing now. @param caughtAt when it was caught last */
export const isDistrusted = (caughtAt: Timestamp | undefined, now: Timestamp): boolean =>
  caughtAt !== undefined && now - caughtAt < distrustSeconds * 1000;

/**
 * The policy for a mount's pages now. A page whose own validator was caught remembers it in the store; the other pages
 * of that upstream are asked for whole, too, as long as this process knows of it.
 * @param caughtAt when the mount's upstream was caught last
 */
export function documentPolicy(policies: MountPolicies, caughtAt: Timestamp | undefined, now: Timestamp): Policy {
  return isDistrusted(caughtAt, now) ? policies.distrusted : policies.document;
}

/** The policies that follow from a mount's configuration. */
export function policiesOf(config: ProxyConfig): MountPolicies {
  const offline = config.offline ? { staleIfError: Number.POSITIVE_INFINITY, obeyRevalidate: false } : {};
  // Pages are made here, as their origin; an index that is away for a day is better known from yesterday than not at all
  const pages: Policy = {
    ...plainPolicy,
    heuristic: null,
    lifetime:
      config.fresh === undefined
        ? { rule: "at-most", seconds: mostFreshSeconds }
        : { rule: "exactly", seconds: config.fresh },
    verify: { every: config.verify, distrust: distrustSeconds, rules: trustRules },
    failedValidation: "retry",
    staleIfError: Number.POSITIVE_INFINITY,
    obeyRevalidate: false,
    vary: "ignore",
  };
  const document = pagePolicy(pages, config.caching);
  // a gateway is what these fields are for
  const plain: Policy = {
    ...plainPolicy,
    staleIfDisconnected: mostAwaySeconds,
    targets: [targetedCacheControl("cdn-cache-control"), surrogateControl],
    ...offline,
  };
  return {
    document,
    distrusted: { ...document, verify: { every: 0, distrust: distrustSeconds, rules: trustRules } },
    artifact: {
      ...plainPolicy,
      heuristic: null,
      lifetime: { rule: "immutable" },
      staleIfError: Number.POSITIVE_INFINITY,
      obeyRevalidate: false,
      vary: "ignore",
    },
    plain: policyByTarget(plain, config),
  };
}
