import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { purgeAction } from "../src/purge.ts";
import { bench, start } from "./bench.ts";
import { workersOf } from "./workers-bench.ts";

const base = "http://upstream.example/base/";
const site = { prefix: "/site/", format: "http", upstream: new URL(base) } as const;
const caching = {
  negative: new Map([["404", 60]]),
  overrides: [{ paths: ["long*"], fresh: 3600 }],
  query: { ignore: ["utm"], keep: undefined, sort: true },
  noVarySearch: false,
  storeLimit: undefined,
  responseLimit: undefined,
  requestLimit: 100,
  cacheControl: undefined,
};
const usual = { Date: formatHttpDate(start), "Cache-Control": "max-age=60", ETag: '"1"' };

let version = 0;
/** What the upstream has: each time another content. */
function page({ method, target, fields }: RequestHead): Answer {
  const path = target.slice(base.length).split("?", 1)[0]!;
  const body = `${path} ${++version}`;
  if (method === "POST") return { status: 201, fields: { Location: `${base}a` }, body };
  switch (path) {
    case "dated":
      return { fields: { ...usual, "Last-Modified": formatHttpDate(start - 100_000) }, body };
    case "vary":
      return { fields: { ...usual, Vary: "Accept-Language" }, body: `${fields.get("accept-language")} ${body}` };
    case "own":
      return { fields: { ...usual, "Cache-Control": "private, max-age=60" }, body };
    case "shared":
      return { fields: { ...usual, "Cache-Control": "public, max-age=60" }, body };
    case "swr":
      return { fields: { ...usual, "Cache-Control": "max-age=5, stale-while-revalidate=60" }, body };
    case "moved":
      return { status: 301, fields: { ...usual, Location: `${base}a` } };
    case "missing":
      return { status: 404, fields: { Date: usual.Date }, body };
    case "big":
      return { fields: usual, body: body.repeat(100_000) };
    case "grouped":
      return { fields: { ...usual, "Cache-Groups": '"g"' }, body };
    default:
      return { fields: usual, body };
  }
}
const answers = Array.from({ length: 200 }, () => page);

