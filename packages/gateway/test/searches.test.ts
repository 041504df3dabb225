import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { readCaching } from "../src/config-cache.ts";
import { bench, start } from "./bench.ts";

const caching = readCaching("http", { "no-vary-search": true }, (key) => key, "/");
const site = { prefix: "/site/", format: "http", upstream: new URL("http://upstream.example/") } as const;
const saying =
  (value: string | undefined, more: Record<string, string> = {}) =>
  ({ target }: RequestHead): Answer => ({
    fields: {
      Date: formatHttpDate(start),
      "Cache-Control": "max-age=60",
      ...(value !== undefined && { "No-Vary-Search": value }),
      ...more,
    },
    body: target.slice("http://upstream.example/".length),
  });

/** The texts that these paths are answered with, one after the other. */
async function texts(it: ReturnType<typeof bench>, ...paths: readonly string[]) {
  const all: string[] = [];
  for (const path of paths) all.push((await it.get(path)).text);
  return all;
}

describe("draft-ietf-httpbis-no-vary-search 7: answers for URLs that differ in what makes no difference", () => {
  const rows: readonly (readonly [value: string | undefined, paths: readonly string[], got: readonly string[]])[] = [
    [
      'params=("utm")',
      ["/site/x?utm=1&a=1", "/site/x?a=1&utm=2", "/site/x?a=1"],
      ["x?utm=1&a=1", "x?utm=1&a=1", "x?utm=1&a=1"],
    ],
    ['params=("utm")', ["/site/x?a=1", "/site/x?a=2", "/site/y?a=1"], ["x?a=1", "x?a=2", "y?a=1"]],
    ["key-order", ["/site/x?a=1&b=2", "/site/x?b=2&a=1"], ["x?a=1&b=2", "x?a=1&b=2"]],
    [
      'params, except=("id")',
      ["/site/x?id=1&s=9", "/site/x?id=1", "/site/x?id=2"],
      ["x?id=1&s=9", "x?id=1&s=9", "x?id=2"],
    ],
    ["nonsense", ["/site/x?a=1", "/site/x?a=1&"], ["x?a=1", "x?a=1&"]],
    [undefined, ["/site/x?a=1&b=2", "/site/x?b=2&a=1"], ["x?a=1&b=2", "x?b=2&a=1"]],
  ];
  for (const [value, paths, got] of rows)
    test(`${value}: ${paths.join(", ")}`, async () => {
      const it = bench({ ...site, caching }, ...paths.map(() => saying(value)));
      assert.deepEqual(await texts(it, ...paths), got);
    });

  test("only where the mount says so", async () => {
    const it = bench(site, saying("params"), saying("params"));
    assert.deepEqual(await texts(it, "/site/x?a", "/site/x?b"), ["x?a", "x?b"]);
  });

  test("9211:2.7 Cache-Status says what answered", async () => {
    const it = bench({ ...site, caching }, saying("params"));
    await it.get("/site/x?a=1");
    assert.equal((await it.get("/site/x?b")).fields.get("cache-status"), 'larder; hit; ttl=60; key="/site/x?a=1"');
  });

  test("a stored response that says nothing answers for its own URL alone, whatever another said", async () => {
    const it = bench({ ...site, caching }, saying(undefined), saying("params"), saying("params"));
    assert.deepEqual(await texts(it, "/site/x?a", "/site/x?b", "/site/x?a", "/site/x?c"), ["x?a", "x?b", "x?a", "x?b"]);
  });

  test("a stale one is nobody else's: each asks for its own", async () => {
    const it = bench({ ...site, caching }, saying("params"), saying("params"));
    await it.get("/site/x?a");
    it.pass(61);
    assert.deepEqual(await texts(it, "/site/x?b"), ["x?b"]);
    assert.equal(it.upstream.asked.length, 2);
  });

  test("a client that wants news gets its own", async () => {
    const it = bench({ ...site, caching }, saying("params"), saying("params"));
    await it.get("/site/x?a");
    assert.equal((await it.get("/site/x?b", { "cache-control": "no-cache" })).text, "x?b");
  });

  test("variants stay apart", async () => {
    const vary = saying("params", { Vary: "Accept-Language" });
    const it = bench({ ...site, caching }, vary, vary);
    await it.get("/site/x?a", { "accept-language": "en" });
    assert.equal((await it.get("/site/x?b", { "accept-language": "fr" })).text, "x?b");
    assert.equal((await it.get("/site/x?c", { "accept-language": "fr" })).text, "x?b");
  });

  test("9111:4.1 a variant that a 304 left answers for other queries, too", async () => {
    const vary = saying("params", { Vary: "Accept-Language", ETag: '"1"' });
    const same = (request: RequestHead): Answer => ({ ...vary(request), status: 304, body: "" });
    const it = bench({ ...site, caching }, vary, same, vary);
    const [en, fr] = [{ "accept-language": "en" }, { "accept-language": "fr" }];
    await it.get("/site/x?a", en);
    assert.equal((await it.get("/site/x?a", fr)).text, "x?a");
    assert.equal((await it.get("/site/x?b", fr)).text, "x?a");
    assert.equal((await it.get("/site/x?b", { "accept-language": "de" })).text, "x?b");
    assert.equal(it.upstream.asked.length, 3);
  });
});
