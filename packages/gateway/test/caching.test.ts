import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, slowBody } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { bounded } from "../src/at-most.ts";
import { readCaching } from "../src/config-cache.ts";
import { targetKey } from "../src/query-key.ts";
import { bench, start } from "./bench.ts";

const caching = (said: Record<string, unknown>, format: "http" | "pypi" = "http") =>
  readCaching(format, said, (key) => key, "/");
const site = (said: Record<string, unknown>) =>
  ({
    prefix: "/site/",
    format: "http",
    upstream: new URL("http://upstream.example/base/"),
    caching: caching(said),
  }) as const;
const answer = (status: number, fields: Record<string, string> = {}): Answer => ({
  status,
  fields: { Date: formatHttpDate(start), ...fields },
  body: "x",
});
const statusField = async (it: ReturnType<typeof bench>, path = "/site/a") =>
  (await it.get(path)).fields.get("cache-status");

describe("negative answers are kept for as long as the mount says", () => {
  const rows: readonly (readonly [says: string, Answer, seconds: number])[] = [
    ["404 by its status", answer(404), 60],
    ["410 by its class", answer(410), 7],
    ["503, which without it is not kept at all", answer(503), 5],
    ["429 is about who asks, so it is not kept", answer(429), 0],
    ["400 is about how it was asked", answer(400), 0],
    ["200: it is no negative answer", answer(200), 0],
    ["a shorter lifetime of its own", answer(404, { "Cache-Control": "max-age=3" }), 3],
    ["a longer one is cut", answer(404, { "Cache-Control": "max-age=3000" }), 60],
    ["no-store holds", answer(404, { "Cache-Control": "no-store" }), 0],
    ["private holds", answer(404, { "Cache-Control": "private" }), 0],
    ["no-cache holds", answer(404, { "Cache-Control": "no-cache" }), 0],
  ];
  for (const [says, given, seconds] of rows)
    test(says, async () => {
      const it = bench(site({ negative: { 404: 60, "4xx": 7, "5xx": 5 } }), given, given, given);
      await it.get("/site/a");
      if (seconds > 0) {
        it.pass(seconds - 1);
        assert.match((await statusField(it))!, /; hit; ttl=1; detail=negative/);
      }
      it.pass(seconds > 0 ? 1 : 0);
      assert.doesNotMatch((await statusField(it))!, /; hit/);
      assert.equal(it.upstream.asked.length, 2);
    });

  test("what is stored covers for an upstream that fails before anything negative is kept", async () => {
    const good = answer(200, { "Cache-Control": "max-age=1, stale-if-error=600", ETag: '"1"' });
    const it = bench(site({ negative: { "5xx": 60 } }), good, answer(503), answer(503));
    await it.get("/site/a");
    it.pass(10);
    for (let i = 0; i < 2; i++) assert.equal((await it.get("/site/a")).status, 200);
  });
});

describe("negative answers of an index", () => {
  const index = (said: Record<string, unknown>) => ({ caching: caching(said, "pypi") });
  const path = "/pypi/simple/nobody/";
  const rows: readonly (readonly [says: string, answers: readonly Answer[], asked: number])[] = [
    ["404: there is no such project", [answer(404)], 1],
    ["410: no longer", [answer(410)], 1],
    ["401 may be another's answer", [answer(401), answer(401)], 2],
    ["500 says nothing about the project", [answer(500), answer(500), answer(500), answer(500)], 2],
    [
      "404 where the index led to is not the index's own word",
      [
        answer(302, { Location: "https://elsewhere.example/x/" }),
        answer(404),
        answer(302, { Location: "https://elsewhere.example/x/" }),
        answer(404),
      ],
      4,
    ],
  ];
  for (const [says, answers, asked] of rows)
    test(says, async () => {
      const it = bench(index({ negative: { 404: 60, 410: 60 } }), ...answers);
      await it.get(path);
      it.pass(30);
      await it.get(path);
      assert.equal(it.upstream.asked.length, asked);
    });

  test("and after that the index is asked again", async () => {
    const it = bench(index({ negative: { 404: 60 } }), answer(404), answer(404));
    await it.get(path);
    it.pass(61);
    await it.get(path);
    assert.equal(it.upstream.asked.length, 2);
  });
});

