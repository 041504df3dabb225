import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Context,
  type NotStorable,
  type Policy,
  plainPolicy,
  storedFields,
  targetedCacheControl,
  whyNotStorable,
} from "../src/index.ts";
import { ago, contextWith, fields, get, type Lines, now, privately, response, shared } from "./given.ts";

interface Given {
  readonly method?: string;
  readonly asked?: Lines;
  readonly status?: number;
  readonly context?: Context;
}
type Row = readonly [says: string, said: Lines, then: NotStorable | undefined, given?: Given];

function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, said, then, { method, asked, status, context = shared } = {}] of table)
      test(says, () => assert.equal(whyNotStorable(get(asked, method), response(said, status), context), then));
  });
}

const fresh = { "cache-control": "max-age=60" };
const policy = (changes: Partial<Policy>) => contextWith({ ...plainPolicy, ...changes });

rows("9111:3 methods #9111:3-method", [
  ["GET", fresh, undefined],
  ["HEAD brings no content to keep", fresh, "method", { method: "HEAD" }],
  ["PUT", fresh, "method", { method: "PUT" }],
  ["OPTIONS", fresh, "method", { method: "OPTIONS" }],
  ["an unknown one", fresh, "method", { method: "BREW" }],
  ["methods have case", fresh, "method", { method: "get" }],
  ["POST", fresh, "method", { method: "POST" }],
  ["POST with its own Content-Location", { ...fresh, "content-location": "/x" }, undefined, { method: "POST" }],
  ["POST with another one's", { ...fresh, "content-location": "/y" }, "method", { method: "POST" }],
  ["POST without explicit freshness", { "content-location": "/x" }, "method", { method: "POST" }],
  ["POST that only says public", { "cache-control": "public", "content-location": "/x" }, "method", { method: "POST" }],
  ["POST that failed", { ...fresh, "content-location": "/x" }, "method", { method: "POST", status: 404 }],
]);

rows("a policy that stores nothing (Fetch's no-store)", [
  ["fresh", fresh, "policy", { context: policy({ storing: false }) }],
]);

rows("9111:3 statuses", [
  ["100 #9111:3-final", fresh, "status", { status: 100 }],
  ["103 #9111:3-final", fresh, "status", { status: 103 }],
  ["304 is no response of its own #9111:3-understood", fresh, "status", { status: 304 }],
  ["206: Larder keeps no parts #9111:3-understood #9111:3.3-no-parts", fresh, "partial", { status: 206 }],
  ["the last number of a status", fresh, undefined, { status: 599 }],
  ["no number of a status", fresh, "status", { status: 600 }],
  ["an unknown one with explicit freshness", fresh, undefined, { status: 299 }],
  [
    "must-understand and an unknown one #9111:3-understood",
    { "cache-control": "max-age=60, must-understand" },
    "must-understand",
    { status: 299 },
  ],
  ["must-understand and a known one", { "cache-control": "max-age=60, must-understand" }, undefined],
]);

rows("9111:3, 9111:5.2.2.5 no-store in the response #9111:3-no-store #9111:5.2.2.5-no-store #9111:5.2.2-obey", [
  ["alone", { "cache-control": "no-store" }, "no-store"],
  ["with max-age and Expires", { "cache-control": "max-age=60, no-store", expires: ago(-60) }, "no-store"],
  ["in a private cache", { "cache-control": "no-store" }, "no-store", { context: privately }],
  ["with public and s-maxage", { "cache-control": "public, s-maxage=60, no-store" }, "no-store"],
  [
    "under a policy of immutability",
    { "cache-control": "no-store" },
    "no-store",
    { context: policy({ lifetime: { rule: "immutable" } }) },
  ],
  [
    "must-understand takes its place where the status is known #9111:5.2.2.3-ignore-no-store",
    { "cache-control": "must-understand, no-store, max-age=60" },
    undefined,
  ],
  [
    "but not where it is unknown",
    { "cache-control": "must-understand, no-store, max-age=60" },
    "must-understand",
    { status: 299 },
  ],
]);

