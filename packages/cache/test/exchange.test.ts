import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import { type CacheResponse, readAll } from "../src/index.ts";
import { bench, start, target, told } from "./bench.ts";
import { type Answer, failure, fakeUpstream, slowBody } from "./fake-upstream.ts";

const dated = (fields: Record<string, string>) => ({ Date: formatHttpDate(start), ...fields });
const fresh: Answer = { fields: dated({ "Cache-Control": "max-age=60", ETag: '"1"' }), body: "one" };
const newer: Answer = { fields: dated({ "Cache-Control": "max-age=60", ETag: '"2"' }), body: "two" };
const withAge: Answer = { ...fresh, fields: { ...fresh.fields, Age: "7" } };
const modified = formatHttpDate(start - 86_400_000);

const textOf = async (answer: Parameters<typeof told>[0]) => ((await told(answer)) as { text?: string }).text;

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

describe("9111:4 collapsed forwarding", () => {
  test("any number of equal requests are one upstream, and all read while it arrives", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body });
    const { ask } = bench(upstream);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    slow.give("o");
    slow.give("ne");
    slow.end();
    const texts = await Promise.all(answers.map(told));
    assert.equal(upstream.asked.length, 1);
    assert.deepEqual([...new Set(texts.map((one) => (one as { text: string }).text))], ["one"]);
    assert.equal(texts.filter((one) => (one as { collapsed?: true }).collapsed).length, 49);
  });

  test("who comes while the content arrives reads it, too", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body });
    const { ask } = bench(upstream);
    const first = await ask();
    slow.give("on");
    const second = await ask();
    slow.give("e");
    slow.end();
    assert.deepEqual(await told(second), { status: 200, text: "one", hit: true, ttl: 60, collapsed: true });
    assert.equal(((await told(first)) as { text: string }).text, "one");
    assert.equal(upstream.asked.length, 1);
  });

  test("5.2.1.4 but not who asks for news, nor after an invalidation", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body }, newer, { status: 204 }, newer);
    const { ask } = bench(upstream);
    await ask();
    assert.equal(((await told(await ask({ "cache-control": "no-cache" }))) as { text: string }).text, "two");
    await told(await ask({}, { method: "DELETE" }));
    assert.equal(((await told(await ask())) as { hit: boolean }).hit, false);
    slow.end();
  });

  test("but not where something newer has been stored meanwhile #9111:4-newest", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body }, newer);
    const { ask, pass } = bench(upstream);
    const first = await ask();
    pass(1);
    assert.equal(await textOf(await ask({ "cache-control": "no-cache" })), "two");
    assert.equal(await textOf(await ask()), "two");
    slow.give("one");
    slow.end();
    await told(first);
    assert.equal(await textOf(await ask()), "two");
  });

  const waiting: readonly (readonly [says: string, fields: Record<string, string>, said: Answer, times: number])[] = [
    ["who says no-cache, with nothing stored", { "cache-control": "no-cache" }, fresh, 2],
    ["nor who says so in Pragma", { pragma: "no-cache" }, fresh, 2],
    ["who wants it younger than it comes", { "cache-control": "max-age=5" }, withAge, 2],
    ["who wants it fresh for longer", { "cache-control": "min-fresh=58" }, withAge, 2],
    ["but who takes that age waits", { "cache-control": "max-age=10" }, withAge, 1],
    ["and max-age=0 waits for what comes at once", { "cache-control": "max-age=0" }, fresh, 1],
  ];
  for (const [says, fields, said, times] of waiting)
    test(`5.2.1 a follower's own wishes: ${says}`, async () => {
      const upstream = fakeUpstream(said, newer);
      const { ask } = bench(upstream);
      await Promise.all([ask(), ask(fields)].map(async (one) => told(await one)));
      assert.equal(upstream.asked.length, times);
    });

  test("5861:4 what one client takes stale its followers don't get", async () => {
    const upstream = fakeUpstream(fresh, { status: 503 }, { status: 503 });
    const { ask, pass } = bench(upstream);
    await told(await ask());
    pass(100);
    const [bold, other] = await Promise.all([ask({ "cache-control": "stale-if-error=600" }), ask()]);
    assert.equal(await textOf(bold), "one");
    assert.equal("failed" in other ? "failed" : other.status, 503);
  });

  test("what came first goes when the same came again meanwhile", async () => {
    const [first, second] = [Promise.withResolvers<Answer>(), Promise.withResolvers<Answer>()];
    const { ask, pass, cache } = bench(
      fakeUpstream(
        () => first.promise,
        () => second.promise,
      ),
    );
    const asked = [ask({ "cache-control": "no-cache" }), ask({ "cache-control": "no-cache" })];
    first.resolve(fresh);
    await textOf(await asked[0]!);
    while (cache.store.size().responses === 0) await new Promise(setImmediate);
    pass(1);
    second.resolve(newer);
    await textOf(await asked[1]!);
    while (cache.arriving.size > 0) await new Promise(setImmediate);
    assert.equal(cache.store.size().responses, 1);
  });

  test("a response that may not be shared sends each follower on its own way", async () => {
    const secret: Answer = { fields: { "Cache-Control": "private" }, body: "secret" };
    const upstream = fakeUpstream(secret, secret, secret);
    const { ask } = bench(upstream);
    await Promise.all([ask(), ask(), ask()].map(async (one) => told(await one)));
    assert.equal(upstream.asked.length, 3);
  });

  test("4.1 a follower whom Vary tells apart asks itself", async () => {
    const upstream = fakeUpstream(
      { fields: dated({ Vary: "Accept-Language", "Cache-Control": "max-age=60" }), body: "en" },
      { fields: dated({ Vary: "Accept-Language", "Cache-Control": "max-age=60" }), body: "fr" },
    );
    const { ask } = bench(upstream);
    const [en, fr] = await Promise.all([ask({ "accept-language": "en" }), ask({ "accept-language": "fr" })]);
    assert.deepEqual(
      [((await told(en)) as { text: string }).text, ((await told(fr)) as { text: string }).text],
      ["en", "fr"],
    );
  });

  test("5.2.1.4 who asks for news gets none that was asked for before", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body }, newer);
    const { ask } = bench(upstream, { policy: { lifetime: { rule: "exactly", seconds: 60 } } });
    slow.give("one");
    slow.end();
    await told(await ask());
    const [a, b] = await Promise.all([ask({ "cache-control": "no-cache" }), ask()]);
    assert.equal(((await told(a)) as { text: string }).text, "two");
    assert.equal(((await told(b)) as { hit: boolean }).hit, true);
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

