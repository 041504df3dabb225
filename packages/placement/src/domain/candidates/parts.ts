/**
 * A request taken apart into what one provider has to give: a group with a suffix is one part, the group without
 * suffix is one part for each class. A candidate is one provider for each part, so that the rules hold.
 */
import type { Inventory, Provider } from "../world-model.ts";
import type { CandidateRequest, RequestGroup } from "./request.ts";

export interface Part {
  readonly index: number;
  readonly group: RequestGroup;
  /** [class id, amount] */
  readonly resources: readonly (readonly [number, number])[];
  /** part of the group without suffix */
  readonly spread: boolean;
}

/** The parts of a request. */
export function partsOf(request: CandidateRequest): Part[] {
  const parts: Part[] = [];
  for (const group of request.groups) {
    if (group.suffix !== "") {
      parts.push({ index: parts.length, group, resources: [...group.resources], spread: false });
      continue;
    }
    for (const resource of group.resources)
      parts.push({ index: parts.length, group, resources: [resource], spread: true });
  }
  return parts;
}

/** Whether an inventory can give this amount by itself. */
export function canGive(inventory: Inventory | undefined, amount: number): boolean {
  return (
    inventory !== undefined &&
    inventory.used + amount <= inventory.capacity &&
    inventory.minUnit <= amount &&
    amount <= inventory.maxUnit &&
    amount % inventory.stepSize === 0
  );
}

/**
 * Whether a provider may stand for a part in a candidate of this anchor, as far as the provider alone tells.
 * `tree` is the root that `in_tree` of the group means. Traits that the group without suffix requires are not judged
 * here: its providers have them together. That the anchor reaches the provider is the caller's knowledge.
 */
export function suits(part: Part, provider: Provider, anchor: Provider, tree: Provider | undefined): boolean {
  const { group, resources, spread } = part;
  for (const [classId, amount] of resources) if (!canGive(provider.inventories.get(classId), amount)) return false;
  if (group.forbidden.some((trait) => provider.traits.has(trait))) return false;
  if (tree !== undefined && (provider.root !== tree || (spread && anchor !== tree))) return false;
  if (!spread) {
    return (
      group.required.every((anyOf) => hasAny(provider.traits, anyOf)) &&
      inAll(provider, group.memberOf) &&
      !hasAny(provider.aggregates, group.forbiddenAggregates)
    );
  }
  // an aggregate of the root spans its tree, but not what is shared into it
  return (
    (inAll(provider, group.memberOf) || (provider.root === anchor && inAll(anchor, group.memberOf))) &&
    !hasAny(provider.aggregates, group.forbiddenAggregates) &&
    !hasAny(anchor.aggregates, group.forbiddenAggregates)
  );
}

/** Whether at least one of the wanted is there. */
export function hasAny<T>(have: ReadonlySet<T>, wanted: readonly T[]): boolean {
  return wanted.some((one) => have.has(one));
}

function inAll(provider: Provider, memberOf: readonly (readonly string[])[]): boolean {
  return memberOf.every((anyOf) => hasAny(provider.aggregates, anyOf));
}
