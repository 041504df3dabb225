/** What inventories may be, and how they are replaced. */
import { badRequest, conflict, notFound, nothingThere, type Refusal } from "../refusal.ts";
import { type Now, noSuchClass, raised } from "./facts.ts";
import type { World } from "./world.ts";
import type { Change, InventoryRow } from "./world-change.ts";
import type { Provider } from "./world-model.ts";

/** One inventory as a request gives it, defaults filled in. */
export type InventoryWish = Omit<InventoryRow, "classId" | "modified">;

/** Wishes by class name; undefined = what was given is no inventory, under a name that is no class. */
type Wishes = Iterable<readonly [className: string, InventoryWish | undefined]>;

/** What an inventory has where a request says nothing. */
export const defaultInventory: Omit<InventoryWish, "total"> = {
  reserved: 0,
  minUnit: 1,
  maxUnit: 2 ** 31 - 1,
  stepSize: 1,
  allocationRatio: 1,
};

/** Refuses an inventory of which nothing could ever be allocated; from 1.26 all of it may be reserved. */
function checkCapacity(provider: Provider, wishes: Wishes, allReserved: boolean, says: string): void {
  for (const [name, wish] of wishes) {
    if (wish === undefined) continue;
    const { total, reserved, allocationRatio } = wish;
    const capacity = Math.trunc((total - reserved) * allocationRatio);
    if (allReserved ? capacity >= 0 : capacity > 0) continue;
    throw badRequest(
      `${says} for resource provider ${provider.uuid}: Invalid inventory for '${name}' on resource provider '${provider.uuid}'. The reserved value is greater than ${allReserved ? "" : "or equal to "}total.`,
    );
  }
}

/** The rows that wishes amount to. @throws what `unknown` makes of a class that does not exist */
export function rowsOf(world: World, wishes: Wishes, now: Now, unknown: (says: string) => Refusal): InventoryRow[] {
  return Array.from(wishes, ([name, wish]) => {
    const classId = world.classes.id(name);
    if (classId === undefined || wish === undefined) throw unknown(noSuchClass(name));
    return { ...wish, classId, modified: now };
  });
}

/** The sentence about classes that can't go, because something of them is allocated; undefined = they can. */
export function inUse(
  world: World,
  provider: Provider,
  classIds: Iterable<number>,
  isHeld = (classId: number) => holds(provider, classId),
): string | undefined {
  const held = [...classIds].filter(isHeld).sort((a, b) => a - b);
  if (held.length === 0) return undefined;
  const names = held.map((id) => world.classes.name(id)).join(", ");
  return `Inventory for '${names}' on resource provider '${provider.uuid}' in use.`;
}

function holds(provider: Provider, classId: number): boolean {
  return (provider.inventories.get(classId)?.used ?? 0) > 0;
}

/** All inventories of the provider are replaced, its generation rises. */
function replaceInventories(provider: Provider, rows: readonly InventoryRow[], now: Now): Change[] {
  return [raised(provider, now), { type: "inventories", provider: provider.uuid, inventories: rows }];
}

/** Class ids of the provider's inventories that are not among the rows. */
export function missingFrom(provider: Provider, rows: readonly InventoryRow[]): number[] {
  const kept = new Set(rows.map(({ classId }) => classId));
  return [...provider.inventories.keys()].filter((id) => !kept.has(id));
}

/** The provider's inventories as rows, with one class replaced, added or (row undefined) left out. */
function withRow(provider: Provider, classId: number, row: InventoryRow | undefined): InventoryRow[] {
  const others = [...provider.inventories.values()].filter((inventory) => inventory.classId !== classId);
  return [...others.map(rowOf), ...(row === undefined ? [] : [row])];
}

export function rowOf(inventory: InventoryRow): InventoryRow {
  const { classId, total, reserved, minUnit, maxUnit, stepSize, allocationRatio, modified } = inventory;
  return { classId, total, reserved, minUnit, maxUnit, stepSize, allocationRatio, modified };
}

/** PUT of all inventories. @throws {Refusal} 400 unknown class, 409 a class that goes is in use */
export function setInventories(
  world: World,
  provider: Provider,
  wishes: ReadonlyMap<string, InventoryWish | undefined>,
  allReserved: boolean,
  now: Now,
): Change[] {
  checkCapacity(provider, wishes, allReserved, "Unable to update inventory");
  const rows = rowsOf(world, wishes, now, (says) =>
    badRequest(`Unknown resource class in inventory for resource provider ${provider.uuid}: ${says}`),
  );
  const held = inUse(world, provider, missingFrom(provider, rows));
  if (held !== undefined) throw conflict(`update conflict: ${held}`, "inventory.inuse");
  return replaceInventories(provider, rows, now);
}

/** POST of one inventory. @throws {Refusal} 400 unknown class, 409 there is one already */
export function addInventory(
  world: World,
  provider: Provider,
  name: string,
  wish: InventoryWish,
  allReserved: boolean,
  now: Now,
): Change[] {
  checkCapacity(provider, [[name, wish]], allReserved, "Unable to create inventory");
  const [row] = rowsOf(world, [[name, wish]], now, (says) =>
    badRequest(`Unable to create inventory for resource provider ${provider.uuid}: ${says}`),
  );
  if (provider.inventories.has(row!.classId))
    throw conflict(
      `Update conflict: Inventory of class ${name} already exists on resource provider ${provider.uuid}.`,
      "concurrent_update",
    );
  return replaceInventories(provider, withRow(provider, row!.classId, row), now);
}

/** PUT of one inventory. @throws {Refusal} 404 unknown class, 400 the provider has none of it */
export function changeInventory(
  world: World,
  provider: Provider,
  name: string,
  wish: InventoryWish,
  allReserved: boolean,
  now: Now,
): Change[] {
  checkCapacity(provider, [[name, wish]], allReserved, "Unable to update inventory");
  const [row] = rowsOf(world, [[name, wish]], now, nothingThere);
  if (!provider.inventories.has(row!.classId))
    throw badRequest(
      `No inventory record with resource class for resource provider ${provider.uuid}: No inventory of class ${name} found.`,
    );
  return replaceInventories(provider, withRow(provider, row!.classId, row), now);
}

/** DELETE of one inventory. @throws {Refusal} 404 there is none, 409 in use */
export function removeInventory(world: World, provider: Provider, name: string, now: Now): Change[] {
  const classId = world.classes.id(name);
  const missing = (says: string) => notFound(`No inventory of class ${name} found for delete: ${says}`);
  if (classId === undefined) throw missing(noSuchClass(name));
  const held = inUse(world, provider, [classId]);
  if (held !== undefined) throw conflict(`Unable to delete inventory of class ${name}: ${held}`, "concurrent_update");
  if (!provider.inventories.has(classId)) throw missing(`No inventory of class ${name} found for delete`);
  return replaceInventories(provider, withRow(provider, classId, undefined), now);
}

/** DELETE of all inventories. @throws {Refusal} 409 in use */
export function removeInventories(world: World, provider: Provider, now: Now): Change[] {
  const held = inUse(world, provider, provider.inventories.keys());
  if (held !== undefined) throw conflict(held, "inventory.inuse");
  return replaceInventories(provider, [], now);
}
