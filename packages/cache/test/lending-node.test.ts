import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { StoredResponse } from "@larder/core";
import fc from "fast-check";
import type { Content } from "../src/store.ts";
import { open } from "./sqlite-helpers.ts";
import { keep, octets, readAll } from "./store-helpers.ts";

const size = 3 << 20;
const contents = Array.from({ length: 5 }, (_, seed) => octets(size, seed));

/** A reader that looks at each chunk when it comes and, if it is lent, once more just before it is given back. */
class Looking {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #expected: Uint8Array;
  readonly #lent: boolean;
  #position: number;
  #last: { readonly chunk: Uint8Array; readonly at: number } | undefined;
  readonly #own: { readonly chunk: Uint8Array; readonly at: number }[] = [];

  constructor(content: Content, expected: Uint8Array, { first, lent }: { first: number; lent: boolean }) {
    this.#iterator = content.read({ first, last: size - 1 }, lent ? "lent" : undefined)[Symbol.asyncIterator]();
    this.#expected = expected;
    this.#position = first;
    this.#lent = lent;
  }

  #look({ chunk, at }: { readonly chunk: Uint8Array; readonly at: number }): void {
    assert.ok(Buffer.compare(chunk, this.#expected.subarray(at, at + chunk.length)) === 0, `other octets at ${at}`);
  }

  /** @returns whether it has come to the end */
  async step(): Promise<boolean> {
    if (this.#last !== undefined) this.#look(this.#last);
    const { done, value } = await this.#iterator.next();
    this.#last = undefined;
    if (done) return true;
    const got = { chunk: value, at: this.#position };
    this.#position += value.length;
    this.#look(got);
    if (this.#lent) this.#last = got;
    else this.#own.push(got);
    return false;
  }

  async leave(): Promise<void> {
    if (this.#last !== undefined) this.#look(this.#last);
    await this.#iterator.return?.();
    for (const got of this.#own) this.#look(got);
  }
}

describe("content that is lent", () => {
  test("is what it was until it is given back, whoever else reads and leaves; what is not lent stays for good", async () => {
    const store = open();
    const stored: StoredResponse[] = [];
    for (const [index, content] of contents.entries())
      stored.push(await keep(store, content, { cacheKey: `${index}` }));
    const reader = fc.record({
      which: fc.nat(contents.length - 1),
      first: fc.nat(size - 1),
      lent: fc.boolean(),
      steps: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(reader, { minLength: 2, maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (all, turns) => {
          const readers: { looking: Looking; left: number }[] = [];
          for (const { which, first, lent, steps } of all) {
            const content = (await store.open(stored[which]!))!;
            readers.push({ looking: new Looking(content, contents[which]!, { first, lent }), left: steps });
          }
          // some at a time, so that loads overlap
          while (readers.length > 0) {
            const turn = turns.next().value!;
            const some = readers.slice(turn % readers.length).slice(0, 1 + (turn % 4));
            await Promise.all(some.map(({ looking }) => looking.step()));
            for (const one of some) {
              if (--one.left > 0) continue;
              await one.looking.leave();
              readers.splice(readers.indexOf(one), 1);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
    await store.close();
  });

  test("contents that arrive at once, their readers right behind them, are each what they should be", async () => {
    const store = open();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 8, maxLength: 60 }),
        async (lengths) => {
          const own = contents.slice(0, 4);
          const writers = own.map(() => store.create({}));
          const reading = writers.map(async ({ content }, at) => {
            const looking = new Looking(content, own[at]!, { first: 0, lent: true });
            while (!(await looking.step()));
            await looking.leave();
          });
          const ends = own.map(() => 0);
          for (const [turn, length] of lengths.entries()) {
            const at = turn % own.length;
            await writers[at]!.write(own[at]!.slice(ends[at]!, ends[at]! + length));
            ends[at]! += length;
            // its reader takes what has come, gives it back, and waits
            await setImmediate();
          }
          for (const [at, writer] of writers.entries()) {
            await writer.write(own[at]!.slice(ends[at]!));
            await writer.finish();
            assert.ok(Buffer.compare(await readAll(writer.content), own[at]!) === 0, `content ${at}`);
            writer.abort(new Error("done"));
          }
          await Promise.all(reading);
        },
      ),
      { numRuns: 20 },
    );
    await store.close();
  });
});
