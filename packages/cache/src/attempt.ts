import type { Cache } from "./cache.ts";

/** A store that can't take something must not cost the answer; the log says so. */
export async function attempt(cache: Cache, what: string, act: () => void | Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    cache.events.fault(what, error);
  }
}
