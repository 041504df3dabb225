import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Context,
  type Decision,
  onRequest,
  type Policy,
  type StoredResponse,
  targetedCacheControl,
} from "../src/index.ts";
import { ago, contextWith, get, type Lines, now, privately, shared, stored } from "./given.ts";

/** What was decided and why, in two words. */
const told = ({ type, because }: Decision) => `${type}: ${because}`;

interface Given {
  readonly secondsAgo?: number;
  readonly asks?: Lines;
  readonly context?: Context;
  readonly method?: string;
  readonly more?: Partial<StoredResponse>;
}
type Row = readonly [says: string, said: Lines, then: string, given?: Given];

function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, said, then, { secondsAgo = 10, asks, context = shared, method, more } = {}] of table) {
      test(says, () => {
        const one = stored({ etag: '"1"', ...said }, { secondsAgo, ...more });
        assert.equal(told(onRequest(get(asks, method), [one], context)), then);
      });
    }
  });
}

const policy = (changes: Partial<Policy>, more: Partial<Context> = {}) => contextWith(changes, more);
const minute = { "cache-control": "max-age=60" };
const past = { secondsAgo: 61 };

rows("9111:4 fresh, or not #9111:4-fresh #9111:4.2-fresh #9111:4.2.4-permitted", [
  ["fresh", minute, "serve: fresh"],
  ["until its age is its lifetime", minute, "serve: fresh", { secondsAgo: 59 }],
  ["then no more", minute, "validate: stale", { secondsAgo: 60 }],
  ["stale", minute, "validate: stale", past],
  ["stale without validator", { ...minute, etag: [] }, "forward: stale", past],
  ["fresh by a guess", { "last-modified": ago(1000) }, "serve: fresh"],
  ["no lifetime at all", {}, "validate: stale", { secondsAgo: 0 }],
  ["invalidated, though fresh", minute, "validate: invalid", { more: { invalid: true } }],
  ["an Age beyond all freshness", { ...minute, age: "7200" }, "validate: stale"],
  ["an Age that can't be read is ignored", { ...minute, age: "abc" }, "serve: fresh"],
]);

rows("9111:4.3.2 what only the origin may judge #9111:4.3.2-origins-own", [
  ["If-Match", minute, "forward: request", { asks: { "if-match": '"1"' } }],
  ["If-Unmodified-Since", minute, "forward: request", { asks: { "if-unmodified-since": ago(100) } }],
  [
    "from the store alone",
    minute,
    "refuse: only-if-cached",
    {
      asks: { "if-match": '"1"', "cache-control": "only-if-cached" },
    },
  ],
  ["other conditions wait for the answer", minute, "serve: fresh", { asks: { "if-none-match": '"1"' } }],
]);

rows("9111:4 methods #9111:4-method #9111:4-write-through", [
  ["HEAD is answered by a GET's", minute, "serve: fresh", { method: "HEAD" }],
  ...["POST", "PUT", "DELETE", "PATCH", "BREW", "OPTIONS", "get"].map(
    (method): Row => [`${method} goes on`, minute, "forward: method", { method }],
  ),
]);

rows(
  "9111:5.2.2.4 no-cache in the response #9111:4-no-cache #9111:5.2.2.4-no-cache #9111:4.2.4-prohibited #9111:5.2.2-obey",
  [
    ["fresh or not", { "cache-control": "no-cache, max-age=60" }, "validate: stale"],
    ["with Expires", { "cache-control": "no-cache", expires: ago(-3600) }, "validate: stale"],
    [
      "not even for a client that takes stale ones",
      { "cache-control": "no-cache, max-age=60" },
      "validate: stale",
      { asks: { "cache-control": "max-stale" } },
    ],
    [
      "nor while it is validated",
      { "cache-control": "no-cache, max-age=5, stale-while-revalidate=60" },
      "validate: stale",
    ],
    ["immutable does not outdo it", { "cache-control": "no-cache, immutable, max-age=60" }, "validate: stale"],
    ["the qualified form is about fields", { "cache-control": 'no-cache="a", max-age=60' }, "serve: fresh"],
    [
      "a policy's own lifetime stands above it",
      { "cache-control": "no-cache" },
      "serve: fresh",
      { context: policy({ lifetime: { rule: "exactly", seconds: 60 } }) },
    ],
    [
      "a no-store that came with a 304 #9111:5.2.2.5-no-store",
      { "cache-control": "no-store, max-age=60" },
      "validate: stale",
    ],
    [
      "beside must-understand it is ignored #9111:5.2.2.3-ignore-no-store",
      { "cache-control": "no-store, must-understand, max-age=60" },
      "serve: fresh",
    ],
  ],
);

