import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { World } from "../src/domain/world.ts";
import type {
  AllocationRow,
  Change,
  ConsumerFact,
  InventoriesFact,
  InventoryRow,
  ProviderFact,
} from "../src/domain/world-change.ts";
import type { Provider } from "../src/domain/world-model.ts";

const uuids = ["a", "b", "c", "d"];
const consumers = ["x", "y", "z"];
const row: InventoryRow = {
  classId: 0,
  total: 10,
  reserved: 1,
  minUnit: 1,
  maxUnit: 5,
  stepSize: 1,
  allocationRatio: 1.5,
  modified: 0,
};

/** The facts that hold now, without any index: what a database has in its rows. */
class Rows {
  readonly providers = new Map<string, ProviderFact>();
  readonly inventories = new Map<string, readonly InventoryRow[]>();
  readonly traits = new Map<string, readonly number[]>();
  readonly aggregates = new Map<string, readonly string[]>();
  readonly consumers = new Map<string, ConsumerFact>();

  /** A snapshot, children before their parents as well. */
  snapshot(): Change[] {
    return [
      ...[...this.providers.values()].reverse(),
      ...[...this.inventories].map(([provider, inventories]) => ({
        type: "inventories" as const,
        provider,
        inventories,
      })),
      ...[...this.traits].map(([provider, traits]) => ({ type: "provider-traits" as const, provider, traits })),
      ...[...this.aggregates].map(([provider, aggregates]) => ({ type: "aggregates" as const, provider, aggregates })),
      ...this.consumers.values(),
    ];
  }

  /** Turns a wish into the change that may happen now, as the rules of the API would let it; undefined = none. */
  take(wish: Change): Change | undefined {
    switch (wish.type) {
      case "provider": {
        const parent = wish.parent !== null && this.#free(wish.parent, wish.uuid) ? wish.parent : null;
        const fact = { ...wish, parent };
        this.providers.set(wish.uuid, fact);
        return fact;
      }
      case "provider-removed":
        if (!this.providers.has(wish.uuid)) return undefined;
        for (const { parent } of this.providers.values()) if (parent === wish.uuid) return undefined;
        for (const { allocations } of this.consumers.values())
          if (allocations.some(({ provider }) => provider === wish.uuid)) return undefined;
        for (const table of [this.providers, this.inventories, this.traits, this.aggregates]) table.delete(wish.uuid);
        return wish;
      case "inventories":
        if (!this.providers.has(wish.provider)) return undefined;
        this.inventories.set(wish.provider, wish.inventories);
        return wish;
      case "provider-traits":
        if (!this.providers.has(wish.provider)) return undefined;
        this.traits.set(wish.provider, wish.traits);
        return wish;
      case "aggregates":
        if (!this.providers.has(wish.provider)) return undefined;
        this.aggregates.set(wish.provider, wish.aggregates);
        return wish;
      case "consumer": {
        const allocations = wish.allocations.filter(({ provider }) => this.providers.has(provider));
        const fact = { ...wish, allocations };
        if (allocations.length === 0) this.consumers.delete(wish.uuid);
        else this.consumers.set(wish.uuid, fact);
        return fact;
      }
      default:
        return undefined;
    }
  }

  #free(parent: string, child: string): boolean {
    for (let at: string | null = parent; at !== null; at = this.providers.get(at)!.parent) {
      if (at === child || !this.providers.has(at)) return false;
    }
    return true;
  }
}

const provider: fc.Arbitrary<ProviderFact> = fc.record({
  type: fc.constant("provider" as const),
  uuid: fc.constantFrom(...uuids),
  name: fc.constantFrom("one", "two"),
  generation: fc.nat(3),
  parent: fc.option(fc.constantFrom(...uuids)),
  modified: fc.nat(3),
});
const inventories: fc.Arbitrary<InventoriesFact> = fc.record({
  type: fc.constant("inventories" as const),
  provider: fc.constantFrom(...uuids),
  inventories: fc.subarray([{ ...row, classId: 2 }, row, { ...row, classId: 1, total: 3 }]),
});
const allocations: fc.Arbitrary<AllocationRow[]> = fc.uniqueArray(
  fc.record({
    provider: fc.constantFrom(...uuids),
    classId: fc.nat(2),
    amount: fc.integer({ min: 1, max: 3 }),
    modified: fc.constant(0),
  }),
  { maxLength: 3, selector: (one) => `${one.provider} ${one.classId}` },
);
const consumer: fc.Arbitrary<ConsumerFact> = fc.record({
  type: fc.constant("consumer" as const),
  uuid: fc.constantFrom(...consumers),
  generation: fc.nat(3),
  project: fc.constantFrom("p", "q"),
  user: fc.constantFrom("u", "v"),
  consumerType: fc.constantFrom(null, "INSTANCE"),
  allocations,
});
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: provider },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("provider-removed"), uuid: fc.constantFrom(...uuids) }) },
  { weight: 2, arbitrary: inventories },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("provider-traits"),
      provider: fc.constantFrom(...uuids),
      traits: fc.subarray([5, 1, 3]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("aggregates"),
      provider: fc.constantFrom(...uuids),
      aggregates: fc.subarray(["g", "h"]),
    }),
  },
  { weight: 3, arbitrary: consumer },
);

const histories = fc.array(changes, { maxLength: 40, size: "max" });

const names = (providers: Iterable<Provider>) => [...providers].map(({ uuid }) => uuid).sort();

