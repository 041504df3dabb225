import { type Policy, plainPolicy, surrogateControl } from "@larder/core";
import type { MountConfig } from "./config.ts";

/** Octets that an index page may have, before and after its content coding is undone. */
export const mostPageBytes = 256 * 1024 * 1024;
/** Seconds that an upstream's explicit lifetime may keep a page from being asked about, where nothing else is set. */
const mostFreshSeconds = 60;

/** Seconds past their lifetime for which plain responses answer while their upstream can't be reached. */
const mostAwaySeconds = 86_400;

/** What a mount's kinds of response may do. */
export interface MountPolicies {
  readonly document: Policy;
  readonly artifact: Policy;
  readonly plain: Policy;
}

/** The policies that follow from a mount's configuration. */
export function policiesOf(config: MountConfig): MountPolicies {
  const offline = config.offline ? { staleIfError: Number.POSITIVE_INFINITY, obeyRevalidate: false } : {};
  return {
    // Pages are made here, as their origin; an index that is away for a day is better known from yesterday than not at all
    document: {
      ...plainPolicy,
      heuristic: null,
      lifetime:
        config.fresh === undefined
          ? { rule: "at-most", seconds: mostFreshSeconds }
          : { rule: "exactly", seconds: config.fresh },
      staleIfError: Number.POSITIVE_INFINITY,
      obeyRevalidate: false,
      vary: "ignore",
    },
    artifact: {
      ...plainPolicy,
      heuristic: null,
      lifetime: { rule: "immutable" },
      staleIfError: Number.POSITIVE_INFINITY,
      obeyRevalidate: false,
      vary: "ignore",
    },
    // a gateway is what these fields are for
    plain: {
      ...plainPolicy,
      staleIfDisconnected: mostAwaySeconds,
      targets: ["cdn-cache-control", surrogateControl.name],
      ...offline,
    },
  };
}
