// What every State must do, whatever database it keeps its facts in.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { World } from "../src/domain/world.ts";
import type { Change } from "../src/domain/world-change.ts";
import type { State } from "../src/storage/state.ts";
import { uuid } from "./service.ts";

export interface StateMaker {
  readonly name: string;
  /** A new, empty database, which can be opened again and again by the function that it gives. */
  create(): { open: () => State; destroy: () => void };
}

const provider = (n: number, more: Partial<Extract<Change, { type: "provider" }>> = {}): Change => ({
  type: "provider",
  uuid: uuid(n),
  name: `provider ${n}`,
  generation: 0,
  parent: null,
  modified: 1000 + n,
  ...more,
});
const vcpu: Change = { type: "class", id: 0, name: "VCPU", modified: 1 };
const trait = (id: number): Change => ({ type: "trait", id, name: `CUSTOM_${id}`, modified: id });
const row = { total: 8, reserved: 1, minUnit: 1, maxUnit: 4, stepSize: 2, allocationRatio: 1.5, modified: 7 };
const inventories = (n: number): Change => ({
  type: "inventories",
  provider: uuid(n),
  inventories: [{ classId: 0, ...row }],
});
const consumer = (n: number, on: number, amount: number): Change => ({
  type: "consumer",
  uuid: uuid(n),
  generation: 1,
  project: "p",
  user: "u",
  consumerType: n % 2 ? "INSTANCE" : null,
  allocations: amount === 0 ? [] : [{ provider: uuid(on), classId: 0, amount, modified: 9 }],
});

/** Everything that readers can see, in the order in which they see it. */
function describeWorld(world: World): unknown {
  return {
    classes: Array.from(world.classes.byId.values(), ({ id, name, modified }) => [id, name, modified]),
    traits: Array.from(world.traits.byId.values(), ({ id, name, modified }) => [id, name, modified]),
    providers: Array.from(world.providers.values(), (one) => ({
      uuid: one.uuid,
      name: one.name,
      generation: one.generation,
      modified: one.modified,
      parent: one.parent?.uuid,
      root: one.root.uuid,
      inventories: Array.from(one.inventories.values(), ({ provider: _, ...inventory }) => inventory),
      traits: [...one.traits],
      aggregates: [...one.aggregates],
      held: Array.from(one.allocations, ([{ uuid: holder }, held]) => [holder, held.map(({ amount }) => amount)]),
    })),
    consumers: Array.from(world.consumers.values(), ({ allocations, changed: _, ...one }) => ({
      ...one,
      allocations: allocations.map(({ classId, amount, modified }) => ({ classId, amount, modified })),
    })),
    usages: [...world.usages.of("p")].map((one) => ({ ...one, amounts: [...one.amounts] })),
  };
}

const keep = (state: State, changes: readonly Change[]): Promise<void> =>
  state.write(() => ({ changes, result: undefined }));

/** A little of everything, in several writes. */
async function fill(state: State): Promise<void> {
  await keep(state, [vcpu, trait(100_000), trait(100_001)]);
  await keep(state, [provider(1), inventories(1)]);
  await keep(state, [provider(2, { parent: uuid(1) }), inventories(2)]);
  await keep(state, [{ type: "provider-traits", provider: uuid(1), traits: [100_001, 100_000] }]);
  await keep(state, [{ type: "aggregates", provider: uuid(2), aggregates: [uuid(78), uuid(77)] }]);
  for (const n of [11, 12, 13]) await keep(state, [consumer(n, 2, n - 10)]);
  await keep(state, [consumer(11, 2, 5)]);
  await keep(state, [consumer(12, 2, 0)]);
  await keep(state, [provider(1, { name: "renamed", generation: 3, modified: 5000 })]);
  await keep(state, [provider(3), { type: "provider-removed", uuid: uuid(3) }]);
}