rows("9111:5.2.1.5 no-store in the request #9111:5.2.1.5-no-store", [
  ["keeps the response out", fresh, "request-no-store", { asked: { "cache-control": "no-store" } }],
  [
    "unless the policy follows no request directives",
    fresh,
    undefined,
    { asked: { "cache-control": "no-store" }, context: policy({ requestDirectives: false }) },
  ],
]);

rows("9111:3, 9111:5.2.2.7 private #9111:3-private #9111:5.2.2.7-private", [
  ["in a shared cache", { "cache-control": "private, max-age=60" }, "private"],
  ["with public", { "cache-control": "private, public" }, "private"],
  ["in a private cache", { "cache-control": "private" }, undefined, { context: privately }],
  ["the qualified form", { "cache-control": 'private="set-cookie", max-age=60' }, undefined],
]);

const authorization = { asked: { authorization: "Basic eDp5" } };
rows("9111:3.5 Authorization #9111:3-authorization #9111:3.5-authorization", [
  ["in a shared cache", fresh, "authorization", authorization],
  ["with Expires alone", { expires: ago(-60) }, "authorization", authorization],
  ["in a private cache", fresh, undefined, { ...authorization, context: privately }],
  ["public allows it", { "cache-control": "public, max-age=60" }, undefined, authorization],
  ["must-revalidate allows it", { "cache-control": "must-revalidate, max-age=60" }, undefined, authorization],
  ["s-maxage allows it", { "cache-control": "s-maxage=60" }, undefined, authorization],
  ["proxy-revalidate does not", { "cache-control": "proxy-revalidate, max-age=60" }, "authorization", authorization],
  ["nor does immutable", { "cache-control": "immutable, max-age=60" }, "authorization", authorization],
  [
    "nor does must-revalidate under a policy that doesn't obey it",
    { "cache-control": "must-revalidate, max-age=60" },
    "authorization",
    { ...authorization, context: policy({ obeyRevalidate: false }) },
  ],
  [
    "nor does s-maxage",
    { "cache-control": "s-maxage=60" },
    "authorization",
    { ...authorization, context: policy({ obeyRevalidate: false }) },
  ],
  [
    "public does",
    { "cache-control": "public, max-age=60" },
    undefined,
    { ...authorization, context: policy({ obeyRevalidate: false }) },
  ],
]);

rows("9111:3 freshness, or a status that may be guessed #9111:3-freshness", [
  ["nothing said, 200", {}, undefined],
  ["nothing said, 404", {}, undefined, { status: 404 }],
  ["nothing said, 302", {}, "no-freshness", { status: 302 }],
  ["nothing said, 500", {}, "no-freshness", { status: 500 }],
  ["nothing said, unknown", {}, "no-freshness", { status: 299 }],
  ["max-age", fresh, undefined, { status: 302 }],
  ["max-age that can't be read", { "cache-control": "max-age=x" }, undefined, { status: 302 }],
  ["Expires", { expires: ago(-60) }, undefined, { status: 302 }],
  ["an Expires that can't be read", { expires: "0" }, undefined, { status: 302 }],
  ["s-maxage in a shared cache", { "cache-control": "s-maxage=60" }, undefined, { status: 302 }],
  [
    "s-maxage in a private cache",
    { "cache-control": "s-maxage=60" },
    "no-freshness",
    { status: 302, context: privately },
  ],
  ["public", { "cache-control": "public" }, undefined, { status: 302 }],
  ["private in a private cache", { "cache-control": "private" }, undefined, { status: 302, context: privately }],
  ["no-cache says nothing of freshness", { "cache-control": "no-cache" }, "no-freshness", { status: 302 }],
]);

const cookie = { "set-cookie": "session=1" };
rows("9111:7.3 Set-Cookie in a shared cache", [
  ["nothing said of freshness", cookie, "set-cookie"],
  ["a date that freshness could be guessed from", { ...cookie, "last-modified": ago(1000) }, "set-cookie"],
  ["no-cache", { ...cookie, "cache-control": "no-cache, max-age=60" }, "set-cookie"],
  ["no time at all", { ...cookie, "cache-control": "max-age=0" }, "set-cookie"],
  ["some time", { ...cookie, "cache-control": "max-age=60" }, undefined],
  ["Expires", { ...cookie, expires: ago(-60) }, undefined],
  ["public", { ...cookie, "cache-control": "public" }, undefined],
  ["a private cache", cookie, undefined, { context: privately }],
  ["a format that passes none on", cookie, undefined, { context: policy({ lifetime: { rule: "immutable" } }) }],
]);

