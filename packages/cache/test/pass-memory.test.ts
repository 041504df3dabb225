import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import type { UpstreamResponse } from "../src/index.ts";
import { bench, start } from "./bench.ts";
import { type Answer, type FakeUpstream, fakeUpstream } from "./fake-upstream.ts";

const dated = (fields: Record<string, string>): Answer => ({ fields: { Date: formatHttpDate(start), ...fields } });
const fresh = dated({ "Cache-Control": "max-age=60" });
const lasting = dated({ "Cache-Control": "max-age=6000" });
const many = 50;
const settled = () => new Promise(setImmediate);

/** An upstream that answers nothing before it is told to, then everything it was asked with this. */
function waiting(): FakeUpstream & { answerWith(answer: Answer): void } {
  const pending: ((answer: Answer) => void)[] = [];
  const answers = Array.from({ length: 1000 }, () => () => new Promise<Answer>((resolve) => pending.push(resolve)));
  const upstream = fakeUpstream(...answers);
  return {
    asked: upstream.asked,
    send: (...args): Promise<UpstreamResponse> => upstream.send(...args),
    answerWith: (answer) => {
      for (const give of pending.splice(0)) give(answer);
    },
  };
}

/** So many requests at once, and how many of them reach the upstream before it has answered any. */
async function atOnce(
  upstream: ReturnType<typeof waiting>,
  ask: ReturnType<typeof bench>["ask"],
  answer: Answer,
  fields: Record<string, string> = {},
) {
  const before = upstream.asked.length;
  const answers = Promise.all(Array.from({ length: many }, () => ask(fields)));
  await settled();
  const first = upstream.asked.length - before;
  upstream.answerWith(answer);
  await settled();
  upstream.answerWith(answer);
  await answers;
  return { first, all: upstream.asked.length - before };
}

describe("9211:2.6 what can't be shared is not waited for", () => {
  const rows: readonly (readonly [says: string, fields: Record<string, string>, request?: Record<string, string>])[] = [
    ["no-store", { "Cache-Control": "no-store" }],
    ["private", { "Cache-Control": "private, max-age=60" }],
    ["Vary: *", { "Cache-Control": "max-age=60", Vary: "*" }],
    ["a session for one", { "Set-Cookie": "session=1" }],
    ["credentials", { "Cache-Control": "max-age=60" }, { authorization: "Basic YTpi" }],
    ["stored, but each use must be validated", { "Cache-Control": "no-cache", ETag: '"1"' }],
    ["stale at once", { "Cache-Control": "max-age=0", ETag: '"1"' }],
  ];
  for (const [says, fields, request] of rows)
    test(`${says}: followers go at once, and those after them wait for nobody`, async () => {
      const upstream = waiting();
      const { ask } = bench(upstream);
      assert.deepEqual(await atOnce(upstream, ask, dated(fields), request), { first: 1, all: many });
      assert.deepEqual(await atOnce(upstream, ask, dated(fields), request), { first: many, all: many });
    });

  test("for two minutes since the last; then one goes ahead again", async () => {
    const upstream = waiting();
    const { ask, pass } = bench(upstream);
    const secret = dated({ "Cache-Control": "no-store" });
    await atOnce(upstream, ask, secret);
    pass(119);
    assert.equal((await atOnce(upstream, ask, secret)).first, many);
    pass(120);
    assert.deepEqual(await atOnce(upstream, ask, lasting), { first: 1, all: 1 });
  });

  test("until a response comes that all may have", async () => {
    const upstream = waiting();
    const { ask, pass } = bench(upstream);
    await atOnce(upstream, ask, dated({ "Cache-Control": "no-store" }));
    assert.equal((await atOnce(upstream, ask, fresh)).first, many);
    pass(61);
    assert.deepEqual(await atOnce(upstream, ask, lasting), { first: 1, all: 1 });
  });

  const ofOneRequest: readonly (readonly [says: string, request: Record<string, string>, answer: Answer])[] = [
    ["its client's no-store", { "cache-control": "no-store" }, fresh],
    ["its client's credentials", { authorization: "Basic YTpi" }, fresh],
    ["several ranges", { range: "bytes=0-1,4-5" }, { ...fresh, status: 206 }],
  ];
  for (const [says, request, answer] of ofOneRequest)
    test(`what lies in one request says nothing of the next: ${says}`, async () => {
      const upstream = waiting();
      const { ask } = bench(upstream);
      await atOnce(upstream, ask, answer, request);
      assert.deepEqual(await atOnce(upstream, ask, fresh), { first: 1, all: 1 });
    });

  test("and what a follower found when it asked for itself is remembered as well", async () => {
    const upstream = waiting();
    const { ask } = bench(upstream);
    const vary = dated({ "Cache-Control": "max-age=60", Vary: "Cookie" });
    const [all, mine] = [ask(), ask({ cookie: "u=1" })];
    await settled();
    upstream.answerWith(vary);
    await settled();
    upstream.answerWith(dated({ "Cache-Control": "private", Vary: "Cookie" }));
    await Promise.all([all, mine]);
    const secret = dated({ "Cache-Control": "private", Vary: "Cookie" });
    assert.equal((await atOnce(upstream, ask, secret, { cookie: "u=2" })).first, many);
  });
});
