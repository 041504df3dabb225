/** Facts that several rules make: what a provider is from now on, and lookups that refuse in the API's words. */
import { badRequest, nothingThere } from "../refusal.ts";
import type { World } from "./world.ts";
import type { ProviderFact } from "./world-change.ts";
import type { Provider } from "./world-model.ts";

/** Milliseconds since the epoch, as the clock of the request gives them. */
export type Now = number;

/** The provider's record as it is, with some of it changed, as of now. */
export function changedProvider(
  { uuid, name, generation, parent }: Provider,
  now: Now,
  changes: Partial<Pick<ProviderFact, "name" | "generation" | "parent">>,
): ProviderFact {
  return { type: "provider", uuid, name, generation, parent: parent?.uuid ?? null, ...changes, modified: now };
}

/** The record with its generation raised. */
export const raised = (provider: Provider, now: Now, by = 1): ProviderFact =>
  changedProvider(provider, now, { generation: provider.generation + by });

/** @throws {Refusal} 404 in the words of a plain lookup */
export function providerOf(world: World, uuid: string): Provider {
  const provider = world.providers.get(uuid);
  if (provider === undefined) throw nothingThere(`No resource provider with uuid ${uuid} found`);
  return provider;
}

export const noSuchClass = (name: string): string => `No such resource class ${name}.`;

/** The ids of traits. @throws {Refusal} 400 with `says` and the first name that there is no trait of */
export function traitIds(world: World, names: Iterable<string>, says: (text: string) => string): number[] {
  return Array.from(names, (name) => {
    const id = world.traits.id(name);
    if (id === undefined) throw badRequest(says(`No such trait(s): ${name}.`));
    return id;
  });
}