rows("9111:4.1 Vary", [
  ["names", { ...fresh, vary: "accept" }, undefined],
  ["* could never be used again #9111:4.1-star", { ...fresh, vary: "*" }, "vary"],
  ["* among names", { ...fresh, vary: "accept, *" }, "vary"],
  [
    "* where the policy fixes what could vary",
    { ...fresh, vary: "*" },
    undefined,
    { context: policy({ vary: "ignore" }) },
  ],
  [
    "* where it does, but not the credentials",
    { "cache-control": "public, max-age=60", vary: "*" },
    "vary",
    { ...authorization, context: policy({ vary: "ignore" }) },
  ],
]);

const targeted = { context: policy({ targets: [targetedCacheControl("cdn-cache-control")] }) };
rows("9213:2.2 a targeted field's word on storing #9213:2.2-directives #9213:2.2-others", [
  ["no-store", { "cdn-cache-control": "no-store", "cache-control": "max-age=60" }, "no-store", targeted],
  ["private", { "cdn-cache-control": "private, max-age=60", "cache-control": "public" }, "private", targeted],
  [
    "in place of Cache-Control's",
    { "cdn-cache-control": "max-age=60", "cache-control": "no-store" },
    undefined,
    targeted,
  ],
  [
    "and of Expires",
    { "cdn-cache-control": "no-cache", expires: ago(-60) },
    "no-freshness",
    { ...targeted, status: 302 },
  ],
]);

rows("the first obstacle is the reason", [
  ["", { "cache-control": "no-store, private" }, "no-store", { method: "GET", asked: { authorization: "x" } }],
]);

describe("9111:3.1 fields that are kept", () => {
  const kept = (lines: Lines, context = shared) =>
    Object.fromEntries([...storedFields({ status: 200, fields: fields(lines) }, now, context)]);
  const base = { date: ago(0), "x-unknown": "1" };
  test("all of them, also unknown ones, several lines and cache directives #9111:3.1-all-fields #9111:5.2-pass-through", () => {
    const all = fields({
      ...base,
      "Cache-Control": "max-age=60, foo=bar",
      "set-cookie": ["a=1", "b=2"],
      "cdn-cache-control": "max-age=1",
    });
    assert.deepEqual(storedFields({ status: 200, fields: all }, now, shared).raw, all.raw);
  });
  test("none of the connection's #9111:3.1-connection", () =>
    assert.deepEqual(
      kept({
        ...base,
        connection: "X-Hop, close",
        "x-hop": "1",
        "keep-alive": "1",
        te: "x",
        "transfer-encoding": "chunked",
        upgrade: "h2c",
        "proxy-connection": "x",
      }),
      base,
    ));
  test("none of the proxy's #9111:3.1-proxy-fields", () =>
    assert.deepEqual(
      kept({ ...base, "proxy-authenticate": "Basic", "proxy-authentication-info": "x", "proxy-authorization": "x" }),
      base,
    ));
  const noCache = { "cache-control": 'no-cache="a, b"' };
  test("none that a qualified no-cache names #9111:3.1-qualified", () => {
    assert.deepEqual(kept({ ...base, ...noCache, a: "1", B: "2" }), { ...base, ...noCache });
    assert.deepEqual(kept({ ...base, ...noCache, a: "1" }, privately), { ...base, ...noCache });
  });
  const priv = { "cache-control": 'private="a"' };
  test("none that a qualified private names, in a shared cache #9111:3.1-qualified #9111:5.2.2.7-qualified", () => {
    assert.deepEqual(kept({ ...base, ...priv, a: "1" }), { ...base, ...priv });
    assert.deepEqual(kept({ ...base, ...priv, a: "1" }, privately), { ...base, ...priv, a: "1" });
  });
  test("9110:6.6.1 a Date where there was none", () => assert.deepEqual(kept({ a: "1" }), { a: "1", date: ago(0) }));
});
