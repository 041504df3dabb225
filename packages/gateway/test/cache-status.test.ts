import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { formatHttpDate, parseList } from "@larder/core";
import { bench, start } from "./bench.ts";

const site = { prefix: "/", format: "http", upstream: new URL("http://upstream.example/") } as const;
const answer = (fields: Record<string, string>, status = 200): Answer => ({
  status,
  fields: { Date: formatHttpDate(start), ...fields },
  body: "x",
});
const fresh = answer({ "Cache-Control": "max-age=60", ETag: '"1"' });

describe("9211:2 all parameters of Cache-Status #9211:2-identifier #9211:2.1-exclusive #9211:2.2-specific", () => {
  const rows: readonly (readonly [says: string, answers: readonly Answer[], seconds: number, field: string])[] = [
    ["fwd, fwd-status, ttl, stored", [fresh], 0, "fwd=uri-miss; fwd-status=200; ttl=60; stored"],
    [
      "ttl of what came old",
      [answer({ "Cache-Control": "max-age=60", Age: "50" })],
      0,
      "fwd=uri-miss; fwd-status=200; ttl=10; stored",
    ],
    ["hit", [fresh, fresh], 10, "hit; ttl=50"],
    ["a 304", [fresh, { status: 304, fields: { ETag: '"1"' } }], 61, "fwd=stale; fwd-status=304; ttl=60; stored"],
    [
      "why it is not stored: private",
      [answer({ "Cache-Control": "private" })],
      0,
      "fwd=uri-miss; fwd-status=200; detail=private",
    ],
    ["no-store", [answer({ "Cache-Control": "no-store" })], 0, "fwd=uri-miss; fwd-status=200; detail=no-store"],
    ["a session", [answer({ "Set-Cookie": "a=1" })], 0, "fwd=uri-miss; fwd-status=200; detail=set-cookie"],
    ["no lifetime", [answer({}, 500)], 0, "fwd=uri-miss; fwd-status=500; detail=no-freshness"],
    [
      "the upstream is away",
      [failure("unreachable", true), failure("unreachable", true)],
      0,
      "fwd=uri-miss; detail=unreachable",
    ],
    ["and something stale covers for it", [fresh, failure("timeout")], 70, "fwd=stale; ttl=-10; detail=stale-if-error"],
  ];
  for (const [says, answers, seconds, field] of rows)
    test(says, async () => {
      const it = bench(site, ...answers);
      if (seconds > 0) await it.get("/x");
      it.pass(seconds);
      assert.equal((await it.get("/x")).fields.get("cache-status"), `larder; ${field}`);
    });

  test("collapsed, and after the members of caches nearer to the origin #9211:2-preserve", async () => {
    const said = { "Cache-Control": "max-age=60", "Cache-Status": '"Origin Cache"; hit; ttl=5, Middle; fwd=stale' };
    const it = bench(site, answer(said));
    const both = await Promise.all([it.get("/x"), it.get("/x")]);
    const members = both.map(({ fields }) => parseList(fields.all("cache-status")));
    for (const list of members)
      assert.deepEqual(
        list?.map((one) => "item" in one && one.item.value),
        ["Origin Cache", "Middle", "larder"],
      );
    assert.deepEqual(
      members.map((list) => list?.[2]?.parameters.has("collapsed")),
      [false, true],
    );
  });
});