describe("overrides", () => {
  const said = {
    override: [
      { path: ["static/*", "*.css"], fresh: "1 hour" },
      { type: "image/*", fresh: 100 },
      { path: "live/*", fresh: 0 },
    ],
  };
  const rows: readonly (readonly [path: string, Answer, hitAfter: number | undefined, detail: RegExp])[] = [
    ["/site/static/a", answer(200), 3599, /detail=override/],
    ["/site/x/y.css?v=1", answer(200, { "Cache-Control": "no-cache" }), 3599, /detail=override/],
    ["/site/picture", answer(200, { "Content-Type": "image/png; x=1" }), 99, /detail=override/],
    ["/site/picture", answer(200, { "Content-Type": "IMAGE/PNG" }), 99, /detail=override/],
    ["/site/text", answer(200, { "Content-Type": "text/plain", "Cache-Control": "max-age=5" }), 4, /ttl=1$/],
    ["/site/static/missing", answer(404, { "Cache-Control": "max-age=5" }), 4, /ttl=1$/],
    ["/site/live/a", answer(200, { "Cache-Control": "max-age=600" }), undefined, /fwd=stale/],
    ["/site/static/mine", answer(200, { "Cache-Control": "private" }), undefined, /fwd=uri-miss/],
    ["/site/static/cookie", answer(200, { "Set-Cookie": "a=1" }), undefined, /fwd=uri-miss/],
  ];
  for (const [path, given, hitAfter, detail] of rows)
    test(`${path}: ${hitAfter === undefined ? "asked again" : `${hitAfter} seconds`}`, async () => {
      const it = bench(site(said), given, given, given);
      await it.get(path);
      it.pass(hitAfter ?? 0);
      assert.match((await statusField(it, path))!, detail);
      assert.equal(it.upstream.asked.length, hitAfter === undefined ? 2 : 1);
      if (hitAfter === undefined) return;
      it.pass(1);
      assert.doesNotMatch((await statusField(it, path))!, /; hit/);
    });
});

describe("9111:2 what the cache key says of a query", () => {
  const base = "http://a.example/x";
  const rows: readonly (readonly [said: Record<string, unknown>, from: string, to: string])[] = [
    [{}, "?b=1&a=2&&", "?b=1&a=2&&"],
    [{ "query-ignore": "utm_*" }, "?utm_source=x&a=1&utm_=2", "?a=1"],
    [{ "query-ignore": "utm_*" }, "?%75tm_x=1", ""],
    [{ "query-ignore": "utm_*" }, "", ""],
    [{ "query-ignore": ["a", "b"] }, "?a=1&b&c", "?c"],
    [{ "query-ignore": ["a"] }, "?A=1&aa=2&a", "?A=1&aa=2"],
    [{ "query-ignore": ["a b"] }, "?a+b=1&a%20b=2&c=1", "?c=1"],
    [{ "query-keep": "id" }, "?x=1&id=2&id=3", "?id=2&id=3"],
    [{ "query-keep": "id" }, "?x=1", ""],
    [{ "query-sort": true }, "?b=2&a=2&b=1&a=1", "?a=2&a=1&b=2&b=1"],
    [{ "query-sort": true }, "?b&a", "?a&b"],
    [{ "query-sort": true, "query-ignore": "a" }, "?c&a&b", "?b&c"],
  ];
  for (const [said, from, to] of rows)
    test(`${JSON.stringify(said)}: ${from} becomes ${to || "nothing"}`, () => {
      const key = targetKey(caching(said));
      assert.equal(key(base + from), base + to);
      assert.equal(key(base + to), base + to, "a second time it changes nothing");
    });

  test("the upstream gets what the key has, and one answer serves all", async () => {
    const page = answer(200, { "Cache-Control": "max-age=60" });
    const it = bench(site({ "query-ignore": "utm_*", "query-sort": true }), page);
    for (const query of ["?b=1&a=2&utm_x=9", "?a=2&b=1", "?utm_y&a=2&b=1"]) await it.get(`/site/p${query}`);
    assert.deepEqual(
      it.upstream.asked.map(({ target }) => target),
      ["http://upstream.example/base/p?a=2&b=1"],
    );
  });

  test("9111:4.4 an invalidation finds it, by its own URL and by Location", async () => {
    const page = answer(200, { "Cache-Control": "max-age=60" });
    const posted = answer(201, { Location: "/base/p?b=1&a=2&utm_x=9" });
    const it = bench(site({ "query-ignore": "utm_*", "query-sort": true }), page, posted, page);
    await it.get("/site/p?a=2&b=1");
    await it.get("/site/q", {}, "POST");
    assert.match((await statusField(it, "/site/p?b=1&a=2"))!, /fwd=stale/);
  });
});

describe("9213:2.1 a target of the mount's own", () => {
  const rows: readonly (readonly [Record<string, string>, ttl: number])[] = [
    [{ "Site-Cache-Control": "max-age=10", "CDN-Cache-Control": "max-age=20", "Cache-Control": "max-age=30" }, 10],
    [{ "CDN-Cache-Control": "max-age=20", "Cache-Control": "max-age=30" }, 20],
    [{ "Site-Cache-Control": "&", "Cache-Control": "max-age=30" }, 30],
    [{ "Other-Cache-Control": "max-age=10", "Cache-Control": "max-age=30" }, 30],
  ];
  for (const [fields, ttl] of rows)
    test(`${JSON.stringify(fields)} #9213:2.2-first #9213:2.2-not-listed`, async () => {
      const it = bench(site({ "cache-control-field": "Site-Cache-Control" }), answer(200, fields));
      await it.get("/site/a");
      assert.equal(await statusField(it), `larder; hit; ttl=${ttl}`);
    });
});

