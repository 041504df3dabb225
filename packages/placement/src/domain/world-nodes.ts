/** The changeable side of the world's objects: how they are linked and unlinked. Only world.ts uses it. */
import type { AllocationRow, InventoryRow, ProviderFact } from "./world-change.ts";
import type { Allocation, Consumer, Inventory, Provider } from "./world-model.ts";

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface OwnInventory extends Writable<Inventory> {}

export interface OwnProvider extends Writable<Omit<Provider, "parent" | "root" | "children" | "tree">> {
  parent: OwnProvider | undefined;
  root: OwnProvider;
  readonly children: Set<OwnProvider>;
  tree: Set<OwnProvider>;
  inventories: ReadonlyMap<number, OwnInventory>;
  readonly allocations: Map<Consumer, OwnAllocation[]>;
}

export interface OwnAllocation extends Allocation {
  readonly provider: OwnProvider;
}

export interface OwnConsumer extends Consumer {
  readonly allocations: readonly OwnAllocation[];
}

/** A provider as its fact says, alone in its own tree. */
export function newProvider({ uuid, name, generation, modified }: ProviderFact): OwnProvider {
  const alone: Omit<OwnProvider, "root"> = {
    uuid,
    name,
    generation,
    modified,
    parent: undefined,
    children: new Set(),
    tree: new Set(),
    inventories: new Map(),
    traits: new Set(),
    aggregates: new Set(),
    allocations: new Map(),
    changed: 0,
    inventoriesChanged: 0,
    traitsChanged: 0,
    aggregatesChanged: 0,
    allocationsChanged: 0,
  };
  const provider = alone as OwnProvider;
  provider.root = provider;
  provider.tree.add(provider);
  return provider;
}

/** Hangs a provider with all below it under a parent, or makes it a root; returns whoever has another root now. */
export function attach(provider: OwnProvider, parent: OwnProvider | undefined): OwnProvider[] {
  if (provider.parent === parent) return [];
  const moved = subtree(provider);
  detach(provider);
  for (const node of moved) provider.root.tree.delete(node);
  provider.parent = parent;
  parent?.children.add(provider);
  const before = provider.root;
  const root = parent?.root ?? provider;
  for (const node of moved) {
    node.root = root;
    root.tree.add(node);
  }
  return root === before ? [] : moved;
}

/** Takes a provider out of its parent's children and of its tree. */
export function detach(provider: OwnProvider): void {
  provider.parent?.children.delete(provider);
  provider.root.tree.delete(provider);
}

function subtree(provider: OwnProvider): OwnProvider[] {
  const found = [provider];
  for (const node of found) found.push(...node.children);
  return found;
}

/** The inventories that the rows describe, by class id in the order of class ids, with what is used of them now. */
export function inventoriesOf(provider: OwnProvider, rows: readonly InventoryRow[]): Map<number, OwnInventory> {
  const inventories = new Map<number, OwnInventory>();
  for (const row of [...rows].sort((a, b) => a.classId - b.classId)) {
    const capacity = Math.trunc((row.total - row.reserved) * row.allocationRatio);
    inventories.set(row.classId, { ...row, provider, capacity, used: usedOf(provider, row.classId) });
  }
  return inventories;
}

function usedOf(provider: OwnProvider, classId: number): number {
  const known = provider.inventories.get(classId);
  if (known !== undefined) return known.used;
  let used = 0;
  for (const held of provider.allocations.values())
    for (const allocation of held) if (allocation.classId === classId) used += allocation.amount;
  return used;
}

/** A consumer takes hold of some amount on a provider. */
export function hold(consumer: Consumer, provider: OwnProvider, row: AllocationRow, number: number): OwnAllocation {
  const { classId, amount, modified } = row;
  const allocation = { consumer, provider, classId, amount, modified };
  const held = provider.allocations.get(consumer);
  if (held === undefined) provider.allocations.set(consumer, [allocation]);
  else held.push(allocation);
  const inventory = provider.inventories.get(classId);
  if (inventory !== undefined) inventory.used += amount;
  provider.allocationsChanged = Math.max(provider.allocationsChanged, number);
  return allocation;
}

/** A consumer lets go of an allocation. */
export function release({ consumer, provider, classId, amount }: OwnAllocation, number: number): void {
  provider.allocations.delete(consumer);
  const inventory = provider.inventories.get(classId);
  if (inventory !== undefined) inventory.used -= amount;
  provider.allocationsChanged = Math.max(provider.allocationsChanged, number);
}

/** Adds to a set in a map of sets. */
export function add<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([value]));
  else set.add(value);
}

/** Brings an index up to date: the provider stood under the keys `before`, and stands under `after` from now on. */
export function reindex<K>(
  index: Map<K, Set<OwnProvider>>,
  provider: OwnProvider,
  before: Iterable<K>,
  after: Iterable<K>,
): void {
  const now = new Set(after);
  for (const key of before) {
    if (now.delete(key)) continue;
    const set = index.get(key);
    set?.delete(provider);
    if (set?.size === 0) index.delete(key);
  }
  for (const key of now) add(index, key, provider);
}
