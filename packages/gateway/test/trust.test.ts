import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { bench, start } from "./bench.ts";

const json = "application/vnd.pypi.simple.v1+json";
const wantsJson = { accept: json };
const path = "/pypi/simple/demo/";

/** A page with so many files under these fields. */
const page = (files: number, fields: Record<string, string> = { ETag: '"frozen"' }, name = "demo"): Answer => ({
  fields: { "Content-Type": json, ...fields },
  body: JSON.stringify({
    meta: { "api-version": "1.0" },
    name,
    files: Array.from({ length: files }, (_, i) => ({ filename: `demo-${i}.zip`, url: `demo-${i}.zip`, hashes: {} })),
  }),
});
const unchanged: Answer = { status: 304, fields: { ETag: '"frozen"' } };
const filesOf = ({ text }: { text: string }) => JSON.parse(text).files.length;

describe("trust, but verify", () => {
  test("a 304 that lies is found out at the first look after an hour, and no 304 is believed for a day", async () => {
    const { get, pass, upstream } = bench({ fresh: 0 }, page(1), unchanged, page(2), page(3), page(3), unchanged);
    const asks = async (seconds: number) => {
      pass(seconds);
      const answer = await get(path, wantsJson);
      const conditional = upstream.asked.at(-1)!.fields.has("if-none-match");
      const detail = /detail=(\S+)/.exec(answer.fields.get("cache-status")!)?.[1];
      return [filesOf(answer), conditional, detail];
    };
    assert.deepEqual(await asks(0), [1, false, undefined]);
    assert.deepEqual(await asks(3599), [1, true, undefined], "believed");
    assert.deepEqual(await asks(1), [2, false, "caught"]);
    assert.deepEqual(await asks(60), [3, false, "caught"], "not believed any more, and caught again");
    assert.deepEqual(await asks(86_399), [3, false, "verify-distrusted"]);
    assert.deepEqual(await asks(1), [3, true, undefined], "honest for a day");
  });

  test("at once on a client's no-cache", async () => {
    const { get, pass, upstream } = bench({ fresh: 600 }, page(1), page(2));
    await get(path, wantsJson);
    pass(1);
    assert.equal(filesOf(await get(path, { ...wantsJson, "cache-control": "no-cache" })), 2);
    assert.equal(upstream.asked[1]?.fields.has("if-none-match"), false);
    assert.equal(upstream.asked[1]?.fields.get("cache-control"), "no-cache");
  });

  test("one page that was caught, and the others of that index are asked for whole, too", async () => {
    const another = page(1, { ETag: '"1"' }, "other");
    const { get, upstream } = bench({ fresh: 0 }, page(1), page(2), another, another);
    await get(path, wantsJson);
    await get(path, { ...wantsJson, "cache-control": "no-cache" });
    const other = "/pypi/simple/other/";
    await get(other, wantsJson);
    await get(other, wantsJson);
    assert.deepEqual(
      upstream.asked.map(({ fields }) => fields.has("if-none-match")),
      [false, false, false, false],
    );
  });

  test("an honest index is asked with conditions again after each look", async () => {
    const { get, pass, upstream } = bench({ fresh: 0, verify: 60 }, page(1), page(2, { ETag: '"2"' }), {
      status: 304,
      fields: { ETag: '"2"' },
    });
    await get(path, wantsJson);
    pass(60);
    assert.equal(filesOf(await get(path, wantsJson)), 2);
    pass(59);
    assert.equal(filesOf(await get(path, wantsJson)), 2);
    assert.equal(upstream.asked[2]?.fields.get("if-none-match"), '"2"');
  });

  test("a frozen Last-Modified", async () => {
    const frozen = { "Last-Modified": formatHttpDate(start - 1e6) };
    const { get, pass } = bench({ fresh: 0 }, page(1, frozen), page(2, frozen));
    await get(path, wantsJson);
    pass(3600);
    const answer = await get(path, wantsJson);
    assert.equal(filesOf(answer), 2);
    assert.match(answer.fields.get("cache-status")!, /detail=caught/);
  });

  for (const status of [400, 401, 404, 500, 503]) {
    test(`${status} to a conditional request: the page is asked for without conditions, once`, async () => {
      const { get, upstream } = bench({ fresh: 0 }, page(1), { status }, page(2, { ETag: '"2"' }));
      await get(path, wantsJson);
      const answer = await get(path, wantsJson);
      assert.deepEqual([answer.status, filesOf(answer)], [200, 2]);
      assert.match(answer.fields.get("cache-status")!, /detail=failed-validation/);
      assert.equal(upstream.asked[2]?.fields.has("if-none-match"), false);
    });
  }
  test("503 to both: the stored page answers", async () => {
    const { get } = bench({ fresh: 0 }, page(1), { status: 503 }, { status: 503 });
    await get(path, wantsJson);
    const answer = await get(path, wantsJson);
    assert.deepEqual([answer.status, filesOf(answer)], [200, 1]);
    assert.match(answer.fields.get("cache-status")!, /detail=stale-if-error/);
  });
  test("404 to both is the upstream's word", async () => {
    const { get } = bench({ fresh: 0 }, page(1), { status: 404 }, { status: 404 });
    await get(path, wantsJson);
    assert.equal((await get(path, wantsJson)).status, 404);
  });
});
