/** Small random worlds and requests: few names, so that they meet. */
import * as fc from "fast-check";
import type { CandidateRequest, RequestGroup } from "../../src/domain/candidates/request.ts";
import { sharingTrait } from "../../src/domain/candidates/sharing.ts";
import { World } from "../../src/domain/world.ts";
import type { Change, InventoryRow } from "../../src/domain/world-change.ts";

const classes = [0, 1, 2];
const traits = [0, 1, 2, 3];
const aggregates = ["agg0", "agg1"];

const inventory: fc.Arbitrary<Omit<InventoryRow, "classId">> = fc.record({
  total: fc.integer({ min: 1, max: 8 }),
  reserved: fc.constantFrom(0, 0, 1),
  minUnit: fc.constantFrom(1, 1, 1, 1, 1, 2),
  maxUnit: fc.constantFrom(1, 2, 4, 4, 8, 8),
  stepSize: fc.constantFrom(1, 1, 1, 1, 1, 2),
  allocationRatio: fc.constantFrom(1, 1, 1.5, 2),
  modified: fc.constant(0),
});

const provider = fc.record({
  parent: fc.option(fc.nat(5), { freq: 4 }),
  inventories: fc.array(fc.option(inventory, { freq: 3 }), { minLength: 3, maxLength: 3 }),
  used: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 3, maxLength: 3 }),
  traits: fc.subarray(traits),
  shares: fc.constantFrom(true, true, false, false, false),
  aggregates: fc.oneof(fc.constant([]), fc.subarray(aggregates)),
});

interface Given {
  readonly parent: number | null;
  readonly inventories: readonly (Omit<InventoryRow, "classId"> | null)[];
  readonly used: readonly number[];
  readonly traits: readonly number[];
  readonly shares: boolean;
  readonly aggregates: readonly string[];
}

function worldOf(providers: readonly Given[]): World {
  const changes: Change[] = [
    ...classes.map((id) => ({ type: "class" as const, id, name: `C${id}`, modified: 0 })),
    { type: "trait", id: 0, name: sharingTrait, modified: 0 },
    ...traits.slice(1).map((id) => ({ type: "trait" as const, id, name: `T${id}`, modified: 0 })),
  ];
  for (const [i, one] of providers.entries()) {
    const uuid = `p${i}`;
    const parent = one.parent === null || i === 0 ? null : `p${one.parent % i}`;
    changes.push(
      { type: "provider", uuid, name: uuid, generation: 0, parent, modified: 0 },
      {
        type: "inventories",
        provider: uuid,
        inventories: classes.flatMap((classId) => {
          const row = one.inventories[classId];
          return row === null || row === undefined ? [] : [{ ...row, classId }];
        }),
      },
      {
        type: "provider-traits",
        provider: uuid,
        traits: one.traits.filter((trait) => trait !== 0 || one.shares),
      },
      { type: "aggregates", provider: uuid, aggregates: one.aggregates },
      {
        type: "consumer",
        uuid: `c${i}`,
        generation: 1,
        project: "project",
        user: "user",
        consumerType: null,
        allocations: classes.flatMap((classId) =>
          one.inventories[classId] && (one.used[classId] ?? 0) > 0
            ? [{ provider: uuid, classId, amount: one.used[classId]!, modified: 0 }]
            : [],
        ),
      },
    );
  }
  const world = new World();
  world.apply(1, changes);
  return world;
}

/** Up to six providers in trees, some of them shared. */
export const worlds: fc.Arbitrary<World> = fc.array(provider, { minLength: 1, maxLength: 6 }).map(worldOf);

/** Trees of more providers that are much alike, which is where a search runs into dead ends. */
export const wideWorlds: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      parent: fc.constantFrom(0, 0, 0, 1, 2),
      total: fc.constantFrom(1, 1, 1, 1, 2),
      twice: fc.boolean(),
      traits: fc.constantFrom([], [], [1], [2], [1, 2]),
    }),
    { minLength: 3, maxLength: 6, size: "max" },
  )
  .map((children) =>
    worldOf(
      children.map(({ parent, total, twice, traits }) => {
        const one = { total, reserved: 0, minUnit: 1, maxUnit: 2, stepSize: 1, allocationRatio: 1, modified: 0 };
        return {
          parent,
          inventories: [one, twice ? one : null, null],
          used: [],
          traits,
          shares: false,
          aggregates: [],
        };
      }),
    ),
  );