describe("limits", () => {
  const chunked = (text: string): Answer => ({
    ...answer(200, { "Cache-Control": "max-age=60" }),
    body: (async function* () {
      yield new TextEncoder().encode(text);
    })(),
  });
  const announced = (text: string): Answer => ({
    ...answer(200, { "Cache-Control": "max-age=60", "Content-Length": String(text.length) }),
    body: text,
  });
  const rows: readonly (readonly [says: string, (text: string) => Answer])[] = [
    ["announced", announced],
    ["not announced", chunked],
  ];
  for (const [says, make] of rows) {
    test(`store-limit, ${says}: what is longer is passed on whole, and not kept`, async () => {
      const it = bench(site({ "store-limit": 5 }), make("12345"), make("123456"), make("123456"));
      await it.get("/site/short");
      assert.match((await statusField(it, "/site/short"))!, /; hit/);
      for (let i = 0; i < 2; i++) {
        const { text, fields } = await it.get("/site/long");
        assert.equal(text, "123456");
        assert.match(fields.get("cache-status")!, /fwd=uri-miss/);
      }
      assert.equal(it.store.size().responses, 1);
    });

    test(`response-limit, ${says}: what is longer is the upstream's failure`, async () => {
      const long = make("123456");
      const it = bench(site({ "response-limit": 5 }), make("12345"), long, long);
      assert.equal((await it.get("/site/short")).text, "12345");
      const got = await it.get("/site/long").catch((error) => error);
      if (says === "announced") {
        assert.equal(got.status, 502);
        assert.match(got.text, /more than 5 octets/);
      } else assert.match(String(got), /more than 5 octets/);
      assert.equal(it.store.size().responses, 1);
    });
  }

  test("response-limit doesn't count what HEAD announces", async () => {
    const it = bench(site({ "response-limit": 5 }), { ...announced("123456"), body: "" });
    assert.equal((await it.get("/site/long", {}, "HEAD")).status, 200);
  });

  test("request-limit: 413 before the upstream is asked", async () => {
    const it = bench(site({ "request-limit": 5 }), answer(204));
    const { status, text } = await it.get("/site/a", { "content-length": "6" }, "POST");
    assert.equal(status, 413);
    assert.match(text, /6 octets; at \/site\/ 5 are the most/);
    assert.equal(it.upstream.asked.length, 0);
    assert.equal((await it.get("/site/a", { "content-length": "5" }, "POST")).status, 204);
  });

  test("content that isn't announced breaks off at the limit, with the error that was named", async () => {
    const slow = slowBody();
    const read = async () => {
      for await (const _ of bounded(slow.body, 3, () => new RangeError("enough")));
    };
    slow.give("123");
    slow.give("4");
    slow.end();
    await assert.rejects(read, RangeError);
  });
});

describe("what is wrong in such a configuration is said", () => {
  const rows: readonly (readonly [said: Record<string, unknown>, because: RegExp, format?: "pypi"])[] = [
    [{ negative: 60 }, /^negative: expected a table/],
    [{ negative: { 200: 60 } }, /^negative\.200: expected a status such as 404/],
    [{ negative: { 431: 60 } }, /^negative\.431: .*others must not get it/],
    [{ negative: { 404: "x" } }, /^negative\.404: expected seconds/],
    [{ negative: { 500: 60 } }, /^negative\.500: of an index only 404 and 410/, "pypi"],
    [{ override: {} }, /^override: overrides are tables/],
    [{ override: [{ path: "/a" }] }, /^override\[0\]\.fresh: missing/],
    [{ override: [{ pat: "/a" }] }, /^override\[0\]\.pat: .*did you mean path/],
    [{ override: [{ fresh: 1 }] }, /^override: only an http mount/, "pypi"],
    [{ "query-ignore": "a", "query-keep": "b" }, /^query-keep: either/],
    [{ "query-sort": true }, /^query-sort: only an http mount/, "pypi"],
    [{ "cache-control-field": "X" }, /^cache-control-field: expected a field's name that ends in -Cache-Control/],
    [{ "cache-control-field": "Cache-Control" }, /^cache-control-field: expected/],
    [{ "store-limit": "x" }, /^store-limit: expected a size/],
  ];
  for (const [said, because, format] of rows)
    test(JSON.stringify(said), () => assert.throws(() => caching(said, format ?? "http"), { message: because }));

  test("an index may have what makes sense there", () => {
    const { negative, responseLimit } = caching({ negative: { 404: "1 minute" }, "response-limit": "1 MiB" }, "pypi");
    assert.deepEqual([negative.get("404"), responseLimit], [60, 1024 ** 2]);
  });
});

test("the target that is asked for is the route's, so that nothing else sees another", async () => {
  const it = bench(site({ "query-ignore": "*" }), ({ target }: RequestHead) => ({
    ...answer(200),
    body: target,
  }));
  assert.equal((await it.get("/site/a?x=1")).text, "http://upstream.example/base/a");
});