const takesStale = { asks: { "cache-control": "max-stale" }, secondsAgo: 61 };
rows("9111:5.2.1.2 max-stale, and what forbids it #9111:4.2.4-prohibited #9111:4.2.4-permitted", [
  ["any staleness", minute, "serve: max-stale", takesStale],
  ["in the very second in which freshness ends", minute, "serve: max-stale", { ...takesStale, secondsAgo: 60 }],
  ["as much as it says", minute, "serve: max-stale", { asks: { "cache-control": "max-stale=1" }, secondsAgo: 61 }],
  ["no more", minute, "validate: stale", { asks: { "cache-control": "max-stale=1" }, secondsAgo: 62 }],
  [
    "max-stale that can't be read",
    minute,
    "validate: stale",
    { asks: { "cache-control": "max-stale=x" }, secondsAgo: 61 },
  ],
  [
    "must-revalidate #9111:5.2.2.2-must-revalidate",
    { "cache-control": "max-age=60, must-revalidate" },
    "validate: stale",
    takesStale,
  ],
  ["must-revalidate while fresh", { "cache-control": "max-age=60, must-revalidate" }, "serve: fresh"],
  [
    "proxy-revalidate #9111:5.2.2.8-proxy-revalidate",
    { "cache-control": "max-age=60, proxy-revalidate" },
    "validate: stale",
    takesStale,
  ],
  [
    "proxy-revalidate in a private cache",
    { "cache-control": "max-age=60, proxy-revalidate" },
    "serve: max-stale",
    { ...takesStale, context: privately },
  ],
  ["s-maxage #9111:5.2.2.10-s-maxage", { "cache-control": "s-maxage=60" }, "validate: stale", takesStale],
  [
    "s-maxage in a private cache",
    { "cache-control": "max-age=60, s-maxage=60" },
    "serve: max-stale",
    { ...takesStale, context: privately },
  ],
  ["invalidated", minute, "validate: invalid", { ...takesStale, more: { invalid: true } }],
  [
    "a policy that follows no request directives",
    minute,
    "validate: stale",
    { ...takesStale, context: policy({ requestDirectives: false }) },
  ],
]);

rows("9111:5.2.1, 9111:5.4 what a client asks for", [
  ["no-cache", minute, "validate: request", { asks: { "cache-control": "no-cache" } }],
  ["max-age=0", minute, "validate: request", { asks: { "cache-control": "max-age=0" } }],
  ["max-age less than the age", minute, "validate: request", { asks: { "cache-control": "max-age=9" } }],
  ["max-age that is the age", minute, "serve: fresh", { asks: { "cache-control": "max-age=10" } }],
  ["min-fresh more than is left", minute, "validate: request", { asks: { "cache-control": "min-fresh=51" } }],
  ["min-fresh that is left", minute, "serve: fresh", { asks: { "cache-control": "min-fresh=50" } }],
  ["Pragma: no-cache", minute, "validate: request", { asks: { pragma: "no-cache" } }],
  [
    "Pragma beside Cache-Control doesn't count",
    minute,
    "serve: fresh",
    { asks: { pragma: "no-cache", "cache-control": "max-age=60" } },
  ],
  [
    "a policy that follows no request directives",
    minute,
    "serve: fresh",
    { asks: { "cache-control": "no-cache" }, context: policy({ requestDirectives: false }) },
  ],
  [
    "nor Pragma",
    minute,
    "serve: fresh",
    { asks: { pragma: "no-cache" }, context: policy({ requestDirectives: false }) },
  ],
]);

rows("9111:5.2.1.7 only-if-cached #9111:5.2.1.7-only-if-cached", [
  ["fresh", minute, "serve: fresh", { asks: { "cache-control": "only-if-cached" } }],
  ["stale", minute, "refuse: only-if-cached", { ...past, asks: { "cache-control": "only-if-cached" } }],
  [
    "stale, and the client takes that",
    minute,
    "serve: max-stale",
    { ...past, asks: { "cache-control": "only-if-cached, max-stale" } },
  ],
  [
    "another variant",
    { ...minute, vary: "foo" },
    "refuse: only-if-cached",
    { asks: { foo: "1", "cache-control": "only-if-cached" } },
  ],
]);
test("9111:5.2.1.7 only-if-cached and nothing stored: 504 #9111:5.2.1.7-only-if-cached", () =>
  assert.deepEqual(onRequest(get({ "cache-control": "only-if-cached" }), [], shared), {
    type: "refuse",
    status: 504,
    because: "only-if-cached",
  }));

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

describe("9211:2.2 the most specific reason #9211:2.2-specific", () => {
  const decide = (all: readonly StoredResponse[], asks: Lines = {}) => told(onRequest(get(asks), all, shared));
  const other = stored({ ...minute, vary: "foo", etag: '"1"' }, { asked: { foo: "1" } });
  const untagged = stored({ ...minute, vary: "foo" }, { asked: { foo: "1" } });
  test("nothing stored", () => assert.equal(decide([]), "forward: uri-miss"));
  test("other variants, whose tags are asked about", () => assert.equal(decide([other]), "validate: vary-miss"));
  test("other variants without tags", () => assert.equal(decide([untagged]), "forward: vary-miss"));
});

test("law: what is served as fresh is younger than its lifetime, and a stale one only where someone allows it", () => {
  const seconds = fc.nat(100);
  const directives = fc.subarray(["no-cache", "must-revalidate", "stale-while-revalidate=20", "immutable", "no-store"]);
  const wishes = fc.subarray(["max-stale", "max-stale=10", "min-fresh=5", "max-age=30", "no-cache"]);
  fc.assert(
    fc.property(seconds, seconds, directives, wishes, (lifetime, secondsAgo, said, asked) => {
      const one = stored({ "cache-control": [`max-age=${lifetime}`, ...said].join(", ") }, { secondsAgo });
      const decision = onRequest(get({ "cache-control": asked.join(", ") }), [one], shared);
      if (decision.type !== "serve") return;
      assert.ok(!said.includes("no-cache") && !said.includes("no-store") && !asked.includes("no-cache"));
      const stale = secondsAgo - lifetime;
      if (stale < 0) return assert.equal(decision.because, "fresh");
      assert.ok(!said.includes("must-revalidate"));
      const allowed =
        asked.some((one) => one.startsWith("max-stale")) || (said.includes("stale-while-revalidate=20") && stale <= 20);
      assert.ok(allowed, `stale for ${stale} s`);
    }),
  );
});

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
