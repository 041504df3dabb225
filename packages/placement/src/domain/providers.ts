/** Creating, changing and deleting resource providers. */
import { badRequest, conflict, notFound } from "../refusal.ts";
import { changedProvider, type Now } from "./facts.ts";
import type { World } from "./world.ts";
import type { Change } from "./world-change.ts";
import type { Provider } from "./world-model.ts";

export interface NewProvider {
  readonly uuid: string;
  readonly name: string;
  readonly parent: string | null;
}

/** @throws {Refusal} 400 for an empty name or an impossible parent, 409 for a name or uuid that is taken */
export function createProvider(world: World, { uuid, name, parent }: NewProvider, now: Now): Change[] {
  const refused = (reason: string) =>
    badRequest(`Unable to create resource provider "${name}", ${uuid}: Object action create failed because: ${reason}`);
  if (name === "") throw refused("name is required");
  if (parent === uuid)
    throw refused(
      "parent provider UUID cannot be same as UUID. Please set parent provider UUID to None if there is no parent.",
    );
  if (parent !== null && !world.providers.has(parent)) throw refused("parent provider UUID does not exist.");
  const taken = world.providers.has(uuid) ? `uuid: ${uuid}` : world.providerNamed(name) ? `name: ${name}` : undefined;
  if (taken !== undefined) throw conflict(`Conflicting resource provider ${taken} already exists.`, "duplicate_name");
  return [{ type: "provider", uuid, name, generation: 0, parent, modified: now }];
}

export interface ProviderChange {
  readonly name: string;
  /** undefined = stays */
  readonly parent: string | null | undefined;
  /** from 1.37: a parent may be replaced and taken away */
  readonly reparenting: boolean;
}

/**
 * A new name or parent. Its generation stays. Whoever gets another root is changed too.
 * @throws {Refusal} 400 for an impossible parent, 409 for a name that is taken
 */
export function changeProvider(provider: Provider, world: World, wanted: ProviderChange, now: Now): Change[] {
  const { name } = wanted;
  const parent = newParent(provider, world, wanted);
  const namesake = world.providerNamed(name);
  if (namesake !== undefined && namesake !== provider)
    throw conflict(`Conflicting resource provider ${name} already exists.`, "duplicate_name");
  if (name === provider.name && parent === provider.parent) return [];
  const changes: Change[] = [changedProvider(provider, now, { name, parent: parent?.uuid ?? null })];
  if ((parent?.root ?? provider) !== provider.root)
    for (const node of descendants(provider)) changes.push(changedProvider(node, now, {}));
  return changes;
}

function newParent(
  provider: Provider,
  world: World,
  { parent: uuid, reparenting }: ProviderChange,
): Provider | undefined {
  const refused = (action: "create" | "update", reason: string) =>
    badRequest(`Unable to save resource provider ${provider.uuid}: Object action ${action} failed because: ${reason}`);
  if (uuid === undefined) return provider.parent;
  if (uuid === null) {
    if (provider.parent !== undefined && !reparenting)
      throw refused("update", "un-parenting a provider is not currently allowed.");
    return undefined;
  }
  const parent = world.providers.get(uuid);
  if (parent === undefined) throw refused("create", "parent provider UUID does not exist.");
  if (provider.parent !== undefined && provider.parent !== parent && !reparenting)
    throw refused("update", "re-parenting a provider is not currently allowed.");
  for (let above: Provider | undefined = parent; above !== undefined; above = above.parent)
    if (above === provider) throw refused("update", "creating loop in the provider tree is not allowed.");
  return parent;
}

function descendants(provider: Provider): Provider[] {
  const found = [...provider.children];
  for (const node of found) found.push(...node.children);
  return found;
}

/** @throws {Refusal} 404; 409 while it has children or allocations */
export function deleteProvider(world: World, uuid: string): Change[] {
  const provider = world.providers.get(uuid);
  if (provider === undefined) throw notFound(`No resource provider with uuid ${uuid} found for delete`);
  if (provider.children.size > 0)
    throw conflict(
      `Unable to delete parent resource provider ${uuid}: It has child resource providers.`,
      "resource_provider.cannot_delete_parent",
    );
  if (provider.allocations.size > 0)
    throw conflict(
      `Unable to delete resource provider ${uuid}: Resource provider has allocations.`,
      "resource_provider.inuse",
    );
  return [{ type: "provider-removed", uuid }];
}
