import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  afterRetry,
  type Context,
  type Outcome,
  onRequest,
  onResponse,
  type ResponseHead,
  type StoredResponse,
} from "../src/index.ts";
import { ago, contextWith, get, type Lines, now, response, shared, stored } from "./given.ts";

interface Given {
  readonly asks?: Lines;
  readonly method?: string;
  readonly has?: readonly StoredResponse[];
  readonly retried?: boolean;
  readonly context?: Context;
}

/** What becomes of a response to this request. */
function outcomeOf(
  head: ResponseHead,
  { asks, method, has = [], retried = false, context = shared }: Given = {},
): Outcome {
  const request = get(asks, method);
  const decision = onRequest(request, has, context);
  assert.ok(decision.type === "validate" || decision.type === "forward");
  return onResponse(
    { decision, request, response: head, stored: has, requestTime: now - 1000, responseTime: now, retried },
    context,
  );
}
const told = ({ type, ...rest }: Outcome) => ("because" in rest ? `${type}: ${rest.because}` : type);
const stale = (lines: Lines = {}, asked: Lines = {}) =>
  stored({ "cache-control": "max-age=5", etag: '"1"', ...lines }, { secondsAgo: 10, asked });

describe("9111:4.3.3 a full response", () => {
  test("to a validation takes the stored one's place #9111:4.3.3-full", () => {
    const one = stale();
    const outcome = outcomeOf(response({ etag: '"2"' }), { has: [one] });
    assert.ok(outcome.type === "store");
    assert.deepEqual(outcome.replaces, [one]);
    assert.equal(outcome.response.fields.get("etag"), '"2"');
  });
  test("takes the place of all that answer the same requests, and of no others", () => {
    const vary = { vary: "foo", "cache-control": "max-age=5" };
    const [first, second, other] = [stale(vary, { foo: "1" }), stale(vary, { foo: "1" }), stale(vary, { foo: "2" })];
    const outcome = outcomeOf(response(vary), { has: [first, other, second], asks: { foo: "1" } });
    assert.ok(outcome.type === "store");
    assert.deepEqual(outcome.replaces, [first, second]);
  });
  test("what is kept of it: its head, its request's fields that Vary names, its times", () => {
    const outcome = outcomeOf(response({ vary: "foo", "keep-alive": "1" }, 404), { asks: { foo: "1", bar: "2" } });
    assert.ok(outcome.type === "store");
    assert.deepEqual(
      { ...outcome.response, fields: Object.fromEntries([...outcome.response.fields]) },
      {
        method: "GET",
        status: 404,
        fields: { date: ago(0), vary: "foo" },
        varying: [["foo", "1"]],
        requestTime: now - 1000,
        responseTime: now,
      },
    );
  });
  test("that may not be stored goes on to the client #9111:4.3.3-full", () =>
    assert.equal(told(outcomeOf(response({ "cache-control": "no-store" }), { has: [stale()] })), "pass: no-store"));
  test("an error to a validation, nothing allowing the stale one, goes on #9111:4.3.3-full", () =>
    assert.equal(told(outcomeOf(response({}, 503), { has: [stale()] })), "pass: no-freshness"));
});

