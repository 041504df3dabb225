import { type Answer, newestOf, noContent } from "../api/answer.ts";
import type { Call } from "../api/call.ts";
import { isUuidLike, normaliseUuid } from "../api/uuid.ts";
import type { Version } from "../api/versions.ts";
import { allocate, type ConsumerWish, release } from "../domain/allocations.ts";
import type { World } from "../domain/world.ts";
import type { Allocation } from "../domain/world-model.ts";
import { badRequest, notFound } from "../refusal.ts";

/** What stands for project and user below 1.8, where requests name none; upstream's default. */
const incomplete = "00000000-0000-0000-0000-000000000000";

type Amounts = Readonly<Record<string, number>>;

/** What one consumer is to hold, keyed by provider (1.12 and later). */
export interface ConsumerBody {
  readonly allocations: Readonly<Record<string, { readonly resources: Amounts }>>;
  readonly project_id: string;
  readonly user_id: string;
  readonly consumer_generation?: number | null;
  readonly consumer_type?: string;
}

/** The same as a list; project and user from 1.8. */
interface ListBody extends Partial<Omit<ConsumerBody, "allocations">> {
  readonly allocations: readonly {
    readonly resource_provider: { readonly uuid: string };
    readonly resources: Amounts;
  }[];
}

export function wishOf(uuid: string, body: ConsumerBody | ListBody): ConsumerWish {
  const byProvider: (readonly [string, Amounts])[] = Array.isArray(body.allocations)
    ? (body as ListBody).allocations.map(({ resource_provider, resources }) => [resource_provider.uuid, resources])
    : Object.entries((body as ConsumerBody).allocations).map(([provider, { resources }]) => [provider, resources]);
  return {
    uuid,
    project: body.project_id ?? incomplete,
    user: body.user_id ?? incomplete,
    consumerType: body.consumer_type,
    generation: body.consumer_generation,
    allocations: new Map(byProvider.map(([provider, resources]) => [provider, new Map(Object.entries(resources))])),
  };
}

/** PUT /allocations/{consumer} */
export function putAllocations(call: Call, world: World): Answer {
  const given = call.params.consumer_uuid!;
  if (!isUuidLike(given)) throw badRequest(`Malformed consumer_uuid: ${given}`);
  const uuid = normaliseUuid(given);
  const body = call.body<ConsumerBody | ListBody>();
  const unknownClass = (says: string) => badRequest(`Unable to allocate inventory for consumer ${uuid}: ${says}`);
  return noContent(allocate(world, [wishOf(uuid, body)], call.now, unknownClass));
}

/** POST /allocations: several consumers, all or none. */
export function postAllocations(call: Call, world: World): Answer {
  const bodies = call.body<Record<string, ConsumerBody>>();
  const wishes = Object.entries(bodies).map(([uuid, body]) => wishOf(uuid, body));
  return noContent(allocate(world, wishes, call.now, (says) => badRequest(`Unable to allocate inventory ${says}`)));
}

/** DELETE /allocations/{consumer} */
export const deleteAllocations = ({ params }: Call, world: World): Answer =>
  noContent(release(world, params.consumer_uuid!));

/** GET /allocations/{consumer}: whoever holds nothing, known or not, has an empty answer. */
export function getAllocations({ params, version }: Call, world: World): Answer {
  const consumer = world.consumers.get(params.consumer_uuid!);
  if (consumer === undefined)
    return {
      status: 200,
      body: () => ({ allocations: {} }),
      modified: newestOf([]),
      stamp: world.changed.allocations,
    };
  const stamps = consumer.allocations.map(({ provider }) => provider.changed);
  return {
    status: 200,
    body: () => {
      const allocations: Record<string, { resources: Record<string, number>; generation: number }> = {};
      for (const { provider, classId, amount } of consumer.allocations) {
        allocations[provider.uuid] ??= { resources: {}, generation: provider.generation };
        allocations[provider.uuid]!.resources[world.classes.name(classId)] = amount;
      }
      return { allocations, ...consumerMembers(consumer, version) };
    },
    modified: newestOf(consumer.allocations),
    stamp: Math.max(consumer.changed, world.changed.classes, ...stamps),
  };
}

function consumerMembers(
  consumer: { project: string; user: string; generation: number; consumerType: string | null },
  { has }: Version,
): Record<string, unknown> {
  return {
    ...(has.allocationsByProvider ? { project_id: consumer.project, user_id: consumer.user } : {}),
    ...(has.consumerGeneration ? { consumer_generation: consumer.generation } : {}),
    ...(has.consumerTypes ? { consumer_type: consumer.consumerType ?? "unknown" } : {}),
  };
}

/** GET /resource_providers/{uuid}/allocations */
export function listProviderAllocations({ params, version }: Call, world: World): Answer {
  const uuid = params.uuid!;
  const provider = world.providers.get(uuid);
  if (provider === undefined)
    throw notFound(`Resource provider '${uuid}' not found: No resource provider with uuid ${uuid} found`);
  const all = function* (): Generator<Allocation> {
    for (const held of provider.allocations.values()) yield* held;
  };
  return {
    status: 200,
    body: () => {
      const allocations: Record<string, unknown> = {};
      for (const [consumer, held] of provider.allocations) {
        const resources = Object.fromEntries(held.map(({ classId, amount }) => [world.classes.name(classId), amount]));
        const generation = version.has.consumerGeneration ? { consumer_generation: consumer.generation } : {};
        allocations[consumer.uuid] = { resources, ...generation };
      }
      return { allocations, resource_provider_generation: provider.generation };
    },
    modified: (now) => newestOf(all())(now),
    stamp: Math.max(provider.changed, provider.allocationsChanged, world.changed.classes),
  };
}
