import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import fc from "fast-check";
import { purgeAction } from "../src/purge.ts";
import { Lender } from "../src/workers/lender.ts";
import type { Order } from "../src/workers/messages.ts";
import { bench, start } from "./bench.ts";
import { workersOf } from "./workers-bench.ts";

const site = { prefix: "/", format: "http", upstream: new URL("http://upstream.example/") } as const;
const key = "http / http://upstream.example/a";
const usual = { Date: formatHttpDate(start), "Cache-Control": "max-age=600" };
const fresh = Array.from({ length: 50 }, (): Answer => ({ fields: usual, body: "one" }));

/** Workers that all have a copy of `/a`, in front of a gateway. */
async function lending(count: number) {
  const it = bench(site, ...fresh);
  const crew = workersOf(it.gateway, count);
  for (let time = 0; time < 4; time++) for (const worker of crew.workers) await worker.get("/a");
  return { ...it, ...crew };
}

/** Whether a promise is settled once all that needs no waiting is done. */
async function isSettled(promise: unknown): Promise<boolean> {
  let settled = !(promise instanceof Promise);
  void Promise.resolve(promise).then(() => (settled = true));
  await new Promise(setImmediate);
  return settled;
}

describe("the keeper takes copies back", () => {
  test("and goes on when all who have one have said that they use it no more", async () => {
    const { lender, workers } = await lending(3);
    for (const worker of workers.slice(1)) worker.stop();
    const held = lender.hold(key);
    assert.equal((await workers[0]!.get("/a")).fromCopy, false);
    for (const worker of workers.slice(1)) {
      assert.equal((await worker.get("/a")).fromCopy, true, "it has not heard of it");
      assert.equal(await isSettled(held), false);
      worker.deliver();
      assert.equal((await worker.get("/a")).fromCopy, false);
    }
    assert.equal(await isSettled(held), true);
  });

  test("of a key that nobody has it holds at once", async () => {
    const { lender } = await lending(1);
    assert.equal(typeof lender.hold("other"), "function");
    assert.equal(typeof lender.hold((some) => some.includes("other")), "function");
  });

  test("while it is held by anybody it is not lent", async () => {
    const { lender, workers, pass } = await lending(1);
    const [worker] = workers;
    const all = await lender.hold((some) => some.startsWith("http / "));
    const one = await lender.hold(key);
    const again = await lender.hold(key);
    pass(0.1);
    for (const release of [one, all, again]) {
      assert.equal((await worker!.get("/a")).fromCopy, false);
      assert.equal((await worker!.get("/a")).fromCopy, false);
      release();
    }
    assert.equal((await worker!.get("/a")).fromCopy, false);
    assert.equal((await worker!.get("/a")).fromCopy, true);
  });

  test("what was taken back is not borrowed again at once", async () => {
    const { lender, workers, pass } = await lending(1);
    (await lender.hold(key))();
    for (let time = 0; time < 4; time++) assert.equal((await workers[0]!.get("/a")).fromCopy, false);
    pass(0.1);
    await workers[0]!.get("/a");
    assert.equal((await workers[0]!.get("/a")).fromCopy, true);
  });

  test("a second hold waits for the same answer as the first", async () => {
    const { lender, workers } = await lending(1);
    workers[0]!.stop();
    const holds = [lender.hold(key), lender.hold(() => true), lender.hold(key)];
    for (const hold of holds) assert.equal(await isSettled(hold), false);
    workers[0]!.deliver();
    for (const hold of holds) assert.equal(await isSettled(hold), true);
  });

  test("from one that is gone without asking", async () => {
    const { lender, workers, killed } = await lending(2);
    workers[0]!.stop();
    const held = lender.hold(key);
    workers[0]!.kill();
    assert.equal(await isSettled(held), true);
    workers[1]!.kill();
    await new Promise(setImmediate);
    assert.equal(typeof lender.hold(key), "function");
    assert.deepEqual(killed, []);
  });

  test("one that says nothing for a second is ended, and only then it goes on", async (t) => {
    const { lender, workers, killed } = await lending(2);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    workers[0]!.stop();
    const held = lender.hold(key);
    t.mock.timers.tick(999);
    assert.deepEqual([await isSettled(held), workers[0]!.isDead], [false, false]);
    t.mock.timers.tick(1);
    assert.equal(await isSettled(held), true);
    assert.deepEqual([workers[0]!.isDead, workers[1]!.isDead, killed.length], [true, false, 1]);
  });

  test("what came in while the keeper itself was busy counts", async (t) => {
    const { lender, workers, killed } = await lending(1);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    workers[0]!.stop();
    const held = lender.hold(key);
    t.mock.timers.tick(1000);
    workers[0]!.deliver();
    assert.equal(await isSettled(held), true);
    assert.deepEqual([workers[0]!.isDead, killed], [false, []]);
  });

  test("a worker gives back by itself what is too old, and borrows it again", async () => {
    const { lender, workers, pass } = await lending(1);
    pass(10);
    workers[0]!.sweep();
    assert.equal(typeof lender.hold(key), "function");
  });

  const unreadable: Readonly<Record<string, () => Promise<never[]>>> = {
    "takes time to read": () => Promise.resolve([]),
    "can't be read": () => {
      throw new Error("the disk is gone");
    },
  };
  for (const [says, list] of Object.entries(unreadable))
    test(`what ${says} is not lent`, () => {
      const told: Order[] = [];
      const lender = new Lender({ list, open: () => undefined }, () => start, assert.fail);
      const borrower = {
        tell: (order: Order) => told.push(order),
        kill: assert.fail,
        ended: new Promise(() => undefined),
      };
      lender.join(borrower);
      lender.hear(borrower, { type: "borrow", cacheKey: key });
      assert.deepEqual(told, [{ type: "lent", cacheKey: key, copy: undefined }]);
      assert.equal(typeof lender.hold(key), "function");
    });

  test("an exchange under way keeps its key from being lent until its content is stored", async () => {
    const later = Promise.withResolvers<Answer>();
    const { gateway, get, pass } = bench(site, ...fresh.slice(0, 1), () => later.promise);
    const [worker] = workersOf(gateway, 1).workers;
    for (let time = 0; time < 4; time++) await worker!.get("/a");
    const reload = get("/a", { "cache-control": "no-cache" });
    await new Promise(setImmediate);
    pass(0.1);
    for (let time = 0; time < 3; time++) assert.equal((await worker!.get("/a")).fromCopy, false);
    later.resolve({ fields: usual, body: "two" });
    assert.equal((await reload).text, "two");
    await worker!.get("/a");
    const { fromCopy, text } = await worker!.get("/a");
    assert.deepEqual([fromCopy, text], [true, "two"]);
  });
});

