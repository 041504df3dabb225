import { type Answer, justNow, newestOf, noContent, ofEntity } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { findFault } from "../api/json-schema.ts";
import { float } from "../api/raw-json.ts";
import { inventoryRecord } from "../api/schemas.ts";
import { providerOf } from "../domain/facts.ts";
import {
  addInventory,
  changeInventory,
  defaultInventory,
  type InventoryWish,
  removeInventories,
  removeInventory,
  setInventories,
} from "../domain/inventories.ts";
import type { World } from "../domain/world.ts";
import type { Provider } from "../domain/world-model.ts";
import { concurrentUpdate, notFound } from "../refusal.ts";
import { providerPath } from "./providers.ts";

/** One inventory in a body. */
export interface InventoryBody {
  readonly total: number;
  readonly reserved?: number;
  readonly min_unit?: number;
  readonly max_unit?: number;
  readonly step_size?: number;
  readonly allocation_ratio?: number;
}

/** @returns with the defaults filled in */
function wishOf(body: InventoryBody): InventoryWish {
  return {
    total: body.total,
    reserved: body.reserved ?? defaultInventory.reserved,
    minUnit: body.min_unit ?? defaultInventory.minUnit,
    maxUnit: body.max_unit ?? defaultInventory.maxUnit,
    stepSize: body.step_size ?? defaultInventory.stepSize,
    allocationRatio: body.allocation_ratio ?? defaultInventory.allocationRatio,
  };
}

/**
 * Several, by class name. Names that no class can have pass the schema, whatever stands under them; what is no
 * inventory is left undefined, for the name is refused anyway when classes are looked up.
 */
export function wishesOf(
  bodies: Readonly<Record<string, InventoryBody>>,
): ReadonlyMap<string, InventoryWish | undefined> {
  return new Map(
    Object.entries(bodies).map(([name, body]) => [
      name,
      findFault(body, inventoryRecord) === undefined ? wishOf(body) : undefined,
    ]),
  );
}

const render = ({ total, reserved, minUnit, maxUnit, stepSize, allocationRatio }: InventoryWish) => ({
  total,
  reserved,
  min_unit: minUnit,
  max_unit: maxUnit,
  step_size: stepSize,
  allocation_ratio: float(allocationRatio),
});

/** What the provider's inventories, as they are shown, depend on. */
const stampOf = (provider: Provider, world: World): number =>
  Math.max(provider.changed, provider.inventoriesChanged, world.changed.classes);

/** @throws {Refusal} 404 in the words of the inventory routes */
function providerToShow(call: Call, world: World): Provider {
  const uuid = call.params.uuid!;
  const provider = world.providers.get(uuid);
  if (provider === undefined)
    throw notFound(`No resource provider with uuid ${uuid} found : No resource provider with uuid ${uuid} found`);
  return provider;
}

/** GET …/inventories */
export function listInventories(call: Call, world: World): Answer {
  const provider = providerToShow(call, world);
  return {
    status: 200,
    body: () => ({
      resource_provider_generation: provider.generation,
      inventories: Object.fromEntries(
        Array.from(provider.inventories, ([id, inventory]) => [world.classes.name(id), render(inventory)]),
      ),
    }),
    modified: newestOf(provider.inventories.values(), "nothing"),
    stamp: stampOf(provider, world),
  };
}

/** GET …/inventories/{class} */
export function getInventory(call: Call, world: World): Answer {
  const provider = providerToShow(call, world);
  const name = call.params.resource_class!;
  const id = world.classes.id(name);
  const inventory = id === undefined ? undefined : provider.inventories.get(id);
  if (inventory === undefined) throw notFound(`No inventory of class ${name} for ${provider.uuid}`);
  return {
    status: 200,
    body: () => ({ ...render(inventory), resource_provider_generation: provider.generation }),
    modified: ofEntity(inventory),
    stamp: stampOf(provider, world),
  };
}

/** POST …/inventories */
export function postInventory(call: Call, world: World): Answer {
  const provider = providerOf(world, call.params.uuid!);
  const body = call.body<InventoryBody & { resource_class: string }>();
  const name = body.resource_class;
  const wish = wishOf(body);
  const changes = addInventory(world, provider, name, wish, call.version.has.allReserved, call.now);
  return {
    status: 201,
    location: `${providerPath(call, provider.uuid)}/inventories/${name}`,
    body: () => ({ ...render(wish), resource_provider_generation: provider.generation + 1 }),
    modified: justNow,
    changes,
  };
}

/** PUT …/inventories */
export function putInventories(call: Call, world: World): Answer {
  const provider = providerOf(world, call.params.uuid!);
  const body = call.body<{ resource_provider_generation: number; inventories: Record<string, InventoryBody> }>();
  checkProviderGeneration(provider, body.resource_provider_generation);
  const wishes = wishesOf(body.inventories);
  const changes = setInventories(world, provider, wishes, call.version.has.allReserved, call.now);
  const generation = provider.generation + 1;
  return {
    status: 200,
    body: () => ({
      resource_provider_generation: generation,
      inventories: Object.fromEntries(Array.from(wishes, ([name, wish]) => [name, render(wish!)])),
    }),
    modified: wishes.size === 0 ? () => "nothing" : justNow,
    changes,
  };
}

/** PUT …/inventories/{class} */
export function putInventory(call: Call, world: World): Answer {
  const provider = providerOf(world, call.params.uuid!);
  const body = call.body<InventoryBody & { resource_provider_generation: number }>();
  checkProviderGeneration(provider, body.resource_provider_generation);
  const wish = wishOf(body);
  const name = call.params.resource_class!;
  const changes = changeInventory(world, provider, name, wish, call.version.has.allReserved, call.now);
  return {
    status: 200,
    body: () => ({ ...render(wish), resource_provider_generation: provider.generation + 1 }),
    modified: justNow,
    changes,
  };
}

function checkProviderGeneration(provider: Provider, given: number): void {
  if (provider.generation !== given) throw concurrentUpdate("resource provider generation conflict");
}

/** DELETE …/inventories/{class} */
export function deleteInventory({ params, now }: Call, world: World): Answer {
  const provider = providerOf(world, params.uuid!);
  return noContent(removeInventory(world, provider, params.resource_class!, now));
}

/** DELETE …/inventories */
export function deleteInventories({ params, now }: Call, world: World): Answer {
  return noContent(removeInventories(world, providerOf(world, params.uuid!), now));
}
