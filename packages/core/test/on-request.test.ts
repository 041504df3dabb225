import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { onRequest, type StoredResponse } from "../src/index.ts";
import { ago, get, type Lines, contextWith as policy, privately, shared, stored } from "./given.ts";
import { minute, past, type Row, rows, told } from "./on-request-rows.ts";

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
