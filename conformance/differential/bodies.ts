// Bodies of requests, in the shape that a microversion wants, and now and then in another.
import * as fc from "fast-check";
import { bent, mostly } from "./call.ts";
import * as pool from "./pools.ts";

/** Generation of a provider, known when the request is sent (see send.ts); sometimes a wrong one. */
export const generationOf = (uuid: string): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(`@generation:${uuid}@`) },
    { weight: 2, arbitrary: fc.nat(5) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, "1", 1.5, -1) },
  );

const amount = fc.constantFrom(1, 1, 2, 2, 3, 4, 8);

export const inventory: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    total: mostly<unknown>(fc.constantFrom(1, 2, 4, 8, 16, 100), fc.constantFrom<unknown>(0, -1, "8", 2 ** 31, 4.5)),
    reserved: fc.option(mostly<unknown>(fc.constantFrom(0, 0, 1, 2), fc.constantFrom<unknown>(16, -1)), { freq: 2 }),
    min_unit: fc.option(mostly<unknown>(fc.constantFrom(1, 1, 2), fc.constantFrom<unknown>(0, 1000)), { freq: 2 }),
    max_unit: fc.option(mostly<unknown>(fc.constantFrom(1, 2, 8, 100), fc.constant(0)), { freq: 2 }),
    step_size: fc.option(mostly<unknown>(fc.constantFrom(1, 1, 2), fc.constant(0)), { freq: 2 }),
    allocation_ratio: fc.option(
      mostly<unknown>(fc.constantFrom(1, 1, 1.5, 2, 16), fc.constantFrom<unknown>(0, 0.1, -1)),
      {
        freq: 2,
      },
    ),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)));

const inventoryMap = fc
  .uniqueArray(fc.tuple(pool.anyClassName, inventory), { maxLength: 3, selector: ([name]) => name })
  .map(Object.fromEntries);

export const inventories = (uuid: string): fc.Arbitrary<Record<string, unknown>> =>
  bent(fc.record({ resource_provider_generation: generationOf(uuid), inventories: inventoryMap }));

const resources = fc
  .uniqueArray(fc.tuple(pool.anyClassName, mostly<unknown>(amount, fc.constantFrom<unknown>(0, -1, "1", 1000))), {
    minLength: 1,
    maxLength: 2,
    selector: ([name]) => name,
  })
  .map(Object.fromEntries);

const byProvider = fc
  .uniqueArray(fc.tuple(pool.providerUuid, resources), { minLength: 1, maxLength: 2, selector: ([uuid]) => uuid })
  .map((pairs) => Object.fromEntries(pairs.map(([uuid, given]) => [uuid, { resources: given }])));

const asList = byProvider.map((map) =>
  Object.entries(map).map(([uuid, given]) => ({ resource_provider: { uuid }, ...given })),
);

/** What a consumer's allocations look like at a minor version; `post` = inside of POST /allocations and the reshaper. */
export const allocations = (minor: number, consumer: string, post: boolean): fc.Arbitrary<Record<string, unknown>> => {
  const shape: Record<string, fc.Arbitrary<unknown>> = {
    allocations:
      minor < 12 && !post
        ? asList
        : fc.oneof(
            { weight: 8, arbitrary: byProvider },
            { weight: post || minor >= 28 ? 2 : 0, arbitrary: fc.constant({}) },
          ),
  };
  if (minor >= 8) Object.assign(shape, { project_id: pool.project, user_id: pool.user });
  if (minor >= 28)
    shape.consumer_generation = mostly<unknown>(
      fc.constant(`@generation:${consumer}@`),
      fc.constantFrom<unknown>(null, 0, 1, 7, "1"),
    );
  if (minor >= 34)
    shape.mappings = fc.option(mostly<unknown>(fc.constant({ "": [pool.providerUuids[0]] }), fc.constant({})), {
      nil: undefined,
    });
  if (minor >= 38) shape.consumer_type = mostly(pool.consumerType, fc.constantFrom("unknown", "instance"));
  return bent(fc.record(shape));
};

export const manyAllocations = (minor: number): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .uniqueArray(pool.consumerUuid, { minLength: 1, maxLength: 3 })
    .chain((consumers) =>
      fc.tuple(...consumers.map((one) => fc.tuple(fc.constant(one), allocations(minor, one, true)))),
    )
    .map(Object.fromEntries);

export const reshape = (minor: number): fc.Arbitrary<Record<string, unknown>> =>
  bent(
    fc.record({
      inventories: fc
        .uniqueArray(pool.providerUuid, { minLength: 1, maxLength: 2 })
        .chain((uuids) => fc.tuple(...uuids.map((uuid) => fc.tuple(fc.constant(uuid), inventories(uuid)))))
        .map(Object.fromEntries),
      allocations: fc.oneof(fc.constant({}), manyAllocations(minor)),
    }),
  );