export function testStateContract({ name, create }: StateMaker): void {
  describe(`State contract: ${name}`, () => {
    const using = (says: string, use: (open: () => State) => Promise<void>) =>
      test(says, async () => {
        const database = create();
        const opened: State[] = [];
        try {
          await use(() => {
            const state = database.open();
            opened.push(state);
            return state;
          });
        } finally {
          for (const state of opened) state.close();
          database.destroy();
        }
      });

    using("a write is seen by every read that follows", async (open) => {
      const state = open();
      assert.equal(state.read().providers.size, 0);
      const seen = await state.write((world) => ({ changes: [provider(1)], result: world.providers.size }));
      assert.equal(seen, 0, "decided by the world before it");
      assert.equal(state.read().providers.get(uuid(1))?.name, "provider 1");
    });

    using("what was kept is there, in the same order, when it is opened again", async (open) => {
      const state = open();
      await fill(state);
      const before = describeWorld(state.read());
      const { number } = state.read();
      state.close();
      const again = open();
      assert.deepEqual(describeWorld(again.read()), before);
      assert.equal(again.read().number, number);
    });

    using("every write that changes something takes the next number", async (open) => {
      const state = open();
      const numbers: number[] = [];
      for (const changes of [[provider(1)], [], [provider(2)]]) {
        await keep(state, changes);
        numbers.push(state.read().number);
      }
      assert.deepEqual(numbers, [numbers[0]!, numbers[0]!, numbers[0]! + 1]);
    });

    using("what decide throws is thrown, and nothing is kept", async (open) => {
      const state = open();
      const refusal = { says: "no" };
      await assert.rejects(
        state.write(() => {
          throw refusal;
        }),
        (error) => error === refusal,
      );
      assert.equal(state.read().number, 0);
    });

    using("writes that come together are judged one after the other", async (open) => {
      const state = open();
      await keep(state, [vcpu, provider(1), inventories(1)]);
      const take = (n: number) =>
        state.write((world) => {
          const used = world.providers.get(uuid(1))!.inventories.get(0)!.used;
          return { changes: used + 2 <= 6 ? [consumer(n, 1, 2)] : [], result: used };
        });
      const used = await Promise.all([20, 21, 22, 23, 24].map(take));
      assert.deepEqual(used, [0, 2, 4, 6, 6]);
      assert.equal(state.read().providers.get(uuid(1))!.inventories.get(0)!.used, 6);
    });

    using("one that fails in between does not touch its neighbours", async (open) => {
      const state = open();
      const results = await Promise.allSettled([
        keep(state, [provider(1)]),
        state.write(() => {
          throw new Error("no");
        }),
        keep(state, [provider(2)]),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ["fulfilled", "rejected", "fulfilled"],
      );
      assert.deepEqual([...state.read().providers.keys()], [uuid(1), uuid(2)]);
    });

    using("what can't be kept is refused, and the world goes back to what is", async (open) => {
      const state = open();
      await keep(state, [provider(1)]);
      const clash = keep(state, [provider(2, { name: "provider 1" })]);
      await assert.rejects(clash, { name: "StateFailure" });
      assert.deepEqual([...state.read().providers.keys()], [uuid(1)]);
      await keep(state, [provider(3)]);
      assert.deepEqual([...state.read().providers.keys()], [uuid(1), uuid(3)]);
    });

    using("two on one database see each other's writes and never disagree", async (open) => {
      const [one, two] = [open(), open()];
      await keep(one, [vcpu, provider(1), inventories(1)]);
      assert.equal(two.read().providers.size, 1);
      const take = (state: State, n: number) =>
        state.write((world) => {
          const { used } = world.providers.get(uuid(1))!.inventories.get(0)!;
          return { changes: used < 5 ? [consumer(n, 1, 1)] : [], result: used < 5 };
        });
      const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => take(n % 2 ? one : two, 100 + n)));
      assert.equal(taken.filter(Boolean).length, 5);
      assert.deepEqual(describeWorld(one.read()), describeWorld(two.read()));
    });

    using("each opening begins a new count, for all who have it open", async (open) => {
      const one = open();
      const first = one.id;
      const two = open();
      assert.notEqual(two.id, first);
      one.read();
      assert.equal(one.id, two.id);
      await keep(one, [provider(1)]);
      two.read();
      assert.equal(one.id, two.id);
    });

    using("one that was away for long catches up", async (open) => {
      const [writer, reader] = [open(), open()];
      await keep(writer, [vcpu, provider(1), inventories(1)]);
      reader.read();
      for (let from = 0; from < 11_000; from += 100)
        await Promise.all(
          Array.from({ length: 100 }, (_, n) => keep(writer, [consumer(200, 1, ((from + n) % 4) + 1)])),
        );
      assert.deepEqual(describeWorld(reader.read()), describeWorld(writer.read()));
      assert.equal(reader.read().number, writer.read().number);
    });

    using("after close nothing is taken in any more", async (open) => {
      const state = open();
      const last = keep(state, [provider(1)]);
      state.close();
      await last;
      await assert.rejects(keep(state, [provider(2)]), { name: "StateFailure" });
      assert.equal(open().read().providers.size, 1, "what was under way is kept");
    });
  });
}
