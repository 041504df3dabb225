import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  afterRetry,
  caughtAt,
  isCaught,
  onRequest,
  onResponse,
  type Policy,
  type StoredResponse,
  trustRules,
  whyVerify,
} from "../src/index.ts";
import { ago, contextWith, get, type Lines, now, response, stored } from "./given.ts";

const hour = { verify: { every: 3600, distrust: 86_400, rules: trustRules } };
const since = (seconds: number) => now - seconds * 1000;

describe("trust, but verify: when the whole is asked for (ours)", () => {
  const rows: readonly (readonly [
    says: string,
    more: Partial<StoredResponse>,
    reason: string | undefined,
    asks?: Lines,
    policy?: Partial<Policy>,
  ])[] = [
    ["content that came a moment ago", { verifiedAt: since(1) }, undefined],
    ["to the last second", { verifiedAt: since(3599.9) }, undefined],
    ["an hour ago", { verifiedAt: since(3600) }, "verify-due"],
    ["the client says no-cache", { verifiedAt: since(1) }, "verify-asked", { "cache-control": "no-cache" }],
    ["Pragma, where there is no Cache-Control", { verifiedAt: since(1) }, "verify-asked", { pragma: "no-cache" }],
    ["max-age=0 is no such wish", { verifiedAt: since(1) }, undefined, { "cache-control": "max-age=0" }],
    [
      "a client whose wishes don't count",
      { verifiedAt: since(1) },
      undefined,
      { "cache-control": "no-cache" },
      { requestDirectives: false },
    ],
    ["the upstream was caught", { verifiedAt: since(1), caughtAt: since(86_399) }, "verify-distrusted"],
    ["and has been honest for a day", { verifiedAt: since(1), caughtAt: since(86_400) }, undefined],
    [
      "a policy that believes everything",
      { verifiedAt: since(1e9), caughtAt: since(1) },
      undefined,
      { "cache-control": "no-cache" },
      { verify: null },
    ],
    ["always", { verifiedAt: now }, "verify-due", {}, { verify: { every: 0, distrust: 0, rules: trustRules } }],
  ];
  for (const [says, more, reason, asks = {}, policy = {}] of rows)
    test(says, () => {
      const context = contextWith({ ...hour, ...policy });
      const one = stored({ etag: '"1"', "cache-control": "max-age=5" }, { secondsAgo: 10, ...more });
      assert.equal(whyVerify(get(asks), one, context), reason);
      const decision = onRequest(get(asks), [one], context);
      assert.equal(decision.type, reason === undefined ? "validate" : "forward");
      if (decision.type !== "forward") return;
      assert.deepEqual([decision.verifies, decision.selected], [reason, one]);
      assert.equal(decision.request.fields.has("if-none-match"), false);
      if (asks.pragma === undefined) assert.equal(decision.request.fields.get("cache-control"), "no-cache");
    });
  test("nothing is asked while a response is fresh", () => {
    const one = stored({ etag: '"1"', "cache-control": "max-age=9999" }, { verifiedAt: since(9000) });
    assert.equal(onRequest(get(), [one], contextWith(hour)).type, "serve");
  });
  test("the client's other wishes go along", () => {
    const one = stored({ etag: '"1"' }, { secondsAgo: 4000 });
    const decision = onRequest(get({ "cache-control": "max-age=0, stale-if-error=5" }), [one], contextWith(hour));
    assert.ok(decision.type === "forward");
    assert.equal(decision.request.fields.get("cache-control"), "max-age=0, stale-if-error=5, no-cache");
  });
  test("a 304 leaves the time at which the content came", () => {
    const one = stored({ etag: '"1"' }, { secondsAgo: 100 });
    const context = contextWith(hour);
    const decision = onRequest(get(), [one], context);
    assert.ok(decision.type === "validate");
    const exchange = { decision, request: get(), response: response({ etag: '"1"' }, 304), stored: [one] };
    const outcome = onResponse({ ...exchange, requestTime: now, responseTime: now, retried: false }, context);
    assert.ok(outcome.type === "freshen");
    assert.deepEqual([outcome.selected.verifiedAt, outcome.selected.responseTime], [since(100), now]);
  });
});

