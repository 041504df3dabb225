import type { Timestamp } from "@larder/core";
import type { IndexPolicy } from "@larder/formats";
import { ConfigFault } from "@larder/server";
import { type ReadAdvisories, readAdvisories, stateOf } from "./advisories.ts";
import type { PolicyConfig } from "./config.ts";
import { shortDigest } from "./digest.ts";
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
 * @param advisories what the policy's export says
 * @param facts remember which policy was in force before, so that pages have a later date when another one comes
 */
export function rulesOf(
  config: PolicyConfig | undefined,
  keySpace: string,
  facts: Facts,
  now: Timestamp,
  advisories?: ReadAdvisories,
): Rules {
  if (config === undefined) return { ...noRules, since: facts.ruled(keySpace, "", now) };
  const { advisories: _, ...own } = config;
  const revision = shortDigest(JSON.stringify([own, advisories?.revision]));
  const policy: IndexPolicy = { ...own, ...(advisories && { advisories: advisories.byName }) };
  return { policy, revision, since: facts.ruled(keySpace, revision, now) };
}

/** The rules of all mounts, up to date with the files that they name. */
export interface RuleBook {
  /** by the mount's key space */
  readonly rules: ReadonlyMap<string, Rules>;
  /** Looks whether a file changed, and reads it anew. What can't be read changes nothing, and is told as a fault. */
  look(): Promise<void>;
}

/** Whose rules they are. */
export interface Ruled {
  readonly keySpace: string;
  readonly config: { readonly policy?: PolicyConfig };
}

/**
 * Reads what the policies of mounts need.
 * @param fault told of what can't be read later
 * @throws {ConfigFault} for what can't be read now
 */
export async function openRules(
  mounts: readonly Ruled[],
  facts: Facts,
  now: () => Timestamp,
  fault: (what: string, error: unknown) => void,
): Promise<RuleBook> {
  const rules = new Map<string, Rules>();
  const files = new Map<string, { readonly state: string; readonly read: ReadAdvisories }>();
  const paths = new Set(mounts.flatMap(({ config }) => config.policy?.advisories ?? []));

  /** Reads one file; whether it is another than before. */
  async function read(path: string): Promise<boolean> {
    const state = await stateOf(path);
    const before = files.get(path);
    if (before?.state === state) return false;
    files.set(path, { state, read: await readAdvisories(path) });
    return files.get(path)!.read.revision !== before?.read.revision;
  }

  function apply(path: string | undefined): void {
    for (const { keySpace, config } of mounts) {
      const own = config.policy?.advisories;
      const advisories = own === undefined ? undefined : files.get(own)?.read;
      if (own === path) rules.set(keySpace, rulesOf(config.policy, keySpace, facts, now(), advisories));
    }
  }

  for (const path of paths) {
    await read(path).catch((error: Error) => {
      throw new ConfigFault(`The advisories ${path} can't be read: ${error.message}`);
    });
    apply(path);
  }
  apply(undefined);
  return {
    rules,
    async look() {
      for (const path of paths) {
        try {
          if (await read(path)) apply(path);
        } catch (error) {
          fault(`reading the advisories ${path}; the ones read before hold`, error);
        }
      }
    },
  };
}
