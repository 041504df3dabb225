/** What consumers may hold. One function judges all consumers of a request together, as one transaction writes them. */
import { badRequest, concurrentUpdate, conflict, Refusal } from "../refusal.ts";
import { type Now, noSuchClass, raised } from "./facts.ts";
import type { World } from "./world.ts";
import type { AllocationRow, Change, InventoryRow } from "./world-change.ts";
import type { Consumer, Provider } from "./world-model.ts";

/** What one consumer is to hold from now on. */
export interface ConsumerWish {
  readonly uuid: string;
  readonly project: string;
  readonly user: string;
  /** undefined = stays what it is (below 1.38) */
  readonly consumerType: string | undefined;
  /** undefined = not checked (below 1.28); null = there must be no such consumer yet */
  readonly generation: number | null | undefined;
  /** amounts by class name, by provider uuid; empty = nothing any more */
  readonly allocations: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** @throws {Refusal} 409 unless the consumer stands at the generation that the request names */
function checkGeneration(world: World, { uuid, generation }: ConsumerWish): void {
  if (generation === undefined) return;
  const consumer = world.consumers.get(uuid);
  const says = (expected: string | number, got: string | number) =>
    concurrentUpdate(`consumer generation conflict - expected ${expected} but got ${got}`);
  if (consumer === undefined && generation !== null) throw says("null", generation);
  if (consumer !== undefined && consumer.generation !== generation)
    throw says(consumer.generation, generation ?? "None");
}

/** One line of a request, resolved; amount 0 = what the consumer held there and lets go of. */
interface Line {
  readonly wish: ConsumerWish;
  readonly provider: Provider;
  readonly className: string;
  readonly amount: number;
}

/** What a request amounts to, before it is known whether there is room. */
export interface Resolved {
  readonly wishes: readonly ConsumerWish[];
  readonly lines: readonly Line[];
}

/**
 * Looks up the providers that wishes name. A wish without allocations stands for what its consumer holds now.
 * @throws {Refusal} 409 generation, 400 unknown provider
 */
export function resolve(world: World, wishes: readonly ConsumerWish[]): Resolved {
  for (const wish of wishes) checkGeneration(world, wish);
  const lines: Line[] = [];
  for (const wish of wishes) {
    const held = wish.allocations.size > 0 ? [] : (world.consumers.get(wish.uuid)?.allocations ?? []);
    for (const { provider, classId } of held)
      lines.push({ wish, provider, className: world.classes.name(classId), amount: 0 });
    const asked = [...wish.allocations].map(([uuid, amounts]) => {
      const provider = world.providers.get(uuid);
      if (provider === undefined) throw badRequest(`Allocation for resource provider '${uuid}' that does not exist.`);
      return [provider, amounts] as const;
    });
    for (const [provider, amounts] of asked)
      for (const [className, amount] of amounts) lines.push({ wish, provider, className, amount });
  }
  return { wishes, lines };
}

/** The inventories that allocations are held against, by class id: those of the world, or what a reshape makes of them. */
export type InventoriesOf = (provider: Provider) => ReadonlyMap<number, InventoryRow>;

/** What is to be written, and which providers' generations rise. */
export interface Judged {
  readonly consumers: readonly Change[];
  readonly providers: ReadonlySet<Provider>;
}

/** @param unknownClass makes the refusal for a class that does not exist @throws {Refusal} 409 no room */
export function judge(
  world: World,
  { wishes, lines }: Resolved,
  now: Now,
  unknownClass: (says: string) => Refusal,
  inventoriesOf: InventoriesOf = (provider) => provider.inventories,
): Judged {
  const resolved = lines.map((line) => {
    const classId = world.classes.id(line.className);
    if (classId === undefined) throw unknownClass(noSuchClass(line.className));
    return { ...line, classId };
  });
  const moving = new Set(lines.map(({ wish }) => wish.uuid));
  checkRoom(world, resolved, moving, inventoriesOf);
  const consumers = wishes
    .filter(({ uuid }) => moving.has(uuid))
    .map((wish) => consumerFact(world, wish, resolved, now));
  return { consumers, providers: new Set(lines.map(({ provider }) => provider)) };
}

/** Judged, and the generations raised: the whole of PUT and POST /allocations. */
export function allocate(
  world: World,
  wishes: readonly ConsumerWish[],
  now: Now,
  unknownClass: (says: string) => Refusal,
): Change[] {
  const { consumers, providers } = judge(world, resolve(world, wishes), now, unknownClass);
  return [...Array.from(providers, (provider) => raised(provider, now)), ...consumers];
}

interface ResolvedLine extends Line {
  readonly classId: number;
}

const noRoom = (says: string): Refusal => conflict(`Unable to allocate inventory: ${says}`);

function checkRoom(
  world: World,
  lines: readonly ResolvedLine[],
  moving: ReadonlySet<string>,
  inventoriesOf: InventoriesOf,
): void {
  checkInventoriesExist(world, lines, inventoriesOf);
  const asked = new Map<Provider, Map<number, number>>();
  for (const { provider, classId, className, amount } of lines) {
    const where = `'${className}' on resource provider '${provider.uuid}'`;
    const amounts = asked.get(provider) ?? new Map<number, number>();
    asked.set(provider, amounts);
    const askedNow = (amounts.get(classId) ?? 0) + amount;
    amounts.set(classId, askedNow);
    if (amount === 0) continue;
    const inventory = inventoriesOf(provider).get(classId);
    if (inventory === undefined) throw noRoom(`Inventory for ${where} invalid.`);
    const refused = (because: string) =>
      noRoom(`Unable to create allocation for ${where}. The requested amount would ${because}.`);
    const { minUnit, maxUnit, stepSize } = inventory;
    if (amount < minUnit || amount > maxUnit || amount % stepSize !== 0) throw refused("violate inventory constraints");
    const { before, others } = usage(world, provider, classId, moving);
    const capacity = (inventory.total - inventory.reserved) * inventory.allocationRatio;
    // who is over already may stay so, or come down, but not go up
    const better = before !== undefined && others + askedNow <= before;
    if (capacity < others + askedNow && !better) throw refused("exceed the capacity");
  }
}

/** A provider that has none of all the classes of the request is told first, with all the classes. */
function checkInventoriesExist(world: World, lines: readonly ResolvedLine[], inventoriesOf: InventoriesOf): void {
  const classIds = [...new Set(lines.map(({ classId }) => classId))].sort((a, b) => a - b);
  const without = [...new Set(lines.map(({ provider }) => provider))].filter((provider) => {
    const inventories = inventoriesOf(provider);
    return !classIds.some((id) => inventories.has(id));
  });
  if (without.length === 0) return;
  const names = classIds.map((id) => world.classes.name(id)).join(", ");
  const uuids = without.map(({ uuid }) => uuid).join(", ");
  throw noRoom(`Inventory for '${names}' on resource provider '${uuids}' invalid.`);
}

/** What is used of a class: before the request (undefined = nobody had any), and by those whom it does not touch. */
function usage(
  world: World,
  provider: Provider,
  classId: number,
  moving: ReadonlySet<string>,
): { before: number | undefined; others: number } {
  const used = provider.inventories.get(classId)?.used ?? 0;
  let others = used;
  for (const uuid of moving)
    for (const held of world.consumers.get(uuid)?.allocations ?? [])
      if (held.provider === provider && held.classId === classId) others -= held.amount;
  return { before: used > 0 ? used : undefined, others };
}

function consumerFact(world: World, wish: ConsumerWish, lines: readonly ResolvedLine[], now: Now): Change {
  const known: Consumer | undefined = world.consumers.get(wish.uuid);
  const allocations: AllocationRow[] = [];
  for (const { wish: own, provider, classId, amount } of lines)
    if (own === wish && amount > 0) allocations.push({ provider: provider.uuid, classId, amount, modified: now });
  return {
    type: "consumer",
    uuid: wish.uuid,
    generation: (known?.generation ?? 0) + 1,
    project: wish.project,
    user: wish.user,
    consumerType: wish.consumerType ?? known?.consumerType ?? null,
    allocations,
  };
}

/** DELETE /allocations/{consumer}: no generation is checked, and none of the providers' rises. */
export function release(world: World, uuid: string): Change[] {
  const consumer = world.consumers.get(uuid);
  if (consumer === undefined) throw new Refusal(404, `No allocations for consumer '${uuid}'`);
  const { generation, project, user, consumerType } = consumer;
  return [{ type: "consumer", uuid, generation, project, user, consumerType, allocations: [] }];
}
