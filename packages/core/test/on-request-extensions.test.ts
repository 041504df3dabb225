import assert from "node:assert/strict";
import { test } from "node:test";
import { onRequest, targetedCacheControl } from "../src/index.ts";
import { get, now, contextWith as policy, shared, stored } from "./given.ts";
import { minute, past, rows } from "./on-request-rows.ts";

const window = { "cache-control": "max-age=60, stale-while-revalidate=30" };
rows("5861:3 stale-while-revalidate", [
  ["within its window", window, "serve: stale-while-revalidate", { secondsAgo: 90 }],
  ["no longer #5861:3-limit", window, "validate: stale", { secondsAgo: 91 }],
  [
    "a window of nothing",
    { "cache-control": "max-age=60, stale-while-revalidate=0" },
    "validate: stale",
    { secondsAgo: 60 },
  ],
  ["a window that can't be read", { "cache-control": "max-age=60, stale-while-revalidate=x" }, "validate: stale", past],
  [
    "must-revalidate forbids it",
    { "cache-control": "max-age=60, stale-while-revalidate=30, must-revalidate" },
    "validate: stale",
    past,
  ],
  [
    "a client that wants validation gets it",
    window,
    "validate: request",
    { ...past, asks: { "cache-control": "no-cache" } },
  ],
  ["invalidated", window, "validate: invalid", { ...past, more: { invalid: true } }],
  [
    "the policy's window where the response says none",
    minute,
    "serve: stale-while-revalidate",
    { ...past, context: policy({ staleWhileRevalidate: 30 }) },
  ],
  [
    "the response's own counts before the policy's",
    { "cache-control": "max-age=60, stale-while-revalidate=0" },
    "validate: stale",
    { ...past, context: policy({ staleWhileRevalidate: 30 }) },
  ],
]);
test("5861:3 it is validated in the background #5861:3-background", () => {
  const one = stored({ ...window, etag: '"1"' }, past);
  const decision = onRequest(get(), [one], shared);
  assert.ok(decision.type === "serve");
  assert.deepEqual(decision.background, onRequest(get(), [one], policy({}, { now: shared.now + 60_000 })));
  assert.equal(decision.background?.type, "validate");
});
test("5861:4, 9111:4 what is served shows its age #5861:4-visible", () => {
  const decision = onRequest(get({ "cache-control": "max-stale" }), [stored(minute, { secondsAgo: 75 })], shared);
  assert.ok(decision.type === "serve");
  assert.deepEqual([decision.age, decision.ttl], [75, -15]);
});

const immutable = { "cache-control": "max-age=60, immutable" };
rows("8246:2 immutable", [
  ["fresh: no validation #8246:2.1-proxies", immutable, "serve: fresh"],
  [
    "a forced reload goes through #8246:3-forced #8246:2.1-proxies",
    immutable,
    "validate: request",
    { asks: { "cache-control": "no-cache" } },
  ],
  ["stale: as any other #8246:2-stale", immutable, "validate: stale", past],
  ["in a request it says nothing", minute, "validate: stale", { ...past, asks: { "cache-control": "immutable" } }],
  [
    "a policy that takes it at its word",
    immutable,
    "serve: immutable",
    { ...past, asks: { "cache-control": "no-cache" }, context: policy({ lifetime: { rule: "immutable" } }) },
  ],
]);

const targeted = { context: policy({ targets: [targetedCacheControl("cdn-cache-control")] }) };
rows("9213:2.2 directives of a targeted field #9213:2.2-directives", [
  ["max-age", { "cdn-cache-control": "max-age=60", "cache-control": "no-store" }, "serve: fresh", targeted],
  [
    "no-cache",
    { "cdn-cache-control": "no-cache, max-age=60", "cache-control": "max-age=60" },
    "validate: stale",
    targeted,
  ],
  [
    "must-revalidate",
    { "cdn-cache-control": "max-age=60, must-revalidate", "cache-control": "max-age=60" },
    "validate: stale",
    { ...targeted, secondsAgo: 61, asks: { "cache-control": "max-stale" } },
  ],
  ["no-store, that came with a 304", { "cdn-cache-control": "no-store, max-age=60" }, "validate: stale", targeted],
]);

rows("what a client lets answer: Fetch's cache modes", [
  ["no-cache: fresh ones are validated", minute, "validate: request", { context: policy({ reuse: "validated" }) }],
  [
    "no-cache: not while they are fresh and immutable",
    { "cache-control": "max-age=60, immutable" },
    "serve: fresh",
    { context: policy({ reuse: "validated" }) },
  ],
  [
    "no-cache: but when they are stale",
    { "cache-control": "max-age=60, immutable" },
    "validate: request",
    { ...past, context: policy({ reuse: "validated" }) },
  ],
  ["force-cache: a stale one", minute, "serve: any-age", { ...past, context: policy({ reuse: "any" }) }],
  ["force-cache: a fresh one", minute, "serve: fresh", { context: policy({ reuse: "any" }) }],
  [
    "force-cache: whatever response and request say",
    { "cache-control": "no-cache, must-revalidate, max-age=1" },
    "serve: any-age",
    { ...past, asks: { "cache-control": "no-cache" }, context: policy({ reuse: "any" }) },
  ],
  [
    "force-cache: not what was invalidated",
    minute,
    "validate: invalid",
    { context: policy({ reuse: "any" }), more: { invalid: true } },
  ],
  [
    "force-cache: not what a 304 forbade to keep",
    { "cache-control": "no-store" },
    "validate: stale",
    { context: policy({ reuse: "any" }) },
  ],
  [
    "only-if-cached: a stale one",
    minute,
    "serve: any-age",
    { ...past, asks: { "cache-control": "only-if-cached" }, context: policy({ reuse: "any" }) },
  ],
  ["reload, no-store: none", minute, "forward: request", { context: policy({ reuse: "none" }) }],
  ["refresh: older than asked for", minute, "validate: request", { context: policy({ validatedSince: now }) }],
  ["refresh: come since", minute, "serve: fresh", { context: policy({ validatedSince: now - 10_000 }) }],
]);