describe("9111:4.3.4 a 304", () => {
  const notModified = response({}, 304);
  test("that contradicts: the whole is asked for once, past all caches in between", () => {
    const outcome = outcomeOf(response({ etag: '"2"' }, 304), { has: [stale()] });
    assert.ok(outcome.type === "retry");
    assert.equal(outcome.because, "contradicting-validator");
    assert.deepEqual([...outcome.request.fields], [["cache-control", "no-cache"]]);
  });
  test("the stored response stays selected behind the retry", () => {
    const one = stale();
    const decision = onRequest(get(), [one], shared);
    assert.ok(decision.type === "validate");
    const request = { ...get(), fields: get({ a: "1" }).fields };
    assert.deepEqual(afterRetry(decision, { type: "retry", request, because: "contradicting-validator" }), {
      type: "forward",
      request,
      selected: one,
      because: "stale",
    });
  });
  test("to a client's own condition is the client's #9110:15.4.5-forward", () =>
    assert.equal(told(outcomeOf(notModified, { asks: { "if-none-match": '"1"' } })), "pass: not-modified"));
  test("to nobody's question: asked again", () =>
    assert.equal(told(outcomeOf(notModified)), "retry: unasked-not-modified"));
  test("9110:9.2.2 to POST: it is not sent twice", () =>
    assert.equal(told(outcomeOf(notModified, { method: "POST" })), "pass: not-modified"));
  test("and again: an error", () =>
    assert.deepEqual(outcomeOf(notModified, { retried: true }), {
      type: "fail",
      status: 502,
      because: "unasked-not-modified",
    }));
  test("or what may stand in for one", () =>
    assert.equal(
      told(
        outcomeOf(notModified, {
          retried: true,
          has: [stale({ etag: [] })],
          context: contextWith({ staleIfError: 60 }),
        }),
      ),
      "serve-stale: stale-if-error",
    ));
});

describe("206 and other parts are passed on as they are", () => {
  test("9110:14.4 also in a unit that nobody knows #9110:14.4-unknown-unit #9110:14.4-forward #9111:3.3-marked", () =>
    assert.equal(
      told(
        outcomeOf(response({ "content-range": "lines 1-2/3", "cache-control": "max-age=60" }, 206), {
          asks: { range: "lines=1-2" },
        }),
      ),
      "pass: partial",
    ));
  test("9110:14.4 or with a Content-Range that can't be read #9110:14.4-invalid", () =>
    assert.equal(
      told(outcomeOf(response({ "content-range": "bytes 5-1/3" }, 206), { asks: { range: "bytes=1-2" } })),
      "pass: partial",
    ));
  test("a 206 changes nothing that is stored", () => {
    const outcome = outcomeOf(response({ etag: '"1"' }, 206), { has: [stale()] });
    assert.ok(outcome.type === "pass");
    assert.deepEqual([outcome.updated, outcome.invalidates], [[], []]);
  });
});

test("law: a retry asks about nothing, so its answer leads to no other", () => {
  const lines = fc.dictionary(
    fc.constantFrom("etag", "last-modified", "vary"),
    fc.constantFrom('"1"', '"2"', 'W/"1"', ago(9), "foo"),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(lines, lines, fc.boolean(), (has, brings, conditional) => {
      const asks = conditional ? { "if-none-match": '"9"', range: "bytes=0-1" } : {};
      const [request, all] = [get(asks), [stale(has)]];
      const decision = onRequest(request, all, shared);
      assert.ok(decision.type === "validate" || decision.type === "forward");
      const exchange = { request, response: response(brings, 304), stored: all, requestTime: now, responseTime: now };
      const first = onResponse({ ...exchange, decision, retried: false }, shared);
      if (first.type !== "retry") return;
      for (const name of ["if-none-match", "if-modified-since", "if-match", "if-range", "range"])
        assert.equal(first.request.fields.has(name), false);
      const second = onResponse({ ...exchange, decision: afterRetry(decision, first), retried: true }, shared);
      assert.notEqual(second.type, "retry");
    }),
  );
});

describe("a 304 that can't be used, to a strict policy", () => {
  const bare = { status: 304, fields: response({}).fields };
  const context = contextWith({ bareNotModified: "strict" });
  test("is a failure of the upstream", () =>
    assert.equal(told(outcomeOf(bare, { has: [stale()], context })), "fail: ambiguous-not-modified"));
  test("that something stale may cover", () => {
    const has = [stale({ "cache-control": "max-age=5, stale-if-error=60" })];
    assert.equal(told(outcomeOf(bare, { has, context })), "serve-stale: stale-if-error");
  });
  test("a HEAD changes nothing where nothing is stored", () => {
    const outcome = outcomeOf(response({ etag: '"2"' }), {
      method: "HEAD",
      has: [stale()],
      context: contextWith({ storing: false }),
    });
    assert.ok(outcome.type === "pass");
    assert.deepEqual(outcome.updated, []);
  });
});