describe("laws of copies", () => {
  /** What may happen, each with the number of a worker. */
  const steps = fc.array(
    fc.tuple(
      fc.constantFrom(
        "get",
        "get",
        "get",
        "get",
        "post",
        "purge",
        "soft",
        "group",
        "reload",
        "deliver",
        "one",
        "kill",
        "pass",
      ),
      fc.nat(2),
    ),
    { minLength: 5, maxLength: 60 },
  );

  test("who asks after a change has ended never gets what was there before", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        let version = 0;
        const page = ({ method }: RequestHead): Answer => {
          if (method === "POST") version++;
          return { fields: { ...usual, "Cache-Groups": '"g"' }, body: `${version}` };
        };
        const { gateway, get, pass } = bench(site, ...Array.from({ length: 400 }, () => page));
        const { workers } = workersOf(gateway, 3);
        for (let time = 0; time < 3; time++) for (const worker of workers) await worker.get("/a");
        for (const worker of workers) worker.stop();
        /** the least version that may be answered */
        let least = 0;
        const running = new Set<Promise<unknown>>();
        const run = (work: Promise<unknown>) => {
          running.add(work);
          void work.finally(() => running.delete(work));
        };
        /** @param act gives the version that everybody has to see when it has ended */
        const change = (act: () => Promise<number>) =>
          run(
            act().then((changed) => {
              least = Math.max(least, changed);
            }),
          );
        const purge = (order: object) => {
          // the upstream has something new, and the operator says so
          const changed = ++version;
          change(() => purgeAction(gateway, () => undefined)(order).then(() => changed));
        };
        for (const [step, number] of history) {
          pass(0.05);
          const worker = workers[number]!;
          if (step === "get") {
            const atLeast = least;
            const check = ({ text }: { readonly text: string }) =>
              assert.ok(Number(text) >= atLeast, `${text} after ${atLeast}`);
            if (!worker.isDead) run(worker.get("/a").then(check));
          } else if (step === "post") change(async () => Number((await get("/a", {}, "POST")).text));
          else if (step === "purge") purge({ url: "/a" });
          else if (step === "soft") purge({ prefix: "/", mode: "soft" });
          else if (step === "group") purge({ group: "g" });
          else if (step === "reload") run(get("/a", { "cache-control": "no-cache" }));
          else if (step === "deliver") worker.deliver();
          else if (step === "one") worker.deliver(1);
          else if (step === "kill") worker.kill();
          else pass(4);
          await new Promise(setImmediate);
        }
        for (const worker of workers) worker.deliver();
        while (running.size > 0) {
          for (const worker of workers) worker.deliver();
          await Promise.race([...running, new Promise(setImmediate)]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
