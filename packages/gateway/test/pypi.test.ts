import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Answer, failure } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { bench, start } from "./bench.ts";
import { filePath, json, page, pageOf, wantsJson } from "./pypi-pages.ts";

describe("a project's page", () => {
  test("PEP 691: JSON and HTML of one upstream page, each with validators of its own", async () => {
    const { get, upstream } = bench({ fresh: 60 }, page(["1.0"]));
    const asJson = await get("/pypi/simple/demo/", wantsJson);
    const asHtml = await get("/pypi/simple/demo/");
    assert.equal(upstream.asked.length, 1);
    assert.equal(asJson.fields.get("content-type"), json);
    assert.equal(asHtml.fields.get("content-type"), "text/html; charset=utf-8");
    assert.notEqual(asJson.fields.get("etag"), asHtml.fields.get("etag"));
    for (const { fields } of [asJson, asHtml]) {
      assert.match(fields.get("etag")!, /^"[\w-]+"$/);
      assert.equal(fields.get("cache-control"), "no-cache");
      assert.equal(fields.get("vary"), "Accept, Accept-Encoding");
      assert.equal(fields.get("last-modified"), formatHttpDate(start));
    }
    assert.equal(JSON.parse(asJson.text).files[0].url, "../../files/demo/files.example/d/demo-1.0-py3-none-any.whl");
  });

  const conditions: readonly [says: string, fields: (tag: string) => Record<string, string>, status: number][] = [
    ["the tag", (tag) => ({ "if-none-match": tag }), 304],
    ["another tag", () => ({ "if-none-match": '"x"' }), 200],
    [
      "another tag beside the right date",
      () => ({ "if-none-match": '"x"', "if-modified-since": formatHttpDate(start) }),
      200,
    ],
    ["the date", () => ({ "if-modified-since": formatHttpDate(start) }), 304],
    ["an earlier date", () => ({ "if-modified-since": formatHttpDate(start - 1000) }), 200],
  ];
  for (const [says, fields, status] of conditions) {
    test(`9110:13.2.2 a client that has ${says} gets ${status}`, async () => {
      const { get } = bench({ fresh: 60 }, page(["1.0"]));
      const first = await get("/pypi/simple/demo/", wantsJson);
      const tag = first.fields.get("etag")!;
      const again = await get("/pypi/simple/demo/", { ...wantsJson, ...fields(tag) });
      assert.equal(again.status, status);
      for (const name of ["etag", "last-modified", "cache-control", "vary", "date"]) {
        assert.equal(again.fields.get(name), first.fields.get(name), `9110:15.4.5 ${name}`);
      }
    });
  }

  test("9110:8.8.3.3 each coding has a tag of its own", async () => {
    const { get } = bench({ fresh: 60 }, page(["1.0"]));
    const tags = new Set<string>();
    for (const coding of ["gzip", "br", "zstd", "identity"]) {
      const { fields } = await get("/pypi/simple/demo/", { ...wantsJson, "accept-encoding": coding });
      assert.equal(fields.get("content-encoding"), coding === "identity" ? undefined : coding);
      tags.add(fields.get("etag")!);
    }
    assert.equal(tags.size, 4);
  });

  test("a new version is seen by the next who asks, with a later Last-Modified even within the second", async () => {
    const { get, pass } = bench({ fresh: 0 }, page(["1.0"]), page(["1.0", "1.1"]), page(["1.0", "1.1"]));
    const before = await get("/pypi/simple/demo/", wantsJson);
    const after = await get("/pypi/simple/demo/", { ...wantsJson, "if-none-match": before.fields.get("etag")! });
    assert.deepEqual([after.status, JSON.parse(after.text).files.length], [200, 2]);
    const byDate = await get("/pypi/simple/demo/", {
      ...wantsJson,
      "if-modified-since": before.fields.get("last-modified")!,
    });
    assert.equal(byDate.status, 200);
    pass(2);
    // the same content once more: nothing has changed since
    assert.equal(byDate.fields.get("etag"), after.fields.get("etag"));
  });

  test("the upstream is asked with its own validator, never with the client's", async () => {
    const { get, upstream } = bench({ fresh: 0 }, page(["1.0"], { ETag: '"up"' }), {
      status: 304,
      fields: { ETag: '"up"' },
    });
    const { fields } = await get("/pypi/simple/demo/", wantsJson);
    const again = await get("/pypi/simple/demo/", { ...wantsJson, "if-none-match": fields.get("etag")! });
    assert.equal(again.status, 304);
    assert.equal(upstream.asked[1]?.fields.get("if-none-match"), '"up"');
  });

  const lifetimes: readonly [
    says: string,
    fresh: number | undefined,
    upstream: string | undefined,
    after: number,
    asked: number,
  ][] = [
    ["nothing said: asked each time", undefined, undefined, 1, 2],
    ["the upstream's own lifetime", undefined, "max-age=30", 29, 1],
    ["over: asked", undefined, "max-age=30", 31, 2],
    ["a day counts for a minute", undefined, "max-age=86400", 59, 1],
    ["and no longer", undefined, "max-age=86400", 61, 2],
    ["stale-while-revalidate does not stretch it", undefined, "max-age=1, stale-while-revalidate=600", 5, 2],
    ["no-cache holds", undefined, "max-age=30, no-cache", 1, 2],
    ["--fresh 0 asks each time", 0, "max-age=86400, immutable", 1, 2],
    ["--fresh 120 does not", 120, "no-cache", 119, 1],
  ];
  for (const [says, fresh, control, after, asked] of lifetimes) {
    test(`--fresh: ${says}`, async () => {
      const one = page(["1.0"], control === undefined ? {} : { "Cache-Control": control });
      const { get, pass, upstream } = bench({ fresh }, one, one);
      await get("/pypi/simple/demo/");
      pass(after);
      await get("/pypi/simple/demo/");
      assert.equal(upstream.asked.length, asked);
    });
  }

  test("a client's no-cache always asks", async () => {
    const { get, upstream } = bench({ fresh: 600 }, page(["1.0"]), page(["1.0", "1.1"]));
    await get("/pypi/simple/demo/");
    const { text } = await get("/pypi/simple/demo/", { ...wantsJson, "cache-control": "no-cache" });
    assert.equal(JSON.parse(text).files.length, 2);
    assert.equal(upstream.asked.length, 2);
  });

  for (const [fresh, asked] of [
    [undefined, 1],
    [60, 1],
    [0, 3],
  ] as const) {
    test(`three at once with --fresh ${fresh ?? "left out"}: ${asked} upstream`, async () => {
      const one = page(["1.0"]);
      const { get, upstream } = bench({ fresh }, one, one, one);
      const answers = await Promise.all([1, 2, 3].map(() => get("/pypi/simple/demo/", wantsJson)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal(upstream.asked.length, asked);
    });
  }

  const faults: readonly [says: string, answer: Answer][] = [
    ["down", failure("unreachable", true)],
    ["slow", failure("timeout")],
    ["500", { status: 500 }],
    ["503", { status: 503 }],
    ["429", { status: 429 }],
    ["a login page", { fields: { "Content-Type": "text/html" }, body: "<html><form>Sign in</form></html>" }],
    [
      "a page of another project",
      { fields: { "Content-Type": json }, body: '{"meta":{"api-version":"1.0"},"name":"other","files":[]}' },
    ],
    ["cut short", { fields: { "Content-Type": json, "Content-Length": "9999" }, body: pageOf(["1.0"]).slice(0, 40) }],
    ["no gzip", { fields: { "Content-Type": json, "Content-Encoding": "gzip" }, body: pageOf(["1.0"]) }],
  ];
  for (const [says, answer] of faults) {
    test(`the upstream is ${says}: what was stored answers, and the next one heals`, async () => {
      const unsent = "unsent" in answer && answer.unsent ? [answer] : [];
      const { get, pass } = bench({ fresh: 0 }, page(["1.0"]), answer, ...unsent, page(["1.0", "1.1"]));
      const before = await get("/pypi/simple/demo/", wantsJson);
      pass(86_400 * 30);
      const during = await get("/pypi/simple/demo/", wantsJson);
      assert.deepEqual([during.status, during.fields.get("etag")], [200, before.fields.get("etag")]);
      assert.match(during.fields.get("cache-status")!, /stale-if-error/);
      const after = await get("/pypi/simple/demo/", wantsJson);
      assert.equal(JSON.parse(after.text).files.length, 2);
    });
    test(`the upstream is ${says} and nothing is stored: a gateway's error, never 404`, async () => {
      const { get } = bench({}, answer, answer);
      const { status } = await get("/pypi/simple/demo/", wantsJson);
      assert.ok(status >= 429 && status !== 404, `${status}`);
    });
  }

  for (const status of [404, 410, 403]) {
    test(`a ${status} of before does not stand in for an upstream that is away: it may have it by now`, async () => {
      const { get, pass } = bench({ fresh: 60 }, { status }, failure("unreachable"), failure("unreachable"));
      assert.equal((await get("/pypi/simple/demo/")).status, status);
      pass(61);
      assert.equal((await get("/pypi/simple/demo/")).status, 502);
    });
  }

  test("a 404 is the upstream's own word, and ends with it", async () => {
    const { get } = bench({ fresh: 0 }, { status: 404 }, page(["1.0"]));
    assert.equal((await get("/pypi/simple/demo/")).status, 404);
    assert.equal((await get("/pypi/simple/demo/")).status, 200);
  });

  test("a page in a coding is read; redirects are followed and relative links with them", async () => {
    const html = '<!DOCTYPE html><html><body><a href="demo-1.0.tar.gz#sha256=00">demo-1.0.tar.gz</a></body></html>';
    const moved: Answer = { status: 302, fields: { Location: "https://mirror.example/x/demo/" } };
    const { get, upstream } = bench({}, moved, { fields: { "Content-Type": "text/html" }, body: html });
    const { text } = await get("/pypi/simple/demo/", wantsJson);
    assert.equal(upstream.asked[1]?.target, "https://mirror.example/x/demo/");
    assert.equal(JSON.parse(text).files[0].url, "../../files/demo/mirror.example/x/demo/demo-1.0.tar.gz");
  });

  test("9110:8.7 an upstream's own Content-Location says nothing about where its links lead", async () => {
    const html = '<a href="demo-1.0.tar.gz">demo-1.0.tar.gz</a>';
    const fields = { "Content-Type": "text/html", "Content-Location": "index.html.en" };
    const { get } = bench({}, { fields, body: html });
    const { text } = await get("/pypi/simple/demo/", wantsJson);
    assert.match(JSON.parse(text).files[0].url, /\/-\/simple\/demo\/demo-1\.0\.tar\.gz$/);
  });

  test("an error page that is not passed on does not keep its connection", async () => {
    let left = 0;
    const chunks = {
      next: () => new Promise<never>(() => undefined),
      return: async () => ({ done: true, value: ++left }),
    };
    const body = { [Symbol.asyncIterator]: () => chunks } as unknown as AsyncIterable<Uint8Array>;
    const refusal: Answer = { status: 403, fields: { "Cache-Control": "no-store" }, body };
    const { get } = bench({ fresh: 60 }, refusal, page(["1.0"]), refusal);
    assert.equal((await get("/pypi/simple/demo/")).status, 403);
    await get("/pypi/simple/demo/");
    assert.equal((await get(filePath)).status, 403);
    assert.equal(left, 2);
  });

  test("PEP 503: a name that is not normal is redirected, and nothing is asked", async () => {
    const { get, upstream } = bench({});
    const { status, fields } = await get("/pypi/simple/De_Mo/");
    assert.deepEqual([status, fields.get("location"), upstream.asked.length], [301, "/pypi/simple/de-mo/", 0]);
  });

  test("the whole list of projects is never asked for", async () => {
    const { get, upstream } = bench({});
    assert.equal((await get("/pypi/simple/")).status, 200);
    assert.equal(upstream.asked.length, 0);
  });

  test("a page that was got with a client's credentials is that client's alone", async () => {
    const mine = page(["1.0"], { "Cache-Control": "max-age=60" });
    const { get } = bench({}, mine, { status: 401, fields: { "WWW-Authenticate": "Basic" } });
    const { fields } = await get("/pypi/simple/demo/", { authorization: "Basic x" });
    assert.equal(fields.get("cache-control"), "private, no-cache");
    const other = await get("/pypi/simple/demo/");
    assert.deepEqual([other.status, other.fields.get("www-authenticate")], [401, "Basic"]);
  });
});

test("gzip from the upstream is undone before the page is read", async () => {
  const body = (async function* () {
    yield new Uint8Array(gzipSync(pageOf(["1.0"])));
  })();
  const { get } = bench({}, { fields: { "Content-Type": json, "Content-Encoding": "gzip" }, body });
  assert.equal(JSON.parse((await get("/pypi/simple/demo/", wantsJson)).text).files.length, 1);
});