describe("9111:4.4 invalidation", () => {
  test("an unsafe request that succeeds makes what is stored ask again", async () => {
    const upstream = fakeUpstream(fresh, { status: 204 }, newer);
    const { ask } = bench(upstream);
    await told(await ask());
    await told(await ask({}, { method: "DELETE" }));
    assert.deepEqual(await told(await ask()), {
      status: 200,
      text: "two",
      hit: false,
      fwd: "invalid",
      fwdStatus: 200,
      ttl: 60,
      stored: true,
    });
  });

  test("also when the answer to it breaks off that would have taken its place", async () => {
    const said = { ...newer.fields, "Content-Location": target };
    const slow = slowBody();
    const upstream = fakeUpstream(fresh, { fields: said, body: slow.body }, newer);
    const { ask } = bench(upstream);
    await told(await ask());
    const posted = await ask({}, { method: "POST" });
    slow.give("t");
    slow.breakOff();
    await assert.rejects(told(posted));
    assert.equal((await told(await ask())).fwd, "invalid");
  });

  test("also what was on its way when it happened", async () => {
    const slow = slowBody();
    const upstream = fakeUpstream({ ...fresh, body: slow.body }, { status: 204 }, newer);
    const { ask } = bench(upstream);
    const first = await ask();
    await told(await ask({}, { method: "DELETE" }));
    slow.give("one");
    slow.end();
    await told(first);
    assert.equal(((await told(await ask())) as { fwd: string }).fwd, "uri-miss");
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
