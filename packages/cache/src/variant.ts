import type { StoredResponse, Variant } from "@larder/core";
import { type Arriving, isPurged } from "./arriving.ts";
import type { Cache } from "./cache.ts";
import { meanwhile } from "./meanwhile.ts";

/**
 * Stores what a 304 named for a request that Vary had told apart from all that is stored, so that the next one like it
 * need not ask (RFC 9111 §4.1). Its content is the one that is there.
 * @param as the stored response whose content it has
 * @returns it as it is stored; undefined where it is not kept
 */
export async function keepVariant(
  cache: Cache,
  own: Arriving,
  variant: Variant,
  as: StoredResponse,
): Promise<StoredResponse | undefined> {
  const stored = { ...variant.response, id: crypto.randomUUID() };
  try {
    const older = await meanwhile(cache, stored.cacheKey, variant);
    if (isPurged(own, stored)) return undefined;
    await cache.store.put(stored, { as }, [...variant.replaces, ...older]);
    return stored;
  } catch (error) {
    cache.events.fault("storing", error);
    return undefined;
  }
}