const anyOf = <T>(from: readonly T[]) =>
  fc.array(fc.subarray([...from], { minLength: 1, maxLength: 2 }), { maxLength: 1 });
const rarely = <T>(arbitrary: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary });

const resources = (minLength: number) =>
  fc
    .subarray(classes, { minLength, maxLength: 2 })
    .chain((ids) => fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), fc.constantFrom(1, 1, 2)))))
    .map((pairs) => new Map(pairs));

const group = (suffix: string, minClasses: number): fc.Arbitrary<RequestGroup> =>
  fc.record({
    suffix: fc.constant(suffix),
    resources: resources(minClasses),
    required: rarely(anyOf(traits)),
    forbidden: rarely(fc.subarray(traits, { maxLength: 1 })),
    memberOf: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: anyOf(aggregates) }),
    forbiddenAggregates: rarely(fc.subarray(aggregates, { maxLength: 1 })),
    inTree: fc.constantFrom(...Array(12).fill(undefined), "p0", "p0", "p3", "p9"),
  });

/** Any request that the API lets through, of up to three groups. */
export const requests: fc.Arbitrary<CandidateRequest> = fc
  .record({
    groups: fc
      .tuple(
        fc.option(group("", 1), { freq: 3, nil: undefined }),
        fc.option(group("_A", 0), { freq: 2, nil: undefined }),
        fc.option(group("_B", 1), { freq: 1, nil: undefined }),
      )
      .map((groups) => groups.filter((one) => one !== undefined))
      .filter((groups) => groups.some((one) => one.resources.size > 0)),
    groupPolicy: fc.constantFrom("none", "isolate", undefined),
    rootRequired: rarely(fc.subarray(traits, { maxLength: 1 })),
    rootForbidden: rarely(fc.subarray(traits, { maxLength: 1 })),
    sameSubtree: fc.constantFrom<(readonly string[])[]>([], [], [["_A", "_B"]], [["_A"]]),
    limit: fc.constant(undefined),
    nested: fc.constantFrom(true, true, true, true, false),
  })
  .map((request) => ({
    ...request,
    sameSubtree: request.sameSubtree.filter((suffixes) =>
      suffixes.every((suffix) => request.groups.some((one) => one.suffix === suffix)),
    ),
  }));

/** Four to six groups that want much the same. */
export const wideRequests: fc.Arbitrary<CandidateRequest> = fc
  .record({
    granular: fc.array(
      fc.record({
        classId: fc.constantFrom(0, 0, 1),
        amount: fc.constantFrom(1, 1, 2),
        trait: fc.constantFrom(0, 0, 0, 1),
      }),
      { minLength: 3, maxLength: 5, size: "max" },
    ),
    together: fc.constantFrom([], [[1]], [[1], [2]]),
    isolate: fc.boolean(),
    bound: fc.boolean(),
    nested: fc.constantFrom(true, true, true, false),
  })
  .map(({ granular, together, isolate, bound, nested }) => {
    const any = { required: [], forbidden: [], memberOf: [], forbiddenAggregates: [], inTree: undefined };
    const groups: RequestGroup[] = granular.map(({ classId, amount, trait }, i) => ({
      ...any,
      suffix: `_${i}`,
      resources: new Map([[classId, amount]]),
      required: trait === 0 ? [] : [[trait]],
    }));
    groups.push({
      ...any,
      suffix: "",
      required: together,
      resources: new Map([
        [0, 1],
        [1, 1],
      ]),
    });
    return {
      groups,
      groupPolicy: isolate ? "isolate" : "none",
      rootRequired: [],
      rootForbidden: [],
      sameSubtree: bound ? [["_0", "_1", "_2"]] : [],
      limit: undefined,
      nested,
    };
  });
