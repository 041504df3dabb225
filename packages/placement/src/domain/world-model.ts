/**
 * What the world is made of, as readers see it. Everything is read-only: only {@link World.apply} changes it.
 *
 * Stamps: `…Changed` is the number of the change counter at which that part last changed, or, where a snapshot could
 * not tell, the number of the snapshot. Between its stamp and the world's `number` a part did not change, in any
 * process: equal stamps, equal state. An entity tag is therefore the newest stamp among what the answer shows,
 * together with the microversion and the query.
 */
import type { InventoryRow, Modified } from "./world-change.ts";

/** A resource class or a trait. */
export interface Definition {
  readonly id: number;
  readonly name: string;
  readonly modified: Modified;
  readonly changed: number;
}

/** One inventory of a provider. */
export interface Inventory extends InventoryRow {
  readonly provider: Provider;
  /** what can be allocated in all: the integer part of (total - reserved) × ratio; may be exceeded by `used` */
  readonly capacity: number;
  /** the sum of the allocations of this class on this provider */
  readonly used: number;
}

/** A resource provider with everything that hangs on it. Sets and maps iterate in the order given. */
export interface Provider {
  readonly uuid: string;
  readonly name: string;
  readonly generation: number;
  readonly modified: Modified;
  readonly parent: Provider | undefined;
  /** top of its tree; itself where there is no parent */
  readonly root: Provider;
  readonly children: ReadonlySet<Provider>;
  /** on a root: all providers of its tree with itself first; on others: empty */
  readonly tree: ReadonlySet<Provider>;
  /** by class id, in the order of class ids */
  readonly inventories: ReadonlyMap<number, Inventory>;
  /** trait ids, ascending */
  readonly traits: ReadonlySet<number>;
  /** aggregate uuids, as they were put */
  readonly aggregates: ReadonlySet<string>;
  /** who has allocations here */
  readonly allocations: ReadonlyMap<Consumer, readonly Allocation[]>;
  /** own record: name, generation, parent, root. GET of any part that shows the generation depends on it too */
  readonly changed: number;
  readonly inventoriesChanged: number;
  readonly traitsChanged: number;
  readonly aggregatesChanged: number;
  /** allocations and usages; a consumer's generation, too */
  readonly allocationsChanged: number;
}

/** Some amount of one class of one provider, held by a consumer. */
export interface Allocation {
  readonly consumer: Consumer;
  readonly provider: Provider;
  readonly classId: number;
  readonly amount: number;
  readonly modified: Modified;
}

/** Whoever holds allocations; there is none without. */
export interface Consumer {
  readonly uuid: string;
  readonly generation: number;
  readonly project: string;
  readonly user: string;
  readonly consumerType: string | null;
  /** in the order they were written */
  readonly allocations: readonly Allocation[];
  /** record or allocations; its GET shows providers' generations as well, so their `changed` counts too */
  readonly changed: number;
}

/** The newest change of each kind anywhere, for the tags of collections and of what is composed. */
export interface CollectionStamps {
  /** definitions of resource classes, definitions of traits */
  readonly classes: number;
  readonly traits: number;
  /** records of providers, and whether they exist */
  readonly providers: number;
  readonly inventories: number;
  readonly providerTraits: number;
  readonly aggregates: number;
  /** allocations, usages and consumers */
  readonly allocations: number;
}
