import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { cacheGroups, Fields, type StoredResponse } from "@larder/core";
import type { Store, Walk } from "../src/store.ts";
import { contentContract } from "./content-contract.ts";
import { idsOf, keep, octets, readAll, response, type StoreMaker, written } from "./store-helpers.ts";
import { storeHistories } from "./store-histories.ts";

/** What every store does. */
export function storeContract(name: string, maker: StoreMaker): void {
  contentContract(name, maker);
  storeHistories(name, maker);

  describe(`${name}: responses`, () => {
    let store: Store;
    let cacheKey = "";
    let keys = 0;
    before(async () => {
      store = await maker.make({ maxBytes: 16 << 20 });
    });
    beforeEach(() => {
      cacheKey = `https://index.example/${keys++}`;
    });
    after(() => maker.dispose(store));
    const content = octets(50);

    test("an unknown key has none", async () => {
      assert.deepEqual(await store.list(cacheKey), []);
      assert.equal(await store.open(response(content)), undefined);
    });

    const heads: [says: string, given: Partial<StoredResponse>][] = [
      ["plain", {}],
      ["no fields", { fields: Fields.empty, status: 404, method: "POST" }],
      [
        "repeated and odd fields",
        { fields: Fields.of(["Set-Cookie", "a=1"], ["set-cookie", "é\u00ff\u2028"], ["X", ""]) },
      ],
      [
        "varying, absent and empty",
        {
          varying: [
            ["accept", undefined],
            ["accept-encoding", ""],
            ["b", "gzip"],
          ],
        },
      ],
      ["times", { requestTime: 1, responseTime: 1_790_000_000_123, contentSince: 1_790_000_000_122.5 }],
      ["when its content came, and when its upstream was caught", { verifiedAt: 5, caughtAt: 1_790_000_000_123 }],
      ["invalid", { invalid: true }],
      ["an odd id", { id: "1'; DROP TABLE responses; --\u0000é" }],
    ];
    for (const [says, given] of heads)
      test(`a head comes back as it was put: ${says}`, async () => {
        const stored = await keep(store, content, { cacheKey, ...given });
        assert.deepEqual(plain(await store.list(cacheKey)), plain([stored]));
        store = await maker.reopen(store);
        assert.deepEqual(plain(await store.list(cacheKey)), plain([stored]));
        assert.deepEqual(await readAll((await store.open(stored))!), Buffer.from(content));
      });

    test("newest first: by response time, then by when they were put", async () => {
      for (const [id, responseTime] of [
        ["a", 5],
        ["b", 9],
        ["c", 1],
        ["d", 5],
      ] as const)
        await keep(store, content, { id: cacheKey + id, cacheKey, responseTime });
      assert.deepEqual(
        await idsOf(store, cacheKey),
        ["b", "d", "a", "c"].map((id) => cacheKey + id),
      );
      store = await maker.reopen(store);
      assert.deepEqual(
        await idsOf(store, cacheKey),
        ["b", "d", "a", "c"].map((id) => cacheKey + id),
      );
    });

    test("a new head keeps the content", async () => {
      const stored = await keep(store, content, { cacheKey });
      const freshened = { ...stored, responseTime: 2_000, fields: Fields.of(["Age", "7"]) };
      await store.put(freshened);
      assert.deepEqual(plain(await store.list(cacheKey)), plain([freshened]));
      assert.deepEqual(await readAll((await store.open(freshened))!), Buffer.from(content));
      store = await maker.reopen(store);
      assert.deepEqual(plain(await store.list(cacheKey)), plain([freshened]));
    });

    test("a head whose response is gone brings nothing back", async () => {
      const stored = await keep(store, content, { cacheKey });
      await store.remove([stored]);
      await store.put({ ...stored, responseTime: 2_000 });
      assert.deepEqual(await store.list(cacheKey), []);
    });

    test("what is replaced goes, under this key and others, and the rest stays", async () => {
      const other = `${cacheKey}/other`;
      const [a, b] = [await keep(store, content, { cacheKey }), await keep(store, content, { cacheKey })];
      const elsewhere = await keep(store, content, { cacheKey: other });
      const c = await keep(store, octets(60), { cacheKey }, [a, elsewhere]);
      assert.deepEqual(await idsOf(store, cacheKey), [c.id, b.id]);
      assert.deepEqual(await store.list(other), []);
      await store.put({ ...b, responseTime: 5_000 }, undefined, [b, c]);
      assert.deepEqual(await idsOf(store, cacheKey), [b.id]);
      assert.deepEqual(await readAll((await store.open(b))!), Buffer.from(content));
    });

    test("responses with equal content live and go on their own", async () => {
      for (const size of [100, 200_000]) {
        const same = octets(size);
        const [a, b] = [await keep(store, same, { cacheKey }), await keep(store, same, { cacheKey })];
        await store.remove([a]);
        assert.deepEqual(await readAll((await store.open(b))!), Buffer.from(same));
        store = await maker.reopen(store);
        assert.deepEqual(await readAll((await store.open(b))!), Buffer.from(same));
      }
    });

    test("the content of one that is there serves another, without being kept twice; each goes on its own", async () => {
      for (const size of [0, 100, 200_000]) {
        const same = octets(size, 7);
        const a = await keep(store, same, { cacheKey });
        const bytes = store.size().bytes;
        const b = response(same, { cacheKey, varying: [["b", "1"]] });
        await store.put(b, { as: a });
        assert.deepEqual(await idsOf(store, cacheKey), [b.id, a.id]);
        if (!maker.copies) assert.ok(store.size().bytes - bytes < 2_000, "its octets count once");
        await store.put({ ...b, responseTime: 2_000 }, { as: b });
        await store.remove([a]);
        assert.deepEqual(await readAll((await store.open(b))!), Buffer.from(same));
        store = await maker.reopen(store);
        assert.deepEqual(plain(await store.list(cacheKey)), plain([{ ...b, responseTime: 2_000 }]));
        assert.deepEqual(await readAll((await store.open(b))!), Buffer.from(same));
        const c = response(same, { cacheKey });
        await store.put(c, { as: b }, [b]);
        assert.deepEqual(await idsOf(store, cacheKey), [c.id]);
        assert.deepEqual(await readAll((await store.open(c))!), Buffer.from(same));
        await store.remove([c]);
        assert.equal(await store.open(c), undefined);
      }
    });

    test("content that is gone makes no other response; what that replaces goes", async () => {
      const [a, b] = [await keep(store, content, { cacheKey }), await keep(store, octets(60), { cacheKey })];
      await store.remove([a]);
      await store.put(response(content, { cacheKey }), { as: a });
      await store.put({ ...b, responseTime: 2_000 }, { as: a });
      assert.deepEqual(plain(await store.list(cacheKey)), plain([b]));
      await store.put(response(content, { cacheKey }), { as: a }, [b]);
      assert.deepEqual(await store.list(cacheKey), []);
    });

    test("content that isn't finished, is taken already or isn't this store's can't be put", async () => {
      const unfinished = store.create({});
      await assert.rejects(async () => store.put(response(content, { cacheKey }), unfinished));
      unfinished.abort(new Error("enough"));
      const taken = await written(store, content);
      await store.put(response(content), taken);
      await assert.rejects(async () => store.put(response(content, { cacheKey }), taken));
      const other = await maker.make({ maxBytes: 1 << 20 });
      const foreign = await written(other, content);
      await assert.rejects(async () => store.put(response(content, { cacheKey }), foreign));
      foreign.abort(new Error("enough"));
      await maker.dispose(other);
      assert.deepEqual(await store.list(cacheKey), []);
    });
  });

  describe(`${name}: walks`, () => {
    test("through what begins so, and of it what is in a group, while it changes", async () => {
      let store = await maker.make({ maxBytes: 16 << 20 });
      const content = octets(50);
      const inGroups = (groups: string) => Fields.of(["Cache-Groups", groups]);
      const walked = async (wanted: Walk) => {
        const ids: string[] = [];
        for await (const some of store.walk(wanted)) {
          for (const { id, fields } of some)
            if (wanted.group === undefined || fields.read(cacheGroups).includes(wanted.group)) ids.push(id);
          await store.remove(some.filter(({ id }) => id === "gone"));
        }
        return ids.sort();
      };
      const a = await keep(store, content, { id: "a", cacheKey: 'm "1" x/a', fields: inGroups('"g"') });
      const b = await keep(store, content, { id: "b", cacheKey: 'm "1" x/b', fields: inGroups('"h", "g"') });
      await keep(store, content, { id: "b2", cacheKey: 'm "1" x/b', fields: inGroups('"G"') });
      await keep(store, content, { id: "q", cacheKey: 'm "1" x/a QUERY 0' });
      await keep(store, content, { id: "gone", cacheKey: 'm "1" y/c', fields: inGroups('"g"') });
      await keep(store, content, { id: "other", cacheKey: 'n "1" x/a', fields: inGroups('"g"') });
      const rows: readonly (readonly [Walk, readonly string[]])[] = [
        [{ prefix: "" }, ["a", "b", "b2", "gone", "other", "q"]],
        [{ prefix: 'm "1" ', group: "g" }, ["a", "b"]],
        [{ prefix: 'm "1" x/' }, ["a", "b", "b2", "q"]],
        [{ prefix: 'm "1" x/a QUERY ' }, ["q"]],
        [{ prefix: 'm "1" x/b QUERY ' }, []],
        [{ prefix: 'm "1" x/b' }, ["b", "b2"]],
        [{ prefix: "nobody" }, []],
        [{ prefix: "", group: "nobody" }, []],
        [{ prefix: "", group: "g" }, ["a", "b", "other"]],
      ];
      for (const [wanted, ids] of rows) assert.deepEqual(await walked(wanted), ids, JSON.stringify(wanted));
      await store.put({ ...a, fields: inGroups('"new"') });
      await store.put({ ...b, responseTime: 2_000 });
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await walked({ prefix: "", group: "g" }), ["b", "other"]);
        assert.deepEqual(await walked({ prefix: "", group: "new" }), ["a"]);
        store = await maker.reopen(store);
      }
      await maker.dispose(store);
    });

    test("past more than one step of it", async () => {
      const store = await maker.make({ maxBytes: 16 << 20 });
      for (let i = 0; i < 1_200; i++)
        await keep(store, octets(1), { cacheKey: `k${i}`, fields: Fields.of(["Cache-Groups", '"g"']) });
      for (const wanted of [{ prefix: "k" }, { prefix: "", group: "g" }]) {
        const keys = new Set<string>();
        for await (const some of store.walk(wanted)) for (const { cacheKey } of some) keys.add(cacheKey);
        assert.equal(keys.size, 1_200);
      }
      await maker.dispose(store);
    });
  });

  describe(`${name}: bounds`, () => {
    test("the least recently used goes first; looking a key up is use", async () => {
      const store = await maker.make({ maxBytes: 100_000 });
      const keys = ["a", "b", "c", "d"];
      for (const cacheKey of keys) await keep(store, octets(20_000, cacheKey.charCodeAt(0)), { cacheKey });
      await store.list("a");
      await keep(store, octets(30_000), { cacheKey: "e" });
      assert.deepEqual(await idsOf(store, "b"), []);
      for (const cacheKey of ["a", "c", "d", "e"]) assert.equal((await store.list(cacheKey)).length, 1, cacheKey);
      assert.ok(store.size().bytes <= 100_000);
      assert.equal(store.size().responses, 4);
      await maker.dispose(store);
    });

    test("what is bigger than the store isn't kept and drives nothing out", async () => {
      const store = await maker.make({ maxBytes: 100_000 });
      await keep(store, octets(20_000), { cacheKey: "a" });
      const big = octets(99_999);
      const writer = await written(store, big);
      await store.put(response(big, { cacheKey: "b" }), writer);
      assert.deepEqual(await store.list("b"), []);
      assert.equal((await store.list("a")).length, 1);
      assert.deepEqual(await readAll(writer.content), Buffer.from(big));
      await maker.dispose(store);
    });

    test("size counts what is there and ends where it began", async () => {
      const store = await maker.make({ maxBytes: 10 << 20 });
      assert.deepEqual(store.size(), { bytes: 0, responses: 0 });
      const stored = [await keep(store, octets(20_000)), await keep(store, octets(90_000, 5))];
      assert.ok(store.size().bytes >= 110_000 && store.size().bytes < 120_000);
      assert.equal(store.size().responses, 2);
      await store.put({ ...stored[0]!, fields: Fields.of(["Long", "x".repeat(1000)]) });
      await store.remove(stored);
      assert.deepEqual(store.size(), { bytes: 0, responses: 0 });
      await maker.dispose(store);
    });
  });
}

/** Comparable by value: a parsed field is remembered inside of Fields. */
function plain(stored: readonly StoredResponse[]): unknown[] {
  return stored.map(({ fields, ...rest }) => ({ ...rest, fields: [...fields] }));
}
