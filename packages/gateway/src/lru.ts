/** A map that holds at most so much, and lets go of what was longest not used. */
export interface Lru<V> {
  get(key: string): V | undefined;
  /** @param weight in the unit of the limit; something heavier than the limit is not kept at all */
  set(key: string, value: V, weight: number): void;
}

/** @param limit the sum of weights that is kept */
export function createLru<V>(limit: number): Lru<V> {
  const kept = new Map<string, { value: V; weight: number }>();
  let total = 0;
  const drop = (key: string) => {
    total -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value, weight) {
      drop(key);
      if (weight > limit) return;
      kept.set(key, { value, weight });
      total += weight;
      for (const oldest of kept.keys()) {
        if (total <= limit) break;
        drop(oldest);
      }
    },
  };
}
