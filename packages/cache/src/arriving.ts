import type { StoredResponse } from "@larder/core";
import type { Cache } from "./cache.ts";
import type { Content } from "./store.ts";

/** An exchange with the upstream whose response may get into the store. */
export interface Arriving {
  /** what was invalidated or purged since it began: whether a response is among it */
  readonly purged: ((response: StoredResponse) => boolean)[];
  /** what may answer before it is stored: its head, with what is known of its content, and that content as it comes */
  early?: { readonly stored: StoredResponse; readonly content: Content } | undefined;
  /** settled when its content is in the store, or will never be */
  kept?: Promise<unknown>;
}

/** Runs an exchange for a cache key, so that what is purged meanwhile is known to it until its content is stored. */
export async function whileArriving<T>(
  { arriving, copies }: Cache,
  cacheKey: string,
  work: (own: Arriving) => Promise<T>,
): Promise<T> {
  const own: Arriving = { purged: [] };
  const all = arriving.get(cacheKey) ?? new Set();
  arriving.set(cacheKey, all.add(own));
  // what comes is newer than any copy
  const held = copies?.hold(cacheKey);
  const release = held instanceof Promise ? await held : held;
  const leave = () => {
    release?.();
    all.delete(own);
    if (all.size === 0 && arriving.get(cacheKey) === all) arriving.delete(cacheKey);
  };
  try {
    return await work(own);
  } finally {
    if (own.kept === undefined) leave();
    else own.kept.then(leave, leave);
  }
}

/** Whether a response was asked for before it was invalidated or purged: it answers nobody else any more. */
export function isPurged({ purged }: Arriving, response: StoredResponse): boolean {
  return purged.some((covers) => covers(response));
}