/** What the answers about one provider show, part by part. */
function parts(world: World, one: Provider): Record<string, [stamp: number, shows: string]> {
  const { changed, inventoriesChanged, traitsChanged, aggregatesChanged, allocationsChanged } = one;
  const holders = [...one.allocations].map(([{ uuid, generation }, held]) => [
    uuid,
    generation,
    held.map(({ classId, amount }) => [classId, amount]),
  ]);
  const shows = (value: unknown) => JSON.stringify(value);
  return {
    record: [changed, shows([one.name, one.generation, one.parent?.uuid, one.root.uuid, one.modified])],
    inventories: [
      inventoriesChanged,
      shows([...one.inventories.values()].map((i) => [i.classId, i.total, i.modified])),
    ],
    traits: [traitsChanged, shows([...one.traits])],
    aggregates: [aggregatesChanged, shows([...one.aggregates])],
    allocations: [allocationsChanged, shows(holders.sort())],
    usages: [
      Math.max(allocationsChanged, inventoriesChanged),
      shows([...one.inventories.values()].map(({ classId, used }) => [classId, used])),
    ],
    indexes: [world.number, shows([world.providerNamed(one.name)?.uuid, names(one.tree)])],
  };
}

/** Everything, as text: two worlds that answer alike look alike. */
function everything(world: World): string {
  return JSON.stringify({
    providers: [...world.providers.values()]
      .map((one) => [one.uuid, Object.entries(parts(world, one)).map(([part, [, shows]]) => [part, shows])])
      .sort(),
    classes: [0, 1, 2].map((id) => names(world.withClass(id))),
    traits: [1, 3, 5].map((id) => names(world.withTrait(id))),
    aggregates: ["g", "h"].map((uuid) => names(world.inAggregate(uuid))),
    consumers: [...world.consumers.values()].map(({ uuid, allocations }) => [uuid, allocations.length]).sort(),
    usages: ["p", "q"].map((project) =>
      [...world.usages.of(project)]
        .map(({ user, consumerType, consumers, amounts }) => [user, `${consumerType}`, consumers, [...amounts].sort()])
        .sort(),
    ),
  });
}

/** Applies what the rules let through, one number each; names stay unique as the API keeps them. */
function play(wishes: readonly Change[], after: (world: World, rows: Rows, number: number) => void): void {
  const world = new World();
  world.settle(0);
  const rows = new Rows();
  let number = 0;
  for (const wish of wishes) {
    const named = wish.type === "provider" ? { ...wish, name: `${wish.name} ${wish.uuid}` } : wish;
    const change = rows.take(named);
    if (change === undefined) continue;
    world.apply(++number, [change]);
    after(world, rows, number);
  }
}

describe("DESIGN placement: the world in memory", () => {
  test("change by change it becomes what a snapshot of the rows gives", () => {
    fc.assert(
      fc.property(histories, (wishes) => {
        play(wishes, (world, rows, number) => {
          const fresh = new World();
          fresh.apply(number, rows.snapshot());
          fresh.settle(number);
          assert.equal(everything(world), everything(fresh));
        });
      }),
      { numRuns: 300 },
    );
  });

  test("what is used is the sum of the allocations, with or without an inventory in between", () => {
    fc.assert(
      fc.property(histories, (wishes) => {
        play(wishes, (world, rows) => {
          for (const one of world.providers.values())
            for (const { classId, used } of one.inventories.values()) {
              const held = [...rows.consumers.values()].flatMap((c) => c.allocations);
              const mine = held.filter((a) => a.provider === one.uuid && a.classId === classId);
              assert.equal(
                used,
                mine.reduce((sum, { amount }) => sum + amount, 0),
              );
            }
        });
      }),
      { numRuns: 300 },
    );
  });

  test("what an answer shows never changes without its stamp", () => {
    fc.assert(
      fc.property(histories, (wishes) => {
        const seen = new Map<string, string>();
        play(wishes, (world) => {
          for (const one of world.providers.values())
            for (const [part, [stamp, shows]] of Object.entries(parts(world, one))) {
              const key = `${one.uuid} ${part} ${stamp}`;
              assert.equal(seen.get(key) ?? shows, shows, key);
              seen.set(key, shows);
            }
          for (const { uuid, changed, allocations } of world.consumers.values()) {
            const shows = JSON.stringify(allocations.map((a) => [a.provider.uuid, a.classId, a.amount]));
            assert.equal(seen.get(`${uuid} ${changed}`) ?? shows, shows);
            seen.set(`${uuid} ${changed}`, shows);
          }
          for (const project of ["p", "q"]) {
            const shows = JSON.stringify([...world.usages.of(project)].map(({ amounts }) => [...amounts]));
            const key = `${project} ${world.usages.changed(project)}`;
            assert.equal(seen.get(key) ?? shows, shows, key);
            seen.set(key, shows);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  test("classes and traits stand in the order of their ids, also when a standard one comes late", () => {
    const world = new World();
    const put = (id: number, name: string) => ({ type: "class" as const, id, name, modified: 0 });
    world.apply(1, [put(0, "VCPU"), put(10000, "CUSTOM_A"), put(1, "MEMORY_MB"), put(10000, "CUSTOM_B")]);
    assert.deepEqual(
      [...world.classes.byId.values()].map(({ name }) => name),
      ["VCPU", "MEMORY_MB", "CUSTOM_B"],
    );
    assert.equal(world.classes.id("CUSTOM_A"), undefined);
    world.apply(2, [{ type: "class-removed", id: 0 }]);
    assert.equal(world.classes.named("VCPU"), undefined);
  });

  test("capacity is the integer part of what is not reserved times the ratio", () => {
    const world = new World();
    const only = { ...row, total: 7, reserved: 2, allocationRatio: 0.5 };
    world.apply(1, [
      { type: "provider", uuid: "a", name: "a", generation: 0, parent: null, modified: 0 },
      { type: "inventories", provider: "a", inventories: [only] },
    ]);
    assert.equal(world.providers.get("a")!.inventories.get(0)!.capacity, 2);
  });
});
