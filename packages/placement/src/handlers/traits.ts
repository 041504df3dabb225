import { type Answer, newestOf, noContent, ofEntity, once } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { findFault } from "../api/json-schema.ts";
import { customTrait } from "../api/schemas.ts";
import { define, deleteTrait, traitOf } from "../domain/definitions.ts";
import { providerOf, raised } from "../domain/facts.ts";
import type { World } from "../domain/world.ts";
import type { Definition, Provider } from "../domain/world-model.ts";
import { badRequest, concurrentUpdate, notFound } from "../refusal.ts";
import { changedMeanwhile } from "./aggregates.ts";

const names = (traits: Iterable<Definition>): string[] => Array.from(traits, ({ name }) => name);

/** GET /traits */
export function listTraits(call: Call, world: World): Answer {
  const query = call.query();
  const byName = nameFilter(query.last("name"));
  const associated = query.last("associated")?.toLowerCase();
  if (associated !== undefined && associated !== "true" && associated !== "false")
    throw badRequest('The query parameter "associated" only accepts "true" or "false"');
  const matches = ({ id, name }: Definition): boolean =>
    byName(name) && (associated === undefined || world.withTrait(id).size > 0 === (associated === "true"));
  const found = once(() => [...world.traits.byId.values()].filter(matches));
  const { traits, providerTraits, providers } = world.changed; // a provider that is deleted takes its traits along
  return {
    status: 200,
    body: () => ({ traits: names(found()) }),
    modified: (now) => newestOf(found())(now),
    stamp: associated === undefined ? traits : Math.max(traits, providerTraits, providers),
  };
}

/** `in:A,B` or `startswith:X`; an operator that is not known filters nothing, as upstream has it. */
function nameFilter(value: string | undefined): (name: string) => boolean {
  if (value === undefined) return () => true;
  const colon = value.indexOf(":");
  if (colon < 0)
    throw badRequest(
      `Badly formatted name parameter. Expected name query string parameter in form: ?name=[in|startswith]:[name1,name2|prefix]. Got: "${value}"`,
    );
  const operand = value.slice(colon + 1);
  switch (value.slice(0, colon)) {
    case "in": {
      const wanted = new Set(operand.split(","));
      return (name) => wanted.has(name);
    }
    case "startswith":
      return (name) => name.startsWith(operand);
    default:
      return () => true;
  }
}

/** GET /traits/{name} */
export function getTrait({ params }: Call, world: World): Answer {
  const trait = traitOf(world, params.name!);
  return { status: 204, modified: ofEntity(trait), stamp: trait.changed };
}

/** PUT /traits/{name} */
export function putTrait({ params, prefix, now }: Call, world: World): Answer {
  const name = params.name!;
  if (findFault(name, customTrait) !== undefined)
    throw badRequest(
      'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "CUSTOM_" and use following characters: "A"-"Z", "0"-"9" and "_"',
    );
  const location = `${prefix}/traits/${name}`;
  const known = world.traits.named(name);
  if (known !== undefined) return { status: 204, location, modified: ofEntity(known), changes: [] };
  return { status: 201, location, modified: () => now, changes: define(world, "trait", name, now) };
}

/** DELETE /traits/{name} */
export const deleteOneTrait = ({ params }: Call, world: World): Answer => noContent(deleteTrait(world, params.name!));

const traitsOf = (provider: Provider, world: World): Definition[] =>
  Array.from(provider.traits, (id) => world.traits.byId.get(id)!);

/** GET …/traits: Last-Modified is the age of the definitions, as upstream has it, and so no validator. */
export function listProviderTraits({ params }: Call, world: World): Answer {
  const uuid = params.uuid!;
  const provider = world.providers.get(uuid);
  if (provider === undefined)
    throw notFound(`No resource provider with uuid ${uuid} found: No resource provider with uuid ${uuid} found`);
  const traits = traitsOf(provider, world);
  return {
    status: 200,
    body: () => ({ traits: names(traits), resource_provider_generation: provider.generation }),
    modified: newestOf(traits),
    stamp: Math.max(provider.changed, provider.traitsChanged),
  };
}

/** PUT …/traits: the same set again raises no generation. */
export function putProviderTraits(call: Call, world: World): Answer {
  const { params, now } = call;
  const body = call.body<{ traits: string[]; resource_provider_generation: number }>();
  const provider = providerOf(world, params.uuid!);
  if (body.resource_provider_generation !== provider.generation) throw concurrentUpdate(changedMeanwhile);
  const unknown = [...new Set(body.traits)].filter((name) => world.traits.id(name) === undefined);
  if (unknown.length > 0) throw badRequest(`No such trait ${unknown.join(", ")}`);
  // told by name, kept and listed by id
  const traits = Array.from(new Set(body.traits))
    .sort()
    .map((name) => world.traits.named(name)!);
  const ids = new Set(traits.map(({ id }) => id));
  const same = ids.symmetricDifference(provider.traits).size === 0;
  const generation = provider.generation + (same ? 0 : 1);
  return {
    status: 200,
    body: () => ({ traits: names(traits), resource_provider_generation: generation }),
    modified: newestOf(traits),
    changes: same
      ? []
      : [raised(provider, now), { type: "provider-traits", provider: provider.uuid, traits: [...ids] }],
  };
}

/** DELETE …/traits */
export function deleteProviderTraits({ params, now }: Call, world: World): Answer {
  const provider = providerOf(world, params.uuid!);
  if (provider.traits.size === 0) return noContent([]);
  return noContent([raised(provider, now), { type: "provider-traits", provider: provider.uuid, traits: [] }]);
}
