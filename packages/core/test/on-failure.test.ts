import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Context, type Failure, onFailure, onRequest, onResponse, type StoredResponse } from "../src/index.ts";
import { contextWith, get, type Lines, now, privately, response, shared, stored } from "./given.ts";

interface Given {
  readonly secondsAgo?: number;
  readonly asks?: Lines;
  readonly context?: Context;
  readonly more?: Partial<StoredResponse>;
}

/** A response whose minute is over, asked about as its request wants it. */
function question(said: Lines, { secondsAgo = 70, asks, context = shared, more }: Given) {
  const one = stored({ etag: '"1"', ...said }, { secondsAgo, ...more });
  const decision = onRequest(get(asks), [one], context);
  assert.ok(decision.type === "validate" || decision.type === "forward", decision.type);
  return { one, decision, context, asks };
}
function without(said: Lines, given: Given = {}, failure: Failure = "unreachable") {
  const { decision, context } = question(said, given);
  return onFailure(decision, failure, context);
}
/** What becomes of the question when the upstream answers with this status. */
function answered(status: number, said: Lines, given: Given = {}) {
  const { one, decision, context, asks } = question(said, given);
  const times = { requestTime: now, responseTime: now };
  return onResponse(
    { decision, request: get(asks), response: response({}, status), stored: [one], ...times, retried: false },
    context,
  );
}

const minute = { "cache-control": "max-age=60" };
const window = { "cache-control": "max-age=60, stale-if-error=30" };
const covers = contextWith({ staleIfError: 30 });
const away = contextWith({ staleIfDisconnected: 30 });
const [serves, fails] = ["serve-stale", "fail"] as const;

describe("5861:4, 9111:4.2.4 what may stand in for an upstream that fails #9111:4.2.4-permitted", () => {
  const rows: readonly (readonly [says: string, said: Lines, then: typeof serves | typeof fails, given?: Given])[] = [
    ["nothing allows it", minute, fails],
    ["stale-if-error", window, serves],
    ["to its last second", window, serves, { secondsAgo: 90 }],
    ["no longer #5861:4-limit", window, fails, { secondsAgo: 91 }],
    ["a window of nothing", { "cache-control": "max-age=60, stale-if-error=0" }, fails, { secondsAgo: 60 }],
    ["the policy's, where the response says nothing", minute, serves, { context: covers }],
    [
      "the response's own before the policy's",
      { "cache-control": "max-age=60, stale-if-error=1" },
      fails,
      { context: covers },
    ],
    ["a client's own #5861:4-request", minute, serves, { asks: { "cache-control": "stale-if-error=10" } }],
    ["no longer than it says", minute, fails, { asks: { "cache-control": "stale-if-error=9" } }],
    ["also where it says less than the response", window, fails, { asks: { "cache-control": "stale-if-error=9" } }],
    [
      "a policy that follows no request directives",
      minute,
      fails,
      { asks: { "cache-control": "stale-if-error=10" }, context: contextWith({ requestDirectives: false }) },
    ],
    ["an invalidated one #9111:4.4-unsafe", window, fails, { more: { invalid: true } }],
    [
      "must-revalidate #9111:5.2.2.2-must-revalidate #9111:5.2.2.2-error",
      { "cache-control": "max-age=60, stale-if-error=30, must-revalidate" },
      fails,
    ],
    [
      "also where the client would take it #9111:5.2.2.2-must-revalidate",
      { "cache-control": "max-age=60, must-revalidate" },
      fails,
      { asks: { "cache-control": "stale-if-error=30" } },
    ],
    [
      "proxy-revalidate #9111:5.2.2.8-proxy-revalidate",
      { "cache-control": "max-age=60, stale-if-error=30, proxy-revalidate" },
      fails,
    ],
    [
      "proxy-revalidate in a private cache",
      { "cache-control": "max-age=60, stale-if-error=30, proxy-revalidate" },
      serves,
      { context: privately },
    ],
    ["s-maxage #9111:5.2.2.10-s-maxage", { "cache-control": "s-maxage=60, stale-if-error=30" }, fails],
    ["no-cache #9111:4.2.4-prohibited", { "cache-control": "no-cache, max-age=60, stale-if-error=30" }, fails],
    [
      "no-store that a 304 brought #9111:5.2.2.5-no-store",
      { "cache-control": "no-store, max-age=60, stale-if-error=30" },
      fails,
    ],
    [
      "a format that is its documents' origin",
      { "cache-control": "max-age=60, must-revalidate" },
      serves,
      { context: contextWith({ staleIfError: 30, obeyRevalidate: false }) },
    ],
    [
      "but not of what must not be kept",
      { "cache-control": "max-age=60, no-store" },
      fails,
      { context: contextWith({ staleIfError: 30, obeyRevalidate: false }) },
    ],
  ];
  for (const [says, said, then, given] of rows) {
    test(`${says}: no answer`, () => assert.equal(without(said, given).type, then));
    test(`${says}: 503`, () => assert.equal(answered(503, said, given).type, then === serves ? serves : "pass"));
  }
  test("it is the selected one", () => {
    const { one, decision } = question(window, {});
    assert.deepEqual(onFailure(decision, "timeout", shared), { type: serves, stored: one, because: "stale-if-error" });
  });
  test("a policy for an upstream that is away covers no answer, for a time, and no error that it answers with", () => {
    assert.equal(without(minute, { context: away }).type, serves);
    assert.equal(without(minute, { context: away, secondsAgo: 91 }).type, fails);
    assert.equal(without({ "cache-control": "max-age=60, no-cache" }, { context: away }).type, fails);
    assert.equal(answered(503, minute, { context: away }).type, "pass");
  });
  test("nothing was selected", () => {
    const decision = onRequest(get(), [], covers);
    assert.ok(decision.type === "forward");
    assert.equal(onFailure(decision, "offline", covers).type, fails);
  });
});

describe("5861:4 which answers are errors #5861:4-errors", () => {
  for (const status of [500, 502, 503, 504])
    test(`${status}`, () => assert.equal(answered(status, window).type, serves));
  test("429, too (ours)", () => assert.equal(answered(429, window).type, serves));
  for (const status of [400, 401, 403, 404, 410, 501])
    test(`${status} is an answer`, () => assert.notEqual(answered(status, window).type, serves));
});

describe("9110:15.6 the error where nothing may stand in", () => {
  const rows: readonly (readonly [Failure, 502 | 504])[] = [
    ["timeout", 504],
    ["offline", 504],
    ["unreachable", 502],
    ["broken", 502],
  ];
  for (const [failure, status] of rows)
    test(`${failure}: ${status} #9111:5.2.2.2-status`, () =>
      assert.deepEqual(without({ "cache-control": "max-age=60, must-revalidate" }, {}, failure), {
        type: fails,
        status,
        because: failure,
      }));
});
