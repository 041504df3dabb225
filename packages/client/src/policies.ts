import { type Policy, plainPolicy, type Timestamp } from "@larder/core";
import { type CacheMode, cacheModes } from "./cache-modes.ts";
import type { ClientPolicy } from "./options.ts";

/** The policy of `core` for each cache mode; made once, because what is worked out for one policy is remembered. */
export type Policies = (mode: CacheMode, validatedSince: Timestamp | undefined) => Policy;

/**
 * @param offline every mode but those that use nothing stored may use stale responses, since nothing else can be had
 */
export function policiesOf({ heuristics, separateBy: _, ...said }: ClientPolicy, offline: boolean): Policies {
  const own: Policy = { ...plainPolicy, ...said, heuristic: heuristics ? plainPolicy.heuristic : null };
  const known = new Map<string, Policy>();
  return (mode, validatedSince = own.validatedSince) => {
    const name = `${mode} ${validatedSince}`;
    let found = known.get(name);
    if (found === undefined) {
      const { reuse, storing } = cacheModes[mode];
      found = { ...own, reuse: offline && reuse !== "none" ? "any" : reuse, storing, validatedSince };
      known.set(name, found);
    }
    return found;
  };
}
