import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CacheResponse, readAll } from "../src/index.ts";
import { bench, dated, fresh, told } from "./bench.ts";
import { type Answer, failure, fakeUpstream, slowBody } from "./fake-upstream.ts";

describe("9111:4.2.4, 5861:4 the upstream fails", () => {
  const stale: Answer = { fields: dated({ "Cache-Control": "max-age=1", ETag: '"1"' }), body: "one" };
  const covered = { policy: { staleIfError: 3600 } };
  const rows: readonly [says: string, answer: Answer][] = [
    ["unreachable", failure("unreachable", true)],
    ["a time-out", failure("timeout")],
    ["a broken answer", failure("broken")],
    ["500", { status: 500 }],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
    ["429", { status: 429 }],
  ];
  for (const [says, answer] of rows) {
    test(`${says}: the stale response answers for as long as it may`, async () => {
      const { ask, pass } = bench(fakeUpstream(stale, answer, answer, answer, answer), covered);
      await told(await ask());
      pass(60);
      const first = (await told(await ask())) as { text: string; detail: string };
      assert.deepEqual([first.text, first.detail], ["one", "stale-if-error"]);
      pass(3600);
      const later = await told(await ask());
      assert.notEqual((later as { text?: string }).text, "one");
    });
  }

  test("must-revalidate forbids it", async () => {
    const strict: Answer = {
      fields: dated({ "Cache-Control": "max-age=1, must-revalidate", ETag: '"1"' }),
      body: "one",
    };
    const { ask, pass } = bench(fakeUpstream(strict, failure("timeout")), covered);
    await told(await ask());
    pass(60);
    assert.deepEqual(await told(await ask()), { failed: 504, hit: false, fwd: "stale", detail: "timeout" });
  });

  test("9110:9.2.2 a request that never arrived is sent again, once; a POST with content is not", async () => {
    const upstream = fakeUpstream(failure("unreachable", true), fresh);
    assert.equal(((await told(await bench(upstream).ask())) as { text: string }).text, "one");
    const post = fakeUpstream(failure("broken"));
    assert.deepEqual(await told(await bench(post).ask({}, { method: "POST", body: (async function* () {})() })), {
      failed: 502,
      hit: false,
      fwd: "method",
      detail: "broken",
    });
    assert.equal(post.asked.length, 1);
  });

  test("content that breaks off reaches nobody as a whole, and is not kept", async () => {
    const slow = slowBody();
    const { ask, cache, faults } = bench(fakeUpstream({ ...fresh, body: slow.body }));
    const answer = (await ask()) as CacheResponse;
    slow.give("on");
    slow.breakOff();
    await assert.rejects(readAll(answer.content!));
    assert.equal(cache.store.size().responses, 0);
    assert.deepEqual(faults, ["receiving content"]);
  });
});

test("what nobody wants of a slow upstream's error does not keep its connection", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let left = 0;
  const chunks = {
    next: () => new Promise<never>(() => undefined),
    return: async () => ({ done: true, value: ++left }),
  };
  const body = { [Symbol.asyncIterator]: () => chunks } as unknown as AsyncIterable<Uint8Array>;
  const { ask, pass } = bench(fakeUpstream(fresh, { status: 503, body }), { policy: { staleIfError: 600 } });
  await told(await ask());
  pass(100);
  assert.equal((await told(await ask())).detail, "stale-if-error");
  t.mock.timers.tick(1999);
  assert.equal(left, 0);
  t.mock.timers.tick(1);
  assert.equal(left, 1);
});
