import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type CacheStatus, type ForwardReason, formatCacheStatus, parseList } from "../src/index.ts";

describe("9211:2 Cache-Status", () => {
  const rows: readonly (readonly [says: string, status: CacheStatus, text: string])[] = [
    ["a hit #9211:2.1-exclusive", { hit: true, ttl: 50.9 }, "larder; hit; ttl=50"],
    [
      "a stale hit",
      { hit: true, ttl: -0.5, detail: "stale-while-revalidate" },
      "larder; hit; ttl=-1; detail=stale-while-revalidate",
    ],
    [
      "for ever fresh",
      { hit: true, ttl: Number.POSITIVE_INFINITY, detail: "immutable" },
      "larder; hit; detail=immutable",
    ],
    [
      "a miss #9211:2.1-exclusive",
      { hit: false, fwd: "uri-miss", fwdStatus: 200, stored: true },
      "larder; fwd=uri-miss; fwd-status=200; stored",
    ],
    [
      "validated",
      { hit: false, fwd: "stale", fwdStatus: 304, ttl: 60, collapsed: true },
      "larder; fwd=stale; fwd-status=304; ttl=60; collapsed",
    ],
    ["invalidated is stale by our own doing", { hit: false, fwd: "invalid" }, "larder; fwd=stale"],
    ["nothing to say", { hit: false }, "larder"],
    ["from one of several", { hit: true, from: "b.example:80" }, 'larder; hit; detail="from b.example:80"'],
    [
      "from one of several, with more to say",
      { hit: false, fwd: "stale", detail: "stale-if-error", from: "b.example" },
      'larder; fwd=stale; detail="stale-if-error, from b.example"',
    ],
    ["refused", { hit: false, detail: "only-if-cached" }, "larder; detail=only-if-cached"],
  ];
  for (const [says, status, text] of rows) test(says, () => assert.equal(formatCacheStatus("larder", status), text));

  test("law: it is a structured field whose one member is a token with parameters #9211:2-identifier #9211:2.2-specific", () => {
    const words = ["bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale"] as const;
    const status: fc.Arbitrary<CacheStatus> = fc.record(
      {
        hit: fc.boolean(),
        fwd: fc.constantFrom<ForwardReason>(...words),
        fwdStatus: fc.integer({ min: 100, max: 599 }),
        ttl: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        stored: fc.boolean(),
        collapsed: fc.boolean(),
        detail: fc.constantFrom("timeout", "max-stale"),
      },
      { requiredKeys: ["hit"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(status, (given) => {
        const list = parseList([formatCacheStatus("larder", given)]);
        assert.equal(list?.length, 1);
        const member = list[0]!;
        assert.ok("item" in member);
        assert.deepEqual(member.item, { type: "token", value: "larder" });
        assert.deepEqual(member.parameters.get("fwd"), given.fwd && { type: "token", value: given.fwd });
        assert.deepEqual(
          member.parameters.get("ttl"),
          given.ttl === undefined ? undefined : { type: "integer", value: Math.floor(given.ttl) + 0 },
        );
      }),
    );
  });
});
