import { randomUUID } from "node:crypto";
import { type Answer, newestOf, noContent, ofEntity, once } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { aggregateFilter, readResources, traitFilter } from "../api/filters.ts";
import { normaliseUuid } from "../api/uuid.ts";
import { providerOf, traitIds } from "../domain/facts.ts";
import { changeProvider, createProvider, deleteProvider } from "../domain/providers.ts";
import type { World } from "../domain/world.ts";
import type { ProviderFact } from "../domain/world-change.ts";
import type { Provider } from "../domain/world-model.ts";
import { badRequest } from "../refusal.ts";

/** What an answer shows of a provider. */
interface Shown {
  readonly uuid: string;
  readonly name: string;
  readonly generation: number;
  readonly parent: string | null;
  readonly root: string;
}

const shown = ({ uuid, name, generation, parent, root }: Provider): Shown => ({
  uuid,
  name,
  generation,
  parent: parent?.uuid ?? null,
  root: root.uuid,
});

export const providerPath = ({ prefix }: Call, uuid: string): string => `${prefix}/resource_providers/${uuid}`;

function links(call: Call, uuid: string): { rel: string; href: string }[] {
  const { has } = call.version;
  const self = providerPath(call, uuid);
  const rels = ["inventories", "usages"];
  if (has.aggregates) rels.push("aggregates");
  if (has.traits) rels.push("traits");
  if (has.allocationsLink) rels.push("allocations");
  return [{ rel: "self", href: self }, ...rels.map((rel) => ({ rel, href: `${self}/${rel}` }))];
}

function render(call: Call, { uuid, name, generation, parent, root }: Shown): unknown {
  const nested = call.version.has.nestedProviders ? { parent_provider_uuid: parent, root_provider_uuid: root } : {};
  return { uuid, name, generation, links: links(call, uuid), ...nested };
}

/** GET /resource_providers/{uuid} */
export function getProvider(call: Call, world: World): Answer {
  const provider = providerOf(world, call.params.uuid!);
  return {
    status: 200,
    body: () => render(call, shown(provider)),
    modified: ofEntity(provider),
    stamp: provider.changed,
  };
}

/** GET /resource_providers */
export function listProviders(call: Call, world: World): Answer {
  const filter = providerFilter(call, world);
  const { providers, inventories, providerTraits, aggregates, allocations, traits, classes } = world.changed;
  // what filters look at counts, too
  const stamp = filter.plain
    ? providers
    : Math.max(providers, inventories, providerTraits, aggregates, allocations, traits, classes);
  const found = once(() => Array.from(filter.candidates).filter(filter.matches));
  return {
    status: 200,
    body: () => ({ resource_providers: found().map((provider) => render(call, shown(provider))) }),
    modified: (now) => newestOf(found())(now),
    stamp,
    ...(filter.tree ? { ordered: false as const } : {}),
  };
}

interface ProviderFilter {
  /** only looks at the providers' own records */
  readonly plain: boolean;
  /** goes through a tree, whose order depends on how it grew */
  readonly tree: boolean;
  readonly candidates: Iterable<Provider>;
  readonly matches: (provider: Provider) => boolean;
}