describe("trust, but verify: an upstream is caught (ours)", () => {
  const frozen = { "last-modified": ago(500) };
  const rows: readonly (readonly [says: string, before: Lines, after: Lines, caught: boolean, same?: boolean])[] = [
    ["other content under the same tag", { etag: '"1"' }, { etag: '"1"' }, true],
    ["under the same weak tag", { etag: 'W/"1"' }, { etag: 'W/"1"' }, true],
    ["another tag", { etag: '"1"' }, { etag: '"2"' }, false],
    ["another tag with a frozen date", { etag: '"1"', ...frozen }, { etag: '"2"', ...frozen }, false],
    ["a frozen date", frozen, frozen, true],
    ["a date that goes back", frozen, { "last-modified": ago(600) }, true],
    ["a later date", frozen, { "last-modified": ago(499) }, false],
    ["no validators", {}, {}, false],
    ["validators that went away", { etag: '"1"' }, {}, false],
    ["the same content", { etag: '"1"' }, { etag: '"1"' }, false, true],
    ["another coding", { etag: '"1"', "content-encoding": "gzip" }, { etag: '"1"', "content-encoding": "br" }, false],
    ["another media type", { etag: '"1"', "content-type": "a/b" }, { etag: '"1"', "content-type": "a/c" }, false],
  ];
  for (const [says, lines, brings, caught, same = false] of rows)
    test(`${says}: ${caught ? "" : "not "}caught`, () => {
      const before = stored(lines, { caughtAt: 5 });
      const content = same ? before.content : { length: 3, sha256: "1".repeat(64) };
      const whole = { ...response(brings), content };
      assert.equal(isCaught(before, whole), caught);
      assert.equal(caughtAt(before, whole, now), caught ? now : 5);
    });
  test("an error page says nothing about a page", () => {
    const content = { length: 3, sha256: "1".repeat(64) };
    assert.equal(isCaught(stored({ etag: '"1"' }), { ...response({ etag: '"1"' }, 404), content }), false);
    assert.equal(isCaught(stored({ etag: '"1"' }, { status: 404 }), { ...response({ etag: '"1"' }), content }), false);
  });
  test("nothing was there before", () =>
    assert.equal(caughtAt(undefined, { ...response(), content: { length: 3, sha256: "" } }, now), undefined));
});

describe("a validation that fails is tried once as a plain request (ours)", () => {
  const retrying = contextWith({ failedValidation: "retry", staleIfError: 3600 });
  const one = stored({ etag: '"1"', "cache-control": "max-age=5" }, { secondsAgo: 10 });
  const outcomeOf = (status: number, { retried = false, context = retrying, has = one } = {}) => {
    const decision = onRequest(get(), [has], context);
    assert.ok(decision.type === "validate" || decision.type === "forward");
    const exchange = { decision, request: get(), response: response({}, status), stored: [has] };
    return onResponse({ ...exchange, requestTime: now, responseTime: now, retried }, context);
  };
  for (const status of [400, 401, 403, 404, 412, 500, 503])
    test(`${status}`, () => {
      const outcome = outcomeOf(status);
      assert.ok(outcome.type === "retry");
      assert.equal(outcome.because, "failed-validation");
      assert.deepEqual([...outcome.request.fields], [["cache-control", "no-cache"]]);
      const decision = onRequest(get(), [one], retrying);
      assert.ok(decision.type === "validate");
      assert.equal(afterRetry(decision, outcome).selected, one);
    });
  for (const [says, type, given, status] of [
    ["429 is about how often", "serve-stale", {}, 429],
    ["once only", "serve-stale", { retried: true }, 503],
    ["where nothing was asked about", "serve-stale", { has: stored({}, { secondsAgo: 10 }) }, 503],
    ["a policy that takes it as it is", "serve-stale", { context: contextWith({ staleIfError: 3600 }) }, 503],
    ["a full answer needs none", "store", {}, 200],
  ] as const)
    test(`not: ${says}`, () => assert.equal(outcomeOf(status, given).type, type));
});

test("law: what is verified is always asked about without conditions, and stays covered", () => {
  const seconds = fc.integer({ min: 0, max: 200_000 });
  fc.assert(
    fc.property(seconds, fc.option(seconds, { nil: undefined }), fc.boolean(), (came, caught, refresh) => {
      const one = stored(
        { etag: '"1"' },
        { secondsAgo: came, ...(caught !== undefined && { caughtAt: since(caught) }) },
      );
      const asks = refresh ? { "cache-control": "no-cache" } : {};
      const decision = onRequest(get(asks), [one], contextWith(hour));
      const due = refresh || came >= 3600 || (caught !== undefined && caught < 86_400);
      assert.equal(decision.type, due ? "forward" : "validate");
      assert.ok(decision.type === "forward" || decision.type === "validate");
      assert.equal(decision.request.fields.has("if-none-match"), !due);
      assert.equal(decision.selected, one);
    }),
  );
});
