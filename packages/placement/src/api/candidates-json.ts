/**
 * Candidates as JSON text. Everything that is put in comes from patterns without characters that JSON escapes: uuids,
 * names of classes and traits, suffixes. What is shown of a provider is kept until the provider changes.
 */
import type { Candidate } from "../domain/candidates/request.ts";
import type { World } from "../domain/world.ts";
import type { Provider } from "../domain/world-model.ts";
import type { Version } from "./versions.ts";

/** One entry of `allocation_requests`. */
export function renderCandidate({ allocations, mappings }: Candidate, world: World, { has }: Version): string {
  const resources = (amounts: ReadonlyMap<number, number>): string => {
    const parts: string[] = [];
    for (const [id, amount] of amounts) parts.push(`"${world.classes.name(id)}":${amount}`);
    return `"resources":{${parts.join()}}`;
  };
  const parts: string[] = [];
  if (!has.allocationsByProvider) {
    for (const [{ uuid }, amounts] of allocations)
      parts.push(`{"resource_provider":{"uuid":"${uuid}"},${resources(amounts)}}`);
    return `{"allocations":[${parts.join()}]}`;
  }
  for (const [{ uuid }, amounts] of allocations) parts.push(`"${uuid}":{${resources(amounts)}}`);
  if (!has.mappings) return `{"allocations":{${parts.join()}}}`;
  const groups: string[] = [];
  for (const [suffix, providers] of mappings)
    groups.push(`"${suffix}":["${providers.map(({ uuid }) => uuid).join('","')}"]`);
  return `{"allocations":{${parts.join()}},"mappings":{${groups.join()}}}`;
}

/** What a microversion shows of a provider. */
export interface SummaryNeeds {
  /** only these classes; undefined = all */
  readonly classIds: ReadonlySet<number> | undefined;
  readonly traits: boolean;
  readonly nested: boolean;
}

interface Kept {
  readonly stamp: number;
  readonly world: World;
  readonly text: string;
}

/** In the form of 1.29 and later, which nearly every request has. */
const kept = new WeakMap<Provider, Kept>();

/** One entry of `provider_summaries`, with its key. */
export function renderSummary(provider: Provider, world: World, needs: SummaryNeeds): string {
  if (needs.classIds !== undefined || !needs.nested) return summary(provider, world, needs);
  const { changed, inventoriesChanged, traitsChanged, allocationsChanged } = provider;
  const stamp = Math.max(changed, inventoriesChanged, traitsChanged, allocationsChanged, world.changed.classes);
  const before = kept.get(provider);
  if (before?.stamp === stamp && before.world === world) return before.text;
  const text = summary(provider, world, needs);
  kept.set(provider, { stamp, world, text });
  return text;
}

function summary(provider: Provider, world: World, { classIds, traits, nested }: SummaryNeeds): string {
  const resources: string[] = [];
  for (const [id, { capacity, used }] of provider.inventories)
    if (classIds === undefined || classIds.has(id))
      resources.push(`"${world.classes.name(id)}":{"capacity":${capacity},"used":${used}}`);
  let text = `"${provider.uuid}":{"resources":{${resources.join()}}`;
  if (traits) text += `,"traits":[${Array.from(provider.traits, (id) => `"${world.traits.name(id)}"`).join()}]`;
  if (nested) {
    const parent = provider.parent === undefined ? "null" : `"${provider.parent.uuid}"`;
    text += `,"parent_provider_uuid":${parent},"root_provider_uuid":"${provider.root.uuid}"`;
  }
  return `${text}}`;
}
