import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryStore, type Store } from "../src/index.ts";
import { bench, fresh, url } from "./network.ts";

const broken = (what: keyof Store): Store => {
  const store = memoryStore({ maxBytes: 1 << 20 });
  const fail = () => {
    throw new Error("the disk is full");
  };
  return new Proxy(store, {
    get: (target, name) => (name === what ? fail : (Reflect.get(target, name) as () => void).bind(target)),
  });
};

describe("a store that fails costs no request, and one warning", () => {
  for (const what of ["list", "open", "create", "put"] as const)
    test(what, async () => {
      const warnings: string[] = [];
      const answers = Array.from({ length: 3 }, () => fresh());
      const it = bench(answers, { store: broken(what), onWarning: (text) => warnings.push(text) });
      for (let i = 0; i < 3; i++) assert.equal(await (await it.cached(url)).text(), "one");
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /the disk is full.*requests go on/);
    });

  test("content that is bigger than the store comes whole, and isn't kept", async () => {
    const octets = new Uint8Array(300_000).map((_, i) => i);
    const chunks = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < octets.length; at += 7_000) controller.enqueue(octets.slice(at, at + 7_000));
          controller.close();
        },
      });
    const big = () => ({ ...fresh(), body: chunks() });
    const it = bench([big, big], { store: memoryStore({ maxBytes: 20_000 }), onWarning: () => {} });
    for (let i = 0; i < 2; i++) assert.deepEqual(await (await it.cached(url)).bytes(), octets);
    assert.equal(it.asked.length, 2);
    assert.equal(it.cached.store.size().responses, 0);
  });
});

/** A response whose content comes when the test says so. */
function slow() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  let cancelled = false;
  const give = (text: string) => controller.enqueue(new TextEncoder().encode(text));
  return { answer: { ...fresh(), body }, give, end: () => controller.close(), cancelled: () => cancelled };
}

const aborted = { name: "AbortError" };
/** Lets everything go on that waits for nothing but its turn. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("giving up", () => {
  test("before it begins", async () => {
    const it = bench([]);
    await assert.rejects(it.cached(url, { signal: AbortSignal.abort() }), aborted);
    assert.equal(it.asked.length, 0);
  });

  test("while nothing has come: the request ends too", async () => {
    const it = bench([
      (request) =>
        new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason))),
    ]);
    const controller = new AbortController();
    const response = it.cached(url, { signal: controller.signal });
    await turns();
    controller.abort();
    await assert.rejects(response, aborted);
    assert.ok(it.asked[0]!.signal.aborted);
  });

  test("while content comes: the body fails, and the transfer ends", async () => {
    const it = slow();
    const { cached, asked } = bench([it.answer]);
    const controller = new AbortController();
    const response = await cached(url, { signal: controller.signal });
    it.give("some");
    controller.abort();
    await assert.rejects(response.text(), aborted);
    assert.ok(asked[0]!.signal.aborted);
  });

  test("one of two: the other gets all of it", async () => {
    const it = slow();
    const { cached, asked } = bench([it.answer]);
    const controller = new AbortController();
    const [first, second] = await Promise.all([cached(url, { signal: controller.signal }), cached(url)]);
    it.give("so");
    controller.abort();
    await assert.rejects(first.text(), aborted);
    it.give("me");
    it.end();
    assert.equal(await second.text(), "some");
    assert.equal(asked[0]!.signal.aborted, false);
  });

  test("who comes when all have left asks anew", async () => {
    const never = (request: Request) =>
      new Promise<never>((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
    const it = bench([never, fresh("two")]);
    const controller = new AbortController();
    const first = it.cached(url, { signal: controller.signal });
    await turns();
    controller.abort();
    const second = it.cached(url);
    await assert.rejects(first, aborted);
    assert.equal(await (await second).text(), "two");
  });

  test("a body that breaks off fails, and isn't kept", async () => {
    const cut = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new TypeError("terminated")),
    });
    const it = bench([{ ...fresh(), body: cut }, fresh("two")]);
    await assert.rejects((await it.cached(url)).text(), /terminated/);
    assert.equal(await (await it.cached(url)).text(), "two");
  });
});
