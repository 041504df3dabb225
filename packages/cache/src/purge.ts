import { cacheGroups, type StoredResponse } from "@larder/core";
import type { Arriving } from "./arriving.ts";
import type { Cache } from "./cache.ts";
import { familyOf, queryFamily } from "./key-family.ts";

/** Which stored responses a purge is about. */
export interface PurgeScope {
  /** those whose cache key begins so */
  readonly prefix: string;
  /** those whose key is the prefix, and those of its QUERY responses */
  readonly exact?: boolean;
  /** those in this group (RFC 9875 §2) */
  readonly group?: string;
}

/** `soft`: they must be validated before they are used again; `hard`: they go. */
export type PurgeMode = "soft" | "hard";

/**
 * What an operator wants to be gone or validated. Afterwards nothing that the upstream was asked for before the purge
 * answers anybody else without being validated: what is on its way is not kept.
 * @param except an exchange under way that it is not about
 * @returns how many stored responses it met
 * @throws what the store throws
 */
export async function purge(
  { store, arriving, underway, copies }: Cache,
  { prefix, exact = false, group }: PurgeScope,
  mode: PurgeMode,
  except?: Arriving,
): Promise<number> {
  const family = queryFamily(prefix);
  const covers = (key: string) => (exact ? key === prefix || familyOf(key) === family : key.startsWith(prefix));
  const isMeant = ({ fields }: StoredResponse) => group === undefined || fields.read(cacheGroups).includes(group);
  for (const [key, exchanges] of arriving) {
    if (!covers(key)) continue;
    for (const one of exchanges) if (one !== except) one.purged.push(isMeant);
  }
  // who asks from now on must not be answered with what was asked before
  for (const key of underway.keys()) if (covers(key)) underway.delete(key);
  const release = await copies?.hold(covers);
  try {
    let count = 0;
    let since = performance.now();
    if (exact) count += await apply(await store.list(prefix));
    for await (const some of store.walk(exact ? { prefix: family } : { prefix, ...(group && { group }) })) {
      count += await apply(some);
      if (performance.now() - since < longestTurn) continue;
      await othersTurn();
      since = performance.now();
    }
    return count;
  } finally {
    release?.();
  }

  async function apply(some: readonly StoredResponse[]): Promise<number> {
    const meant = some.filter(isMeant);
    if (mode === "hard" && meant.length > 0) await store.remove(meant);
    else await Promise.all(meant.map((one) => (one.invalid ? undefined : store.put({ ...one, invalid: true }))));
    return meant.length;
  }
}

/** Milliseconds, about, after which requests are answered before it goes on. */
const longestTurn = 5;
const othersTurn = () => new Promise<void>((resolve) => void setTimeout(resolve, 0));
