import { createHash } from "node:crypto";
import type { Timestamp } from "@larder/core";
import type { IndexPolicy } from "@larder/formats";
import type { PolicyConfig } from "./config.ts";
import type { Facts } from "./facts.ts";

/** What a mount withholds, as long as nothing of it changes. */
export interface Rules {
  readonly policy: IndexPolicy | undefined;
  /** names the policy: another one has another revision; empty = there is none */
  readonly revision: string;
  /** since when it is in force; -Infinity = there never was another */
  readonly since: Timestamp;
}

/** Of a mount that never had a policy. */
export const noRules: Rules = { policy: undefined, revision: "", since: Number.NEGATIVE_INFINITY };

/**
 * The rules of a mount.
 * @param facts remember which policy was in force before, so that pages have a later date when another one comes
 */
export function rulesOf(policy: PolicyConfig | undefined, keySpace: string, facts: Facts, now: Timestamp): Rules {
  const revision =
    policy === undefined ? "" : createHash("sha256").update(JSON.stringify(policy)).digest("base64url").slice(0, 27);
  return { policy, revision, since: facts.ruled(keySpace, revision, now) };
}
