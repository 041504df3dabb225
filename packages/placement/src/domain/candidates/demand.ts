import type { Provider } from "../world-model.ts";
import type { Part } from "./parts.ts";

/** What a request wants in all, to see without a search that an anchor has not enough of it. */
export class Demand {
  /** amount by class id */
  readonly #amounts = new Map<number, number>();
  /** how many different providers must be of those that have one of the classes */
  readonly #providers: number;

  constructor(parts: readonly Part[], isolate: boolean) {
    const alone = parts.filter(({ spread, resources }) => !spread && resources.length > 0);
    this.#providers = isolate ? alone.length : 0;
    for (const { resources } of parts)
      for (const [classId, amount] of resources) this.#amounts.set(classId, (this.#amounts.get(classId) ?? 0) + amount);
  }

  /** False = these providers together cannot give what all parts want. */
  mayBeMet(providers: Iterable<Provider>): boolean {
    const left = new Map(this.#amounts);
    let having = 0;
    for (const { inventories } of providers) {
      let has = false;
      for (const [classId, amount] of left) {
        const inventory = inventories.get(classId);
        if (inventory === undefined) continue;
        has = true;
        left.set(classId, amount - Math.max(0, Math.min(inventory.capacity - inventory.used, inventory.maxUnit)));
      }
      if (has) having++;
    }
    for (const amount of left.values()) if (amount > 0) return false;
    return having >= this.#providers;
  }
}