/** @throws {Refusal} 400 for a query that can't be read, or unknown names: also when nothing could match anyway */
function providerFilter(call: Call, world: World): ProviderFilter {
  const { version } = call;
  const query = call.query();
  const aggregates = aggregateFilter(query, version);
  const traits = traitFilter(query, version);
  const resources = query.last("resources");
  const amounts = resources === undefined ? new Map<string, number>() : readResources(resources);
  const says = (text: string) => `Invalid trait(s) in "required" parameter: ${text}`;
  const required = traits.required.map((names) => traitIds(world, names, says));
  const forbidden = traitIds(world, traits.forbidden, says);
  const needs = Array.from(amounts, ([name, amount]) => {
    const classId = world.classes.id(name);
    if (classId === undefined)
      throw badRequest(`Invalid resource class in resources parameter: No such resource class ${name}.`);
    return { classId, amount };
  });
  const name = query.last("name");
  const uuid = query.last("uuid");
  const tree = query.last("in_tree");
  const matches = (provider: Provider): boolean =>
    (!name || provider.name === name) &&
    (uuid === undefined || provider.uuid === uuid) &&
    aggregates.required.every((any) => !any.isDisjointFrom(provider.aggregates)) &&
    aggregates.forbidden.isDisjointFrom(provider.aggregates) &&
    required.every((any) => any.some((id) => provider.traits.has(id))) &&
    !forbidden.some((id) => provider.traits.has(id)) &&
    needs.every(({ classId, amount }) => hasRoom(provider, classId, amount));
  return {
    plain: !query.has("member_of") && !query.has("required") && resources === undefined,
    tree: tree !== undefined,
    candidates: candidates(world, { name, uuid, tree }),
    matches,
  };
}

/** Few providers instead of all, where a name, a uuid or a tree says which. */
function candidates(
  world: World,
  { name, uuid, tree }: { name: string | undefined; uuid: string | undefined; tree: string | undefined },
): Iterable<Provider> {
  if (tree !== undefined) {
    const members = world.providers.get(tree)?.root.tree ?? [];
    return [...members];
  }
  const one = uuid !== undefined ? world.providers.get(uuid) : name ? world.providerNamed(name) : undefined;
  if (uuid !== undefined || name) return one === undefined ? [] : [one];
  return world.providers.values();
}

function hasRoom(provider: Provider, classId: number, amount: number): boolean {
  const inventory = provider.inventories.get(classId);
  if (inventory === undefined) return false;
  const { total, reserved, allocationRatio, minUnit, maxUnit, stepSize, used } = inventory;
  return (
    used + amount <= (total - reserved) * allocationRatio &&
    amount >= minUnit &&
    amount <= maxUnit &&
    amount % stepSize === 0
  );
}

interface ProviderBody {
  readonly name: string;
  readonly uuid?: string;
  readonly parent_provider_uuid?: string | null;
}

/** POST /resource_providers */
export function postProvider(call: Call, world: World): Answer {
  const body = call.body<ProviderBody>();
  const uuid = body.uuid === undefined ? randomUUID() : normaliseUuid(body.uuid);
  const parent = body.parent_provider_uuid ?? null;
  const changes = createProvider(world, { uuid, name: body.name, parent }, call.now);
  const location = providerPath(call, uuid);
  if (!call.version.has.providerInAnswer) return { status: 201, location, changes };
  const root = parent === null ? uuid : world.providers.get(parent)!.root.uuid;
  return {
    status: 200,
    location,
    body: () => render(call, { uuid, name: body.name, generation: 0, parent, root }),
    modified: () => call.now,
    changes,
  };
}

/** PUT /resource_providers/{uuid} */
export function putProvider(call: Call, world: World): Answer {
  const provider = providerOf(world, call.params.uuid!);
  const body = call.body<ProviderBody>();
  const { reparenting } = call.version.has;
  const wanted = { name: body.name, parent: body.parent_provider_uuid, reparenting };
  const changes = changeProvider(provider, world, wanted, call.now);
  const own = changes[0] as ProviderFact | undefined;
  const parent = own === undefined ? (provider.parent?.uuid ?? null) : own.parent;
  const root = parent === null ? provider.uuid : world.providers.get(parent)!.root.uuid;
  const now: Shown = { uuid: provider.uuid, name: body.name, generation: provider.generation, parent, root };
  return {
    status: 200,
    body: () => render(call, now),
    modified: () => own?.modified ?? provider.modified,
    changes,
  };
}

/** DELETE /resource_providers/{uuid} */
export const deleteOneProvider = ({ params }: Call, world: World): Answer =>
  noContent(deleteProvider(world, params.uuid!));
