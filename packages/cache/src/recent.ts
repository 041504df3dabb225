/**
 * A map that is bounded by the cost of what it holds and forgets what was not used for long. Two generations instead
 * of a list in order of use: a value that is used moves to the young one; when that is full it becomes the old one,
 * and the old one goes. So a look-up costs about as much as that of a Map, however many values there are.
 */
export class Recent<K, V> {
  readonly #half: number;
  readonly #costOf: (value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #youngCost = 0;

  /** @param atMost the sum of all costs; a value that costs more than half of it is not held */
  constructor(atMost: number, costOf: (value: V) => number) {
    this.#half = atMost / 2;
    this.#costOf = costOf;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    this.delete(key);
    const cost = this.#costOf(value);
    if (cost > this.#half) return;
    if (this.#youngCost + cost > this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCost = 0;
    }
    this.#young.set(key, value);
    this.#youngCost += cost;
  }

  delete(key: K): void {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.#youngCost -= this.#costOf(young);
    } else this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngCost = 0;
  }
}
