import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { ContentMismatch, type Store } from "../src/store.ts";
import { keep, octets, readAll, readWhatComes, response, type StoreMaker, sha256, written } from "./store-helpers.ts";

/** What content does while it is written and afterwards, in whatever store. */
export function contentContract(name: string, maker: StoreMaker): void {
  describe(`${name}: content`, () => {
    let store: Store;
    before(async () => {
      store = await maker.make({ maxBytes: 64 << 20 });
    });
    after(() => maker.dispose(store));

    const sizes = [0, 1, 1000, 65_536, 65_537, 300_000];
    for (const size of sizes)
      test(`${size} octets come out as they went in, and say what they are`, async () => {
        const content = octets(size);
        const writer = store.create({});
        for (let at = 0; at < size; at += 9_999) await writer.write(content.slice(at, at + 9_999));
        assert.deepEqual(await writer.finish(), { length: size, sha256: sha256(content) });
        assert.equal(writer.content.length, size);
        assert.deepEqual(await readAll(writer.content), Buffer.from(content));
        const stored = response(content);
        await store.put(stored, writer);
        const opened = await store.open(stored);
        assert.equal(opened?.length, size);
        assert.deepEqual(await readAll(opened!), Buffer.from(content));
        if (opened?.bytes !== undefined) assert.deepEqual(Buffer.from(opened.bytes), Buffer.from(content));
      });

    test("a chunk is read before the next is written", async () => {
      const writer = store.create({});
      const reader = writer.content.read()[Symbol.asyncIterator]();
      for (const text of ["one", "two", "three"]) {
        await writer.write(Buffer.from(text));
        assert.equal(Buffer.from((await reader.next()).value!).toString(), text);
      }
      const end = reader.next();
      await writer.finish();
      assert.equal((await end).done, true);
    });

    test("the length is known early where it is expected", async () => {
      const writer = store.create({ length: 3 });
      assert.equal(writer.content.length, 3);
      assert.equal(store.create({}).content.length, undefined);
      writer.abort(new Error("enough"));
    });

    test("reads of any range give that range, while it is written and afterwards", () =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 200_000 }),
          fc.array(fc.tuple(fc.nat(210_000), fc.nat(210_000)), { minLength: 1, maxLength: 6 }),
          fc.integer({ min: 500, max: 70_000 }),
          async (size, pairs, step) => {
            const content = Buffer.from(octets(size, size));
            const ranges = pairs.map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
            const expected = ranges.map(({ first, last }) => content.subarray(first, last + 1));
            const writer = store.create(size % 2 ? { length: size } : {});
            const during = ranges.map((range) => readAll(writer.content, range));
            for (let at = 0; at < size; at += step) await writer.write(content.subarray(at, at + step));
            await writer.finish();
            assert.deepEqual(await Promise.all(during), expected);
            const stored = response(content, { cacheKey: "ranges" });
            await store.put(stored, writer, await store.list("ranges"));
            const opened = (await store.open(stored))!;
            assert.deepEqual(await Promise.all(ranges.map((range) => readAll(opened, range))), expected);
          },
        ),
        { numRuns: 30 },
      ));

    test("what isn't as expected fails for its readers before the last octet, and can't be kept", () =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 150_000 }),
          fc.integer({ min: 1_000, max: 80_000 }),
          fc.constantFrom("short", "long", "sha256", "sha512"),
          fc.boolean(),
          async (size, step, fault, knowsLength) => {
            const content = octets(size, 7);
            const length = size + (fault === "short" ? 1 : fault === "long" ? -1 : 0);
            const writer = store.create(
              fault === "short" || fault === "long"
                ? { length }
                : {
                    digest: { algorithm: fault, hex: "0".repeat(fault === "sha256" ? 64 : 128) },
                    ...(knowsLength ? { length } : {}),
                  },
            );
            const reading = readWhatComes(writer.content);
            await assert.rejects(async () => {
              for (let at = 0; at < size; at += step) await writer.write(content.slice(at, at + step));
              await writer.finish();
            }, ContentMismatch);
            const { got, error } = await reading;
            assert.ok(error instanceof ContentMismatch);
            assert.ok(got.length < Math.max(1, length), `${got.length} of ${length} given`);
            assert.deepEqual(got, Buffer.from(content.subarray(0, got.length)));
            await assert.rejects(async () => readAll(writer.content), ContentMismatch);
            await assert.rejects(async () => store.put(response(content, { cacheKey: "wrong" }), writer));
            assert.deepEqual(await store.list("wrong"), []);
          },
        ),
        { numRuns: 40 },
      ));

    test("what is as expected is kept, also by a digest that isn't SHA-256", async () => {
      const content = octets(100_000);
      const { createHash } = await import("node:crypto");
      const hex = createHash("sha512").update(content).digest("hex");
      const writer = await written(store, content, { length: 100_000, digest: { algorithm: "sha512", hex } });
      assert.deepEqual(await readAll(writer.content), Buffer.from(content));
      writer.abort(new Error("not wanted"));
    });

    test("abort: readers fail with its error, and so does whatever the writer does next", async () => {
      for (const size of [10, 100_000]) {
        const writer = store.create({});
        await writer.write(octets(size));
        const reading = readWhatComes(writer.content);
        const error = new Error("the upstream went away");
        writer.abort(error);
        writer.abort(new Error("again"));
        assert.equal((await reading).error, error);
        await assert.rejects(async () => writer.write(octets(1)), error);
        await assert.rejects(async () => writer.finish(), error);
      }
    });

    test("abort after finish takes nothing from readers; abort after put nothing from the store", async () => {
      const content = octets(200_000);
      const writer = await written(store, content);
      const reader = writer.content.read()[Symbol.asyncIterator]();
      const first = Buffer.from((await reader.next()).value!);
      writer.abort(new Error("too late"));
      const rest: Uint8Array[] = [first];
      for (let step = await reader.next(); !step.done; step = await reader.next()) rest.push(step.value);
      assert.deepEqual(Buffer.concat(rest), Buffer.from(content));

      const kept = await written(store, content);
      const stored = response(content);
      await store.put(stored, kept);
      kept.abort(new Error("too late"));
      assert.deepEqual(await readAll((await store.open(stored))!), Buffer.from(content));
      assert.deepEqual(await readAll(kept.content), Buffer.from(content));
    });

    test("a reader that leaves is gone at once, also one that waits for what may never come", async () => {
      const writer = store.create({});
      await writer.write(octets(100_000));
      const reader = writer.content.read()[Symbol.asyncIterator]();
      let had = 0;
      while (had < 100_000) had += (await reader.next()).value!.length;
      const waiting = reader.next();
      await reader.return!();
      assert.equal((await waiting).done, true);
      assert.equal((await reader.next()).done, true);
      for await (const chunk of writer.content.read()) if (chunk.length > 0) break;
      writer.abort(new Error("enough"));
    });

    test("a reader that stands still holds up neither the writer nor another reader", async () => {
      const content = octets(4 << 20);
      const writer = store.create({ length: content.length });
      const still = writer.content.read()[Symbol.asyncIterator]();
      const other = readAll(writer.content);
      for (let at = 0; at < content.length; at += 65_536) {
        await writer.write(content.subarray(at, at + 65_536));
        if (at === 0) await still.next();
      }
      await writer.finish();
      assert.deepEqual(await other, Buffer.from(content));
      const rest: Uint8Array[] = [content.subarray(0, 65_536)];
      for (let step = await still.next(); !step.done; step = await still.next()) rest.push(step.value);
      assert.deepEqual(Buffer.concat(rest), Buffer.from(content));
      writer.abort(new Error("not wanted"));
    });

    test("readers keep content that is removed under them", async () => {
      for (const size of [1000, 3 << 20]) {
        const content = octets(size);
        const stored = await keep(store, content);
        const opened = (await store.open(stored))!;
        const begun = opened.read()[Symbol.asyncIterator]();
        const first = Buffer.from((await begun.next()).value!);
        const notBegun = (await store.open(stored))!;
        await store.remove([stored]);
        assert.equal(await store.open(stored), undefined);
        const rest: Uint8Array[] = [first];
        for (let step = await begun.next(); !step.done; step = await begun.next()) rest.push(step.value);
        assert.deepEqual(Buffer.concat(rest), Buffer.from(content));
        assert.deepEqual(await readAll(notBegun), Buffer.from(content));
      }
    });
  });
}
