import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { findCandidates } from "../../src/domain/candidates/find.ts";
import type { CandidateRequest } from "../../src/domain/candidates/request.ts";
import { World } from "../../src/domain/world.ts";
import type { Change, InventoryRow } from "../../src/domain/world-change.ts";
import { requests, wideRequests, wideWorlds, worlds } from "./arbitrary.ts";
import { allCandidates, canonical } from "./definition.ts";

const texts = (...args: Parameters<typeof findCandidates>): string[] =>
  findCandidates(...args).map(({ allocations, mappings }) => canonical(allocations, mappings));

describe("MAP §6 candidates: the search finds what the definition says", () => {
  test("the same set, each once, however it goes about it", () => {
    fc.assert(
      fc.property(
        worlds,
        requests,
        fc.record({ strategy: fc.constantFrom("depth-first", "breadth-first") }),
        (world, request, options) => {
          assert.deepEqual(texts(world, request, options).toSorted(), [...allCandidates(world, request)].sort());
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("remembering dead ends leaves nothing out", () => {
    fc.assert(
      fc.property(wideWorlds, wideRequests, (world, request) => {
        const remembering = texts(world, request, { patience: 0 });
        assert.deepEqual(remembering.toSorted(), texts(world, request, { patience: Number.POSITIVE_INFINITY }).sort());
      }),
      { numRuns: 400 },
    );
  });

  test("with a limit, so many of them; the maximum cuts before", () => {
    const randoms = fc.option(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), {
      nil: undefined,
    });
    fc.assert(
      fc.property(worlds, requests, fc.nat(4), fc.nat(4), randoms, (world, request, less, max, stream) => {
        const all = allCandidates(world, request);
        const random = stream === undefined ? undefined : () => stream.next().value;
        const found = texts(world, { ...request, limit: less + 1 }, { maxCandidates: max + 1, random });
        assert.equal(found.length, Math.min(all.size, less + 1, max + 1));
        assert.equal(new Set(found).size, found.length);
        for (const text of found) assert.ok(all.has(text), text);
      }),
      { numRuns: 500 },
    );
  });
});

/** `children` equal providers with one unit each (or `row`) under one root, and groups that want one unit. */
function wide(
  children: number,
  groups: number,
  over: Partial<CandidateRequest>,
  row: Partial<InventoryRow> = {},
): [World, CandidateRequest] {
  const unit = { reserved: 0, minUnit: 1, stepSize: 1, allocationRatio: 1, modified: 0, total: 1, maxUnit: 1, ...row };
  const changes: Change[] = [{ type: "provider", uuid: "r", name: "r", generation: 0, parent: null, modified: 0 }];
  for (let i = 0; i < children; i++) {
    const uuid = `c${i}`;
    changes.push({ type: "provider", uuid, name: uuid, generation: 0, parent: "r", modified: 0 });
    changes.push({ type: "inventories", provider: uuid, inventories: [{ ...unit, classId: 0 }] });
  }
  const world = new World();
  world.apply(1, changes);
  const group = { required: [], forbidden: [], memberOf: [], forbiddenAggregates: [], inTree: undefined };
  const request: CandidateRequest = {
    groups: Array.from({ length: groups }, (_, i) => ({ ...group, suffix: `_${i}`, resources: new Map([[0, 1]]) })),
    groupPolicy: "none",
    rootRequired: [],
    rootForbidden: [],
    sameSubtree: [],
    limit: 10,
    nested: true,
    ...over,
  };
  return [world, request];
}

describe("MAP §11 candidates: wide trees of equal providers do not explode", () => {
  // each row would take between minutes and the age of the universe if the orders of equal children were tried
  const rows: readonly [string, ReturnType<typeof wide>, number][] = [
    ["8 children, 6 groups", wide(8, 6, {}), 10],
    ["40 children, 40 groups", wide(40, 40, {}), 10],
    ["16 children, 17 groups: one too many", wide(16, 17, {}), 0],
    ["16 children, 17 groups, each on its own", wide(16, 17, { groupPolicy: "isolate" }), 0],
    ["10 children, 11 groups, in trees unknown", wide(10, 11, { nested: false }), 0],
    ["200 children, 100 groups of one subtree that nobody tops", wide(200, 100, { sameSubtree: [["_1", "_2"]] }), 0],
    ["all of 8 children for 4 groups", wide(8, 4, { limit: undefined }), 8 * 7 * 6 * 5],
    ["a maximum without a limit", wide(8, 8, { limit: undefined }), 8 * 7 * 6 * 5 * 4 * 3 * 2],
  ];
  for (const [says, [world, request], count] of rows)
    test(says, () => assert.equal(findCandidates(world, request).length, count));
});

describe("issue 6 bad input: a request that is too hard", () => {
  // enough of everything, but seven does not go into three and five
  const [world, request] = wide(16, 0, {}, { total: 7, maxUnit: 7 });
  const resources = (i: number) => new Map([[0, i % 2 === 0 ? 3 : 5]]);
  const groups = wide(1, 24, {})[1].groups.map((group, i) => ({ ...group, resources: resources(i) }));
  test("nothing found and not everything looked at: refused, for an empty list would be a lie", () =>
    assert.throws(() => findCandidates(world, { ...request, groups }, { steps: 1000 }), { status: 400 }));
  test("with more time: nothing found", () => assert.deepEqual(findCandidates(world, { ...request, groups }), []));
  test("something found: the answer is what was found", () => {
    const [rich, all] = wide(16, 8, { limit: 1000 });
    const found = findCandidates(rich, all, { steps: 100 }).length;
    assert.ok(found > 0 && found < 1000, `${found}`);
  });
});
