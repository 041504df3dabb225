import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields, type StoredResponse } from "@larder/core";
import fc from "fast-check";
import type { Store } from "../src/store.ts";
import { octets, readAll, response, type StoreMaker, written } from "./store-helpers.ts";

/** The same histories on the store and on a model that is plainly right. */
export function storeHistories(name: string, maker: StoreMaker): void {
  const key = fc.constantFrom("a", "b", "c");
  const pick = fc.nat(1000);
  const step = fc.oneof(
    fc.record({ does: fc.constant("put" as const), key, size: fc.constantFrom(0, 10, 70_000), time: fc.nat(5), pick }),
    fc.record({ does: fc.constant("replace" as const), key, size: fc.constantFrom(5, 80_000), time: fc.nat(5), pick }),
    fc.record({ does: fc.constant("freshen" as const), key, time: fc.nat(9), pick }),
    fc.record({ does: fc.constant("share" as const), key, time: fc.nat(5), pick, replaces: fc.boolean() }),
    fc.record({ does: fc.constant("remove" as const), key, pick }),
    fc.record({ does: fc.constant("abort" as const), key }),
    fc.record({ does: fc.constant("reopen" as const), key }),
  );
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  /** Newest put first. The model's whole rule for order: a stable sort by response time. */
  class Model {
    kept: { stored: StoredResponse; content: Uint8Array }[] = [];
    list = (cacheKey: string) =>
      this.kept
        .filter(({ stored }) => stored.cacheKey === cacheKey)
        .sort((a, b) => b.stored.responseTime - a.stored.responseTime);
  }

  async function take(given: Step, store: Store, model: Model): Promise<Store> {
    const there = model.list(given.key);
    const chosen = "pick" in given && there.length > 0 ? there[given.pick % there.length] : undefined;
    switch (given.does) {
      case "put":
      case "replace": {
        const content = octets(given.size, given.pick % 3);
        const stored = response(content, { cacheKey: given.key, responseTime: given.time });
        const replaces = given.does === "replace" && chosen ? [chosen.stored] : [];
        await store.put(stored, await written(store, content), replaces);
        model.kept = [{ stored, content }, ...model.kept.filter((other) => !replaces.includes(other.stored))];
        return store;
      }
      case "freshen": {
        if (chosen === undefined) return store;
        const stored = { ...chosen.stored, responseTime: given.time, fields: Fields.of(["N", `${given.pick}`]) };
        await store.put(stored);
        model.kept = model.kept.map((other) => (other === chosen ? { ...chosen, stored } : other));
        return store;
      }
      case "share": {
        if (chosen === undefined) return store;
        const { content } = chosen;
        const stored = response(content, { cacheKey: given.key, responseTime: given.time });
        const replaces = given.replaces ? [chosen.stored] : [];
        await store.put(stored, { as: chosen.stored }, replaces);
        model.kept = [{ stored, content }, ...model.kept.filter((other) => !replaces.includes(other.stored))];
        return store;
      }
      case "remove":
        if (chosen === undefined) return store;
        await store.remove([chosen.stored]);
        model.kept = model.kept.filter((other) => other !== chosen);
        return store;
      case "abort": {
        const writer = store.create({});
        await writer.write(octets(100_000));
        writer.abort(new Error("enough"));
        return store;
      }
      case "reopen":
        return maker.reopen(store);
    }
  }

  async function agrees(store: Store, model: Model, cacheKey: string): Promise<void> {
    const listed = await store.list(cacheKey);
    const expected = model.list(cacheKey);
    const text = (stored: StoredResponse) => JSON.stringify([stored.id, stored.responseTime, stored.fields.raw]);
    assert.deepEqual(
      listed.map(text),
      expected.map(({ stored }) => text(stored)),
    );
    for (const { stored, content } of expected)
      assert.deepEqual(await readAll((await store.open(stored))!), Buffer.from(content));
  }

  describe(`${name}: histories`, () => {
    test("any history ends as the model's", () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          let store = await maker.make({ maxBytes: 100 << 20 });
          const model = new Model();
          try {
            for (const given of steps) {
              store = await take(given, store, model);
              await agrees(store, model, given.key);
            }
            assert.equal(store.size().responses, model.kept.length);
          } finally {
            await maker.dispose(store);
          }
        }),
        { numRuns: 40 },
      ));

    test("what came together stays in the order in which it was put, newest first, after freshening too", async () => {
      let store = await maker.make({ maxBytes: 100 << 20 });
      const model = new Model();
      const steps: readonly Step[] = [
        { does: "put", key: "c", size: 10, time: 2, pick: 0 },
        { does: "put", key: "c", size: 0, time: 0, pick: 0 },
        { does: "freshen", key: "c", time: 2, pick: 1 },
      ];
      try {
        for (const given of steps) {
          store = await take(given, store, model);
          await agrees(store, model, "c");
        }
      } finally {
        await maker.dispose(store);
      }
    });

    test("a bounded store holds less, never more or something else, and what was used last stays", () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          let store = await maker.make({ maxBytes: 200_000 });
          const model = new Model();
          try {
            for (const given of steps) {
              store = await take(given, store, model);
              assert.ok(store.size().bytes <= 200_000);
              for (const key of ["a", "b", "c"]) {
                const expected = model.list(key).map(({ stored }) => stored.id);
                const listed = (await store.list(key)).map(({ id }) => id);
                assert.deepEqual(
                  listed,
                  expected.filter((id) => listed.includes(id)),
                );
                for (const { stored, content } of model.list(key))
                  if (listed.includes(stored.id))
                    assert.deepEqual(await readAll((await store.open(stored))!), Buffer.from(content));
              }
              const last = given.does === "put" || given.does === "replace" ? model.kept[0]!.stored : undefined;
              if (last) assert.ok((await store.list(last.cacheKey)).some(({ id }) => id === last.id));
            }
          } finally {
            await maker.dispose(store);
          }
        }),
        { numRuns: 40 },
      ));

    test("writers and readers at the same time don't meet", async () => {
      const store = await maker.make({ maxBytes: 32 << 20 });
      await Promise.all(
        Array.from({ length: 40 }, async (_, seed) => {
          const content = octets(50_000 + seed * 3_000, seed);
          const writer = store.create({ length: content.length });
          const readers = [readAll(writer.content), readAll(writer.content, { first: seed, last: 60_000 })];
          for (let at = 0; at < content.length; at += 7_000) await writer.write(content.slice(at, at + 7_000));
          await writer.finish();
          const stored = response(content, { cacheKey: `key-${seed % 7}` });
          await store.put(stored, writer);
          const opened = await Promise.resolve(store.open(stored));
          assert.deepEqual(await readers[0], Buffer.from(content));
          assert.deepEqual(await readers[1], Buffer.from(content.subarray(seed, 60_001)));
          assert.deepEqual(await readAll(opened!), Buffer.from(content));
        }),
      );
      assert.equal(store.size().responses, 40);
      await maker.dispose(store);
    });
  });
}
