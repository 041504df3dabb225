import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CachePolicy, fresh, immutable, noStore, private_, validateAlways } from "../src/index.ts";

describe("9111:5.2.2 named policies #9111:5.2-token-form", () => {
  const rows: readonly [says: string, CachePolicy, then: string][] = [
    ["immutable", immutable(), "max-age=31536000, immutable"],
    ["immutable for a day", immutable(86_400), "max-age=86400, immutable"],
    ["validate always", validateAlways(), "no-cache"],
    ["private", private_(), "private, no-cache"],
    ["private for a minute", private_(60), "private, max-age=60"],
    ["no store", noStore(), "no-store"],
    ["fresh", fresh(60), "max-age=60"],
    [
      "all that can be said",
      fresh(60, { shared: 600, staleWhileRevalidate: 30, staleIfError: 3600, mustRevalidate: true }),
      "max-age=60, s-maxage=600, must-revalidate, stale-while-revalidate=30, stale-if-error=3600",
    ],
  ];
  for (const [says, policy, then] of rows) test(says, () => assert.equal(policy.cacheControl, then));
  for (const seconds of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 + 1])
    test(`${seconds} is no lifetime`, () => assert.throws(() => fresh(seconds), RangeError));
});