describe("a worker's copies", () => {
  type Asked = readonly [path: string, fields?: Record<string, string>, method?: string, body?: string];
  const copy = true;
  const keeper = false;
  const rows: readonly (readonly [
    says: string,
    config: typeof caching | undefined,
    fromCopy: boolean,
    asked: Asked,
  ])[] = [
    ["a hit", undefined, copy, ["/site/a"]],
    ["with a query", undefined, copy, ["/site/a?q=1"]],
    ["another query", undefined, keeper, ["/site/a?q=2"]],
    ["HEAD", undefined, copy, ["/site/a", {}, "HEAD"]],
    ["a tag that it has", undefined, copy, ["/site/a", { "if-none-match": '"1"' }]],
    ["a tag that it has not", undefined, copy, ["/site/a", { "if-none-match": '"2"' }]],
    ["a date", undefined, copy, ["/site/dated", { "if-modified-since": formatHttpDate(start - 100_000) }]],
    ["an origin's own condition", undefined, keeper, ["/site/a", { "if-match": '"2"' }]],
    ["a range", undefined, copy, ["/site/a", { range: "bytes=1-2" }]],
    ["two ranges", undefined, copy, ["/site/dated", { range: "bytes=0-0,4-5" }]],
    ["no such range", undefined, copy, ["/site/a", { range: "bytes=99-" }]],
    ["a range if it is the same", undefined, copy, ["/site/a", { range: "bytes=1-2", "if-range": '"1"' }]],
    ["a range if it is another", undefined, copy, ["/site/a", { range: "bytes=1-2", "if-range": '"2"' }]],
    ["no-cache", undefined, keeper, ["/site/a", { "cache-control": "no-cache" }]],
    ["max-age=0", undefined, keeper, ["/site/a", { "cache-control": "max-age=0" }]],
    ["only-if-cached", undefined, copy, ["/site/a", { "cache-control": "only-if-cached" }]],
    ["a variant", undefined, copy, ["/site/vary", { "accept-language": "de" }]],
    ["another variant", undefined, copy, ["/site/vary", { "accept-language": "fr" }]],
    ["a variant that is not stored", undefined, keeper, ["/site/vary", { "accept-language": "it" }]],
    ["credentials, for what all may have", undefined, copy, ["/site/shared", { authorization: "Basic YTpi" }]],
    ["what is one client's own", undefined, keeper, ["/site/own"]],
    ["a redirect", undefined, copy, ["/site/moved"]],
    ["big content", undefined, keeper, ["/site/big"]],
    ["a GET with content", undefined, keeper, ["/site/a", {}, "GET", "x"]],
    ["another method", undefined, keeper, ["/site/a", {}, "DELETE"]],
    ["a path that is refused", undefined, keeper, ["/site/a/%2e%2e/%2e%2e/b"]],
    ["nothing mounted", undefined, keeper, ["/other"]],
    ["a chosen lifetime", caching, copy, ["/site/missing"]],
    ["a parameter that makes no difference", caching, copy, ["/site/a?utm=2&b=1"]],
  ];
  for (const [says, config, fromCopy, asked] of rows)
    test(`${fromCopy ? "answers as the keeper does" : "leaves to the keeper"}: ${says}`, async () => {
      const { gateway, get, pass } = bench({ ...site, ...(config && { caching: config }) }, ...answers);
      const [worker] = workersOf(gateway, 1).workers;
      const warm = ["a", "a?q=1", "a?b=1", "dated", "shared", "own", "moved", "missing", "big"].map(
        (path) => [`/site/${path}`, {}] as const,
      );
      const variants = ["de", "fr"].map((language) => ["/site/vary", { "accept-language": language }] as const);
      for (let time = 0; time < 4; time++)
        for (const [path, fields] of [...warm, ...variants]) await worker!.get(path, fields);
      pass(3);
      if (!fromCopy) {
        assert.equal((await worker!.get(...asked)).fromCopy, false);
        return;
      }
      const alone = await get(...asked);
      const { fromCopy: isCopy, ...got } = await worker!.get(...asked);
      assert.deepEqual({ ...got, fields: got.fields.raw }, { ...alone, fields: alone.fields.raw });
      assert.equal(isCopy, true);
    });

  const changes: readonly (readonly [says: string, change: (it: ReturnType<typeof bench>) => Promise<unknown>])[] = [
    ["a POST to it", ({ get }) => get("/site/grouped", {}, "POST")],
    ["a DELETE", ({ get }) => get("/site/grouped", {}, "DELETE")],
    ["a POST that names it", ({ get }) => get("/site/names-it", {}, "POST")],
    ["a reload", ({ get }) => get("/site/grouped", { "cache-control": "no-cache" })],
    ...(["hard", "soft"] as const).flatMap((mode) =>
      [{ url: "/site/grouped" }, { prefix: "/site/" }, { group: "g" }, { mount: "/site/" }].map(
        (order) =>
          [
            `a ${mode} purge of ${JSON.stringify(order)}`,
            ({ gateway }: ReturnType<typeof bench>) => purgeAction(gateway, () => undefined)({ ...order, mode }),
          ] as const,
      ),
    ),
  ];
  for (const isEvicted of [false, true])
    for (const [says, change] of changes)
      test(`of all workers end before ${says} ends${isEvicted ? ", also of what is not stored any more" : ""}`, async () => {
        const upstream = answers.map((one) => (request: RequestHead) => {
          if (request.method === "GET" || !request.target.endsWith("names-it")) return one(request);
          return { status: 201, fields: { Location: `${base}grouped` } };
        });
        const it = bench(site, ...upstream);
        const { workers } = workersOf(it.gateway, 3);
        for (let time = 0; time < 4; time++) for (const worker of workers) await worker.get("/site/grouped");
        const before = await Promise.all(workers.map((worker) => worker.get("/site/grouped")));
        assert.deepEqual(
          before.map(({ fromCopy }) => fromCopy),
          [true, true, true],
        );
        if (isEvicted) {
          const { store } = it.gateway.cache;
          await store.remove(await store.list(`http /site/ ${base}grouped`));
        }
        await change(it);
        for (const worker of workers) {
          const got = await worker.get("/site/grouped");
          assert.notEqual(got.text, before[0]!.text);
        }
      });

  test("ends after ten seconds, or when the clock was set back", async () => {
    for (const seconds of [10, -1]) {
      const { gateway, pass } = bench(site, ...answers);
      const [worker] = workersOf(gateway, 1).workers;
      for (let time = 0; time < 3; time++) await worker!.get("/site/a");
      assert.equal((await worker!.get("/site/a")).fromCopy, true);
      pass(seconds);
      assert.equal((await worker!.get("/site/a")).fromCopy, false);
      assert.equal((await worker!.get("/site/a")).fromCopy, true, "it was lent again");
    }
  });

  test("answers nothing that is stale, nor what is to be validated in the background", async () => {
    const { gateway, pass } = bench(site, ...answers);
    const [worker] = workersOf(gateway, 1).workers;
    for (let time = 0; time < 4; time++) await worker!.get("/site/swr");
    pass(6);
    const got = await worker!.get("/site/swr");
    assert.deepEqual([got.fromCopy, got.text.startsWith("swr")], [false, true]);
    assert.match(got.fields.get("cache-status")!, /; hit; .*stale-while-revalidate/);
  });
});
