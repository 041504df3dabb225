import type { StoredResponse } from "@larder/core";

/** By when their last response came, the newest first; what came together stays in the given order, that is, what was put last first. */
export function newestFirst(stored: readonly StoredResponse[]): readonly StoredResponse[] {
  return stored.toSorted((a, b) => b.responseTime - a.responseTime);
}
