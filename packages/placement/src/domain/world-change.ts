/**
 * What storage writes and the world reads: absolute facts, as plain JSON. A write transaction turns into a list of
 * changes; storage writes the same facts to its rows and the list to its change log under the next number of the
 * change counter, and every reader catches up with {@link World.apply}, in the order of the numbers.
 *
 * A fact says how a thing is from now on, never by how much it changed, so applying one twice is harmless.
 */

/** Milliseconds since the epoch; on every row the time of its last write, or of its creation if it never was updated. */
export type Modified = number;

/**
 * A resource class is added, or renamed (the id stays). The order of ids is the order of lists: standard classes
 * 0, 1, 2 … as os-resource-classes numbers them, custom ones from 10000.
 */
interface ClassFact {
  readonly type: "class";
  readonly id: number;
  readonly name: string;
  readonly modified: Modified;
}

/** A trait is added. Lists and summaries follow the order of ids: standard traits first. */
interface TraitFact {
  readonly type: "trait";
  readonly id: number;
  readonly name: string;
  readonly modified: Modified;
}

/**
 * A provider is created, or its own record changed (name, parent, generation). Its root follows from the parents: when
 * it moves to another tree, all below it get another root, and storage that keeps numbers writes the new one to them.
 */
export interface ProviderFact {
  readonly type: "provider";
  readonly uuid: string;
  readonly name: string;
  readonly generation: number;
  /** uuid of the parent; null = a root. In a snapshot parents may come after their children. */
  readonly parent: string | null;
  readonly modified: Modified;
}

/** One row of inventory; units as in the API, `allocationRatio` any finite number. */
export interface InventoryRow {
  readonly classId: number;
  readonly total: number;
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatio: number;
  readonly modified: Modified;
}

/** All inventories of a provider are these, no others. */
export interface InventoriesFact {
  readonly type: "inventories";
  readonly provider: string;
  readonly inventories: readonly InventoryRow[];
}

/** All traits of a provider are these ids, no others. */
interface ProviderTraitsFact {
  readonly type: "provider-traits";
  readonly provider: string;
  readonly traits: readonly number[];
}

/** A provider is a member of these aggregates (uuids), and of no others. */
interface AggregatesFact {
  readonly type: "aggregates";
  readonly provider: string;
  readonly aggregates: readonly string[];
}

/** One row of allocation of a consumer. */
export interface AllocationRow {
  readonly provider: string;
  readonly classId: number;
  readonly amount: number;
  readonly modified: Modified;
}

/** A consumer with all its allocations. Without any, the consumer is forgotten (MAP §7). */
export interface ConsumerFact {
  readonly type: "consumer";
  readonly uuid: string;
  readonly generation: number;
  readonly project: string;
  readonly user: string;
  /** consumer type (1.38); null = none, which the API calls `unknown` */
  readonly consumerType: string | null;
  readonly allocations: readonly AllocationRow[];
}

/** Something is gone: a class or trait by its id, a provider by its uuid (childless and without allocations). */
interface RemovedFact {
  readonly type: "class-removed" | "trait-removed";
  readonly id: number;
}
interface ProviderRemovedFact {
  readonly type: "provider-removed";
  readonly uuid: string;
}

export type Change =
  | ClassFact
  | TraitFact
  | ProviderFact
  | InventoriesFact
  | ProviderTraitsFact
  | AggregatesFact
  | ConsumerFact
  | RemovedFact
  | ProviderRemovedFact;
