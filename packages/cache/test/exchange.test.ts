import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import { bench, dated, fresh, newer, start, told } from "./bench.ts";
import { type Answer, fakeUpstream } from "./fake-upstream.ts";

const modified = formatHttpDate(start - 86_400_000);

describe("9111:4 a request's life", () => {
  test("a fresh stored response answers without the upstream", async () => {
    const upstream = fakeUpstream(fresh);
    const { ask, pass } = bench(upstream);
    assert.deepEqual(await told(await ask()), {
      status: 200,
      text: "one",
      hit: false,
      fwd: "uri-miss",
      fwdStatus: 200,
      ttl: 60,
      stored: true,
    });
    pass(10);
    assert.deepEqual(await told(await ask()), { status: 200, text: "one", hit: true, ttl: 50 });
    assert.equal(upstream.asked.length, 1);
  });

  test("4.3.1 a stale one is validated with its tag; 4.3.4 a 304 freshens it", async () => {
    const upstream = fakeUpstream(fresh, { status: 304, fields: { ETag: '"1"', "Cache-Control": "max-age=30" } });
    const { ask, pass } = bench(upstream);
    await told(await ask());
    pass(61);
    assert.deepEqual(await told(await ask()), {
      status: 200,
      text: "one",
      hit: false,
      fwd: "stale",
      fwdStatus: 304,
      ttl: 30,
      stored: true,
    });
    assert.equal(upstream.asked[1]?.fields.get("if-none-match"), '"1"');
    pass(29);
    assert.deepEqual(await told(await ask()), { status: 200, text: "one", hit: true, ttl: 1 });
  });

  test("what the upstream no longer knows as it was replaces what was stored", async () => {
    const upstream = fakeUpstream(fresh, newer);
    const { ask, cache, pass } = bench(upstream);
    await told(await ask());
    pass(61);
    assert.equal(((await told(await ask())) as { text: string }).text, "two");
    assert.equal(cache.store.size().responses, 1);
  });

  test("only-if-cached without a stored response is 504", async () => {
    const { ask } = bench(fakeUpstream());
    assert.deepEqual(await told(await ask({ "cache-control": "only-if-cached" })), {
      failed: 504,
      hit: false,
      detail: "only-if-cached",
    });
  });
});

describe("9111:4.3.4 304s that others stumble over", () => {
  const stored: Answer = {
    fields: dated({ "Cache-Control": "max-age=0", ETag: '"1"', "Last-Modified": modified }),
    body: "one",
  };
  const rows: readonly {
    says: string;
    not: Record<string, string>;
    again?: Answer;
    text: string;
    detail?: string;
    retry?: true;
  }[] = [
    {
      says: "with no validator at all answers for the one that was asked about",
      not: {},
      text: "one",
      detail: "bare-not-modified",
    },
    { says: "with only a Date, too", not: { Date: formatHttpDate(start) }, text: "one", detail: "bare-not-modified" },
    {
      says: "with another tag selects nothing: the whole is asked for",
      not: { ETag: '"9"' },
      again: newer,
      text: "two",
      detail: "contradicting-validator",
    },
    { says: "with the tag made weak still names it", not: { ETag: 'W/"1"' }, text: "one", detail: "weak-validator" },
    {
      says: "with only the date that was stored names it",
      not: { "Last-Modified": modified },
      text: "one",
      detail: "weak-validator",
    },
    {
      says: "with another date selects nothing",
      not: { "Last-Modified": formatHttpDate(start) },
      again: newer,
      text: "two",
      detail: "contradicting-validator",
    },
    {
      says: "without a validator selects nothing where the policy asks again",
      not: {},
      again: newer,
      text: "two",
      detail: "ambiguous-not-modified",
      retry: true,
    },
  ];
  for (const { says, not, again, text, detail, retry } of rows) {
    test(`a 304 ${says}`, async () => {
      const upstream = fakeUpstream(stored, { status: 304, fields: not }, ...(again ? [again] : []));
      const { ask } = bench(upstream, retry ? { policy: { bareNotModified: "retry" } } : {});
      await told(await ask());
      const answer = (await told(await ask())) as { text: string; detail?: string };
      assert.deepEqual([answer.text, answer.detail], [text, detail]);
      assert.equal(upstream.asked.length, again ? 3 : 2);
      if (again) assert.equal(upstream.asked[2]?.fields.has("if-none-match"), false);
    });
  }

  test("a 304 to a request without conditions leads to one more, and for ever to 502", async () => {
    const odd: Answer = { status: 304 };
    const healed = bench(fakeUpstream(odd, fresh));
    assert.equal(((await told(await healed.ask())) as { text: string }).text, "one");
    const sticky = bench(fakeUpstream(odd, odd));
    assert.deepEqual(await told(await sticky.ask()), {
      failed: 502,
      hit: false,
      fwd: "uri-miss",
      fwdStatus: 304,
      detail: "unasked-not-modified",
    });
  });
});

describe("5861:3 stale-while-revalidate", () => {
  test("answers at once, validates once in the background, and the next answer is the new one", async () => {
    const upstream = fakeUpstream(
      { fields: dated({ "Cache-Control": "max-age=1, stale-while-revalidate=60", ETag: '"1"' }), body: "one" },
      newer,
    );
    const { ask, pass, cache } = bench(upstream);
    await told(await ask());
    pass(5);
    const [first] = await Promise.all([ask(), ask()]);
    assert.deepEqual(await told(first), {
      status: 200,
      text: "one",
      hit: true,
      ttl: -4,
      detail: "stale-while-revalidate",
    });
    while (cache.background > 0 || cache.arriving.size > 0) await new Promise(setImmediate);
    assert.equal(((await told(await ask())) as { text: string }).text, "two");
    assert.equal(upstream.asked.length, 2);
  });
});

describe("content that must be inspected", () => {
  const inspect = (_: unknown, bytes: Uint8Array) =>
    new TextDecoder().decode(bytes) === "bad" ? "it is no page" : undefined;
  test("what is found wrong counts as the upstream's failure, and what was stored stays", async () => {
    const bad: Answer = { fields: dated({ "Cache-Control": "max-age=1" }), body: "bad" };
    const { ask, pass } = bench(fakeUpstream(fresh, bad, bad), { policy: { staleIfError: 3600 } });
    await told(await ask({}, { inspect }));
    pass(61);
    for (let i = 0; i < 2; i++) {
      const answer = (await told(await ask({}, { inspect }))) as { text: string; detail: string };
      assert.deepEqual([answer.text, answer.detail], ["one", "stale-if-error"]);
    }
  });
});
