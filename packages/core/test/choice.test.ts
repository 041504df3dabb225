import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Choice, freshnessLifetime, type LifetimeSource, onRequest, whyNotStorable } from "../src/index.ts";
import { contextWith, get, type Lines, now, response, stored } from "./given.ts";

const choosing = (choice: Choice) => contextWith({ choose: () => choice });
const override: Choice = { type: "override", seconds: 100 };
const negative: Choice = { type: "negative", seconds: 60 };

describe("9111:4.2.1 what an operator chose (ours): lifetimes", () => {
  const rows: readonly (readonly [Choice, Lines, status: number, seconds: number, LifetimeSource])[] = [
    [override, {}, 200, 100, "override"],
    [override, { "cache-control": "max-age=5" }, 200, 100, "override"],
    [override, { "cache-control": "max-age=5000" }, 200, 100, "override"],
    [override, { "cache-control": "no-cache" }, 200, 100, "override"],
    [negative, {}, 404, 60, "negative"],
    [negative, {}, 503, 60, "negative"],
    [negative, { "cache-control": "max-age=5" }, 404, 5, "negative"],
    [negative, { "cache-control": "max-age=5000" }, 404, 60, "negative"],
    [negative, { expires: "0" }, 404, 0, "negative"],
  ];
  for (const [choice, said, status, seconds, source] of rows)
    test(`${choice.type}, ${status} ${JSON.stringify(said)}`, () =>
      assert.deepEqual(freshnessLifetime(response(said, status), now, choosing(choice)), { seconds, source }));
});

describe("9111:3 what an operator chose (ours): it lets nothing be stored that may not be", () => {
  const longer: Choice = { type: "too-long" };
  const rows: readonly (readonly [Choice | undefined, Lines, status: number, Lines, reason: string | undefined])[] = [
    [negative, {}, 503, {}, undefined],
    [undefined, {}, 503, {}, "no-freshness"],
    [override, {}, 302, {}, undefined],
    [override, { "cache-control": "no-store" }, 200, {}, "no-store"],
    [override, { "cache-control": "private" }, 200, {}, "private"],
    [negative, { "cache-control": "private" }, 404, {}, "private"],
    [override, {}, 200, { authorization: "Basic YTpi" }, "authorization"],
    [override, { vary: "*" }, 200, {}, "vary"],
    [override, { "set-cookie": "session=1" }, 200, {}, "set-cookie"],
    [negative, { "set-cookie": "session=1" }, 404, {}, "set-cookie"],
    [override, { "set-cookie": "a=1", "cache-control": "public" }, 200, {}, undefined],
    [longer, { "cache-control": "max-age=60" }, 200, {}, "too-long"],
  ];
  for (const [choice, said, status, asked, reason] of rows)
    test(`${choice?.type ?? "nothing"}, ${status} ${JSON.stringify({ ...said, ...asked })}: ${reason ?? "stored"}`, () => {
      const context = choice === undefined ? contextWith() : choosing(choice);
      assert.equal(whyNotStorable(get(asked), response(said, status), context), reason);
    });
});

describe("9111:4 what an operator chose (ours): answers say so", () => {
  const rows: readonly (readonly [Choice, Lines, status: number, secondsAgo: number, type: string, because: string])[] =
    [
      [override, { "cache-control": "no-cache" }, 200, 99, "serve", "override"],
      [override, {}, 200, 101, "forward", "stale"],
      [negative, {}, 404, 59, "serve", "negative"],
      [negative, {}, 404, 61, "forward", "stale"],
      [negative, { "cache-control": "no-cache" }, 404, 1, "forward", "stale"],
    ];
  for (const [choice, said, status, secondsAgo, type, because] of rows)
    test(`${choice.type}, ${JSON.stringify(said)}, ${secondsAgo} seconds old: ${because}`, () => {
      const decision = onRequest(get(), [stored(said, { status, secondsAgo })], choosing(choice));
      assert.deepEqual([decision.type, decision.because], [type, because]);
    });

  test("a client's no-cache still asks the upstream", () => {
    const one = stored({ etag: '"1"' });
    assert.equal(onRequest(get({ "cache-control": "no-cache" }), [one], choosing(override)).type, "validate");
  });
});
