import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields, formatHttpDate, type Policy, plainPolicy } from "@larder/core";
import { type CacheFailure, type CacheResponse, createCache, exchange, memoryStore } from "../src/index.ts";
import { fakeUpstream } from "./fake-upstream.ts";

const now = Date.UTC(2026, 0, 1);
const target = "http://a.example/x";

/** Two users who ask for the same at the same time; what each gets, and how often the upstream was asked. */
async function together(said: Record<string, string>, policy: Partial<Policy> = {}) {
  const fields = { Date: formatHttpDate(now), ...said };
  const upstream = fakeUpstream({ fields, body: "first" }, { fields, body: "second" });
  const cache = createCache({
    store: memoryStore({ maxBytes: 1_000_000 }),
    shared: true,
    now: () => now,
    events: { fault: (what, why) => assert.fail(`${what}: ${why}`) },
  });
  const ask = (user: string) =>
    exchange(cache, {
      head: { method: "GET", target, fields: Fields.of(["cookie", user]) },
      cacheKey: target,
      keySpace: "",
      body: null,
      policy: { ...plainPolicy, ...policy },
      upstream,
    });
  const answers = await Promise.all([ask("a"), ask("b")]);
  return { answers, times: upstream.asked.length };
}

describe("9111:4 what a waiting request may be answered with #9111:4-fresh", () => {
  const rows: readonly (readonly [
    says: string,
    said: Record<string, string>,
    times: number,
    policy?: Partial<Policy>,
  ])[] = [
    ["a fresh response", { "cache-control": "max-age=60" }, 1],
    ["fresh by a guess", { "last-modified": formatHttpDate(now - 86_400_000) }, 1],
    ["says nothing of its freshness: it may be each user's own", {}, 2],
    ["stale at once", { "cache-control": "max-age=0" }, 2],
    ["too old already", { "cache-control": "max-age=60", age: "60" }, 2],
    ["no-cache #9111:5.2.2.4-no-cache", { "cache-control": "no-cache, max-age=60" }, 2],
    ["private #9111:5.2.2.7-private", { "cache-control": "private, max-age=60" }, 2],
    ["no-store #9111:5.2.2.5-no-store", { "cache-control": "no-store, max-age=60" }, 2],
    [
      "a format that knows its documents",
      { "cache-control": "no-cache" },
      1,
      { lifetime: { rule: "exactly", seconds: 60 } },
    ],
  ];
  for (const [says, said, times, policy] of rows)
    test(says, async () => assert.equal((await together(said, policy)).times, times));
});

test("9111:3.1 the one who asked gets the fields that are kept from others #9111:5.2.2.7-qualified", async () => {
  const { answers, times } = await together({
    "cache-control": 'private="set-cookie", max-age=60',
    "set-cookie": "u=a",
  });
  const cookie = (answer: CacheResponse | CacheFailure) =>
    "failed" in answer ? "failed" : answer.fields.get("set-cookie");
  assert.deepEqual([...answers.map(cookie), times], ["u=a", undefined, 1]);
});
