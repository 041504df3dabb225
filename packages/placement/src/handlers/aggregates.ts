import { type Answer, justNow } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { providerOf, raised } from "../domain/facts.ts";
import type { World } from "../domain/world.ts";
import type { Change } from "../domain/world-change.ts";
import { concurrentUpdate } from "../refusal.ts";

/** GET …/aggregates */
export function getAggregates({ params, version }: Call, world: World): Answer {
  const provider = providerOf(world, params.uuid!);
  return {
    status: 200,
    body: () => render(version.has.aggregatesGeneration, [...provider.aggregates], provider.generation),
    modified: justNow,
    stamp: Math.max(provider.changed, provider.aggregatesChanged),
  };
}

/** PUT …/aggregates: below 1.19 the generation neither counts nor rises. */
export function putAggregates(call: Call, world: World): Answer {
  const { params, version, now } = call;
  const provider = providerOf(world, params.uuid!);
  const { aggregatesGeneration } = version.has;
  const body = call.body<string[] | { aggregates: string[]; resource_provider_generation: number }>();
  if (!Array.isArray(body) && body.resource_provider_generation !== provider.generation)
    throw concurrentUpdate(changedMeanwhile);
  const aggregates = Array.isArray(body) ? body : body.aggregates;
  const changes: Change[] = [{ type: "aggregates", provider: provider.uuid, aggregates }];
  if (aggregatesGeneration) changes.unshift(raised(provider, now));
  const generation = provider.generation + 1;
  return {
    status: 200,
    body: () => render(aggregatesGeneration, aggregates, generation),
    modified: justNow,
    changes,
  };
}

export const changedMeanwhile =
  "Resource provider's generation already changed. Please update the generation and try again.";

const render = (withGeneration: boolean, aggregates: readonly string[], generation: number) => ({
  aggregates,
  ...(withGeneration ? { resource_provider_generation: generation } : {}),
});
