/**
 * POST /reshaper: inventories of several providers and allocations change together. Allocations are judged against
 * the union of old and new inventories; what is left over afterwards must not be in use.
 */
import { badRequest, conflict, Refusal } from "../refusal.ts";
import { type ConsumerWish, judge, resolve } from "./allocations.ts";
import { changedProvider, type Now } from "./facts.ts";
import { type InventoryWish, inUse, missingFrom, rowOf, rowsOf } from "./inventories.ts";
import type { World } from "./world.ts";
import type { Change, ConsumerFact, InventoryRow } from "./world-change.ts";
import type { Provider } from "./world-model.ts";

/** What a provider's inventories are to be in the end. */
export interface InventoriesWish {
  readonly uuid: string;
  readonly generation: number;
  readonly inventories: ReadonlyMap<string, InventoryWish | undefined>;
}

/** @throws {Refusal} 400 unknown provider or class, 409 generation, no room, or something that goes is in use */
export function reshape(
  world: World,
  wishes: readonly InventoriesWish[],
  consumers: readonly ConsumerWish[],
  now: Now,
): Change[] {
  const malformed = (says: string) => badRequest(`malformed reshaper data: ${says}`);
  const providers = wishes.map((wish) => [checked(world, wish), wish] as const);
  const resolved = resolve(world, consumers);
  const wanted = new Map<Provider, readonly InventoryRow[]>();
  for (const [provider, { inventories }] of providers) wanted.set(provider, rowsOf(world, inventories, now, malformed));
  const interim = new Map(Array.from(wanted, ([provider, rows]) => [provider, union(provider, rows)]));
  const judged = judge(world, resolved, now, malformed, (provider) => interim.get(provider) ?? provider.inventories);
  const facts = judged.consumers as readonly ConsumerFact[];
  for (const [provider, rows] of wanted) {
    const held = inUse(world, provider, missingFrom(provider, rows), (id) => heldAfter(provider, id, facts));
    if (held !== undefined) throw conflict(`update conflict: ${held}`, "inventory.inuse");
  }
  const changes: Change[] = [];
  for (const provider of new Set([...wanted.keys(), ...judged.providers])) {
    const rows = wanted.get(provider);
    // one each for the interim inventories (where there are new ones), the allocations, and the final inventories
    const steps =
      (rows === undefined ? 0 : 1) +
      (rows !== undefined && rows.length > 0 ? 1 : 0) +
      (judged.providers.has(provider) ? 1 : 0);
    changes.push(changedProvider(provider, now, { generation: provider.generation + steps }));
  }
  changes.push(...facts);
  for (const [provider, inventories] of wanted)
    changes.push({ type: "inventories", provider: provider.uuid, inventories });
  return changes;
}

function checked(world: World, { uuid, generation }: InventoriesWish): Provider {
  const provider = world.providers.get(uuid);
  if (provider === undefined)
    throw new Refusal(
      400,
      `Resource provider ${uuid} in inventories not found: No resource provider with uuid ${uuid} found`,
      { code: "resource_provider.not_found" },
    );
  if (provider.generation !== generation)
    throw conflict(
      `resource provider generation conflict for provider ${uuid}: actual: ${provider.generation}, given: ${generation}`,
      "concurrent_update",
    );
  return provider;
}

function union(provider: Provider, rows: readonly InventoryRow[]): ReadonlyMap<number, InventoryRow> {
  const before = Array.from(provider.inventories, ([id, inventory]) => [id, rowOf(inventory)] as const);
  return new Map([...before, ...rows.map((row) => [row.classId, row] as const)]);
}

/** Whether anything of a class is still allocated on a provider when the consumers hold what the facts say. */
function heldAfter(provider: Provider, classId: number, facts: readonly ConsumerFact[]): boolean {
  const changed = new Set(facts.map(({ uuid }) => uuid));
  if (
    facts.some(({ allocations }) =>
      allocations.some((row) => row.provider === provider.uuid && row.classId === classId),
    )
  )
    return true;
  for (const [consumer, held] of provider.allocations)
    if (!changed.has(consumer.uuid) && held.some((allocation) => allocation.classId === classId)) return true;
  return false;
}
