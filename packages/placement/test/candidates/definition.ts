/**
 * What a candidate is, written to be read and not to be fast: all ways to put any provider anywhere, and the
 * conditions that a candidate meets (MAP §6, QUIRKS 41-51). The search is held against this.
 */
import { canGive } from "../../src/domain/candidates/parts.ts";
import type { CandidateRequest, RequestGroup } from "../../src/domain/candidates/request.ts";
import { sharingTrait } from "../../src/domain/candidates/sharing.ts";
import type { World } from "../../src/domain/world.ts";
import type { Provider } from "../../src/domain/world-model.ts";

/** One provider for a group with a suffix, or for one class of the group without. */
interface Role {
  readonly group: RequestGroup;
  readonly resources: readonly (readonly [classId: number, amount: number])[];
}
interface Cast extends Role {
  readonly provider: Provider;
}

/** All candidates as canonical texts, each once. */
export function allCandidates(world: World, request: CandidateRequest): Set<string> {
  const found = new Set<string>();
  const roles: Role[] = request.groups.flatMap((group) =>
    group.suffix === ""
      ? [...group.resources].map((resource) => ({ group, resources: [resource] }))
      : [{ group, resources: [...group.resources] }],
  );
  for (const anchor of world.providers.values())
    for (const cast of castings(roles, [...world.providers.values()]))
      if (isCandidate(world, request, anchor, cast)) found.add(canonical(allocationsOf(cast), mappingsOf(cast)));
  return found;
}

/** Every way to give every role any provider. */
function castings(roles: readonly Role[], providers: readonly Provider[]): Cast[][] {
  return roles.reduce<Cast[][]>(
    (casts, role) => casts.flatMap((cast) => providers.map((provider) => [...cast, { ...role, provider }])),
    [[]],
  );
}

function isCandidate(world: World, request: CandidateRequest, anchor: Provider, casts: readonly Cast[]): boolean {
  const spread = casts.filter(({ group }) => group.suffix === "");
  const granular = casts.filter(({ group }) => group.suffix !== "");
  const givers = new Set(casts.filter(({ resources }) => resources.length > 0).map(({ provider }) => provider));
  const conditions: readonly boolean[] = [
    // the anchor is a root, with the traits that root_required names
    anchor.parent === undefined,
    request.rootRequired.every((trait) => anchor.traits.has(trait)),
    request.rootForbidden.every((trait) => !anchor.traits.has(trait)),
    // all providers are of its tree, or shared with it
    casts.every(({ provider }) => provider.root === anchor || isShared(world, provider, anchor)),
    // each can give what its role wants by itself
    casts.every(({ provider, resources }) =>
      resources.every(([classId, amount]) => canGive(provider.inventories.get(classId), amount)),
    ),
    // and all that one gives together stays in its bounds
    [...allocationsOf(casts)].every(([provider, amounts]) =>
      [...amounts].every(([classId, amount]) => {
        const inventory = provider.inventories.get(classId)!;
        return inventory !== undefined && inventory.used + amount <= inventory.capacity && amount <= inventory.maxUnit;
      }),
    ),
    // a group with a suffix: its provider itself meets all
    granular.every(
      ({ group, provider }) =>
        group.required.every((anyOf) => anyOf.some((trait) => provider.traits.has(trait))) &&
        isMember(provider, group) &&
        !group.forbiddenAggregates.some((aggregate) => provider.aggregates.has(aggregate)) &&
        (group.inTree === undefined || provider.root === world.providers.get(group.inTree)?.root),
    ),
    // the group without: required traits together; aggregates of the root span its tree; in_tree shuts sharers out
    (spread[0]?.group.required ?? []).every((anyOf) =>
      anyOf.some((trait) => spread.some(({ provider }) => provider.traits.has(trait))),
    ),
    spread.every(
      ({ group, provider }) =>
        (isMember(provider, group) || (provider.root === anchor && isMember(anchor, group))) &&
        !group.forbiddenAggregates.some(
          (aggregate) => provider.aggregates.has(aggregate) || anchor.aggregates.has(aggregate),
        ) &&
        (group.inTree === undefined ||
          (provider.root === anchor && anchor === world.providers.get(group.inTree)?.root)),
    ),
    // forbidden traits are forbidden to each
    casts.every(({ group, provider }) => !group.forbidden.some((trait) => provider.traits.has(trait))),
    request.groupPolicy !== "isolate" || new Set(granular.map(({ provider }) => provider)).size === granular.length,
    request.sameSubtree.every((suffixes) => {
      const named = casts.filter(({ group }) => suffixes.includes(group.suffix)).map(({ provider }) => provider);
      return named.some((top) => named.every((one) => lineage(one).includes(top)));
    }),
    // below 1.29 trees are unknown
    request.nested || new Set([...givers].map(({ root }) => root)).size === givers.size,
  ];
  return conditions.every(Boolean);
}

function isShared(world: World, provider: Provider, anchor: Provider): boolean {
  const trait = world.traits.id(sharingTrait);
  return (
    trait !== undefined &&
    provider.traits.has(trait) &&
    [...world.providers.values()].some(
      (member) => member.root === anchor && [...member.aggregates].some((one) => provider.aggregates.has(one)),
    )
  );
}

function isMember(provider: Provider, group: RequestGroup): boolean {
  return group.memberOf.every((anyOf) => anyOf.some((aggregate) => provider.aggregates.has(aggregate)));
}

function lineage(provider: Provider): Provider[] {
  return provider.parent === undefined ? [provider] : [provider, ...lineage(provider.parent)];
}

function allocationsOf(casts: readonly Cast[]): Map<Provider, Map<number, number>> {
  const allocations = new Map<Provider, Map<number, number>>();
  for (const { provider, resources } of casts)
    for (const [classId, amount] of resources) {
      const amounts = allocations.get(provider) ?? new Map<number, number>();
      allocations.set(provider, amounts.set(classId, (amounts.get(classId) ?? 0) + amount));
    }
  return allocations;
}

function mappingsOf(casts: readonly Cast[]): Map<string, Provider[]> {
  const mappings = new Map<string, Provider[]>();
  for (const { group, provider } of casts)
    mappings.set(group.suffix, [...new Set([...(mappings.get(group.suffix) ?? []), provider])]);
  return mappings;
}

/** A candidate as a text in which order does not matter. */
export function canonical(
  allocations: ReadonlyMap<Provider, ReadonlyMap<number, number>>,
  mappings: ReadonlyMap<string, readonly Provider[]>,
): string {
  const given = [...allocations].flatMap(([{ name }, amounts]) => [...amounts].map(([id, n]) => `${name} ${id}:${n}`));
  const mapped = [...mappings].map(([suffix, providers]) => `${suffix}=${providers.map(({ name }) => name).sort()}`);
  return `${given.sort().join(" ")} | ${mapped.sort().join(" ")}`;
}
