import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { UpstreamFailure } from "../src/index.ts";
import { bench, dated, fresh, newer, told } from "./bench.ts";
import { type Answer, failure, fakeUpstream, slowBody } from "./fake-upstream.ts";

const withAge: Answer = { ...fresh, fields: { ...fresh.fields, Age: "7" } };
const textOf = async (answer: Parameters<typeof told>[0]) => ((await told(answer)) as { text?: string }).text;

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

  const failures: readonly (readonly [kind: UpstreamFailure["kind"], times: number, told: readonly unknown[]])[] = [
    ["unreachable", 2, [502, 502]],
    ["timeout", 1, [504, 504]],
    ["offline", 1, [504, 504]],
    // the request itself may have made the upstream break off: that is nobody else's answer
    ["broken", 3, [502, "one"]],
  ];
  for (const [kind, times, told] of failures)
    test(`an upstream that gives no response: ${kind}`, async () => {
      const failed = Array.from({ length: kind === "broken" ? 2 : times }, () => failure(kind));
      const upstream = fakeUpstream(...failed, fresh);
      const { ask } = bench(upstream);
      const answers = await Promise.all([ask(), ask()]);
      const got = answers.map(async (one) => ("failed" in one ? one.status : textOf(one)));
      assert.deepEqual([await Promise.all(got), upstream.asked.length], [told, times]);
    });

  test("5861:4 a follower of one that failed has what may stand in for it itself", async () => {
    const stale = { Vary: "Accept-Language", "Cache-Control": "max-age=60, stale-if-error=600" };
    const upstream = fakeUpstream({ fields: dated(stale), body: "en" }, failure("timeout"));
    const { ask, pass } = bench(upstream);
    await told(await ask({ "accept-language": "en" }));
    pass(100);
    const [fr, en] = await Promise.all([ask({ "accept-language": "fr" }), ask({ "accept-language": "en" })]);
    assert.equal("failed" in fr && fr.status, 504);
    const { text, detail, collapsed } = (await told(en)) as { text: string; detail: string; collapsed: boolean };
    assert.deepEqual([text, detail, collapsed], ["en", "stale-if-error", true]);
  });

  test("3.3 a part answers those alone that it has the octets for #9111:3.3-incomplete", async () => {
    const said = dated({ "Cache-Control": "max-age=60", ETag: '"1"' });
    const part: Answer = { status: 206, fields: { ...said, "Content-Range": "bytes 0-2/5" }, body: "one" };
    const upstream = fakeUpstream(part, { status: 304, fields: { ETag: '"1"' } }, { fields: said, body: "one t" });
    const { ask, pass } = bench(upstream);
    await told(await ask({ range: "bytes=0-2" }));
    pass(100);
    const [slice, whole, other] = await Promise.all([ask({ range: "bytes=0-1" }), ask(), ask({ range: "bytes=1-2" })]);
    const got = [slice, whole, other].map((one) => ("failed" in one ? "failed" : one.status));
    assert.deepEqual([got, await textOf(whole), upstream.asked.length], [[206, 200, 206], "one t", 3]);
  });
});
