import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isNewEnough, mayAnswerOthers } from "../src/index.ts";
import { ago, contextWith, get, type Lines, shared, stored } from "./given.ts";

describe("9111:4 whether a response that just came may answer others that wait #9111:4-fresh", () => {
  const rows: readonly (readonly [says: string, said: Lines, may: boolean])[] = [
    ["fresh", { "cache-control": "max-age=1" }, true],
    ["fresh by a guess", { "last-modified": ago(1000) }, true],
    ["says nothing", {}, false],
    ["over at once", { "cache-control": "max-age=0" }, false],
    ["as old as its lifetime", { "cache-control": "max-age=60", age: "60" }, false],
    ["no-cache #9111:5.2.2.4-no-cache", { "cache-control": "no-cache, max-age=60" }, false],
    ["a qualified no-cache", { "cache-control": 'no-cache="a", max-age=60' }, true],
    ["no-store #9111:5.2.2.5-no-store", { "cache-control": "no-store, max-age=60" }, false],
    ["no-store beside must-understand", { "cache-control": "no-store, must-understand, max-age=60" }, true],
  ];
  for (const [says, said, may] of rows) {
    test(says, () => assert.equal(mayAnswerOthers(stored(said), shared), may));
    test(`${says}, where the format sets the lifetime`, () =>
      assert.equal(mayAnswerOthers(stored(said), contextWith({ lifetime: { rule: "exactly", seconds: 60 } })), true));
  }
  test("a policy that wants each request asked for itself", () =>
    assert.equal(
      mayAnswerOthers(
        stored({ "cache-control": "max-age=60" }),
        contextWith({ lifetime: { rule: "exactly", seconds: 0 } }),
      ),
      false,
    ));
});

describe("9111:4.2 whether a response that came is new enough for a request that waited", () => {
  const said = { "cache-control": "max-age=10", age: "3" };
  const rows: readonly (readonly [says: string, fields: Lines, after: number, is: boolean])[] = [
    ["no wish", {}, -1, true],
    ["a greater age allowed", { "cache-control": "max-age=3" }, -1, true],
    ["a smaller one", { "cache-control": "max-age=2" }, -1, false],
    ["fresh for long enough", { "cache-control": "min-fresh=7" }, -1, true],
    ["not for long enough", { "cache-control": "min-fresh=8" }, -1, false],
    ["asked after the head came, while it was fresh", {}, 6.9, true],
    ["asked when it was fresh no more", {}, 7, false],
  ];
  for (const [says, fields, after, is] of rows)
    test(says, () => {
      const response = stored(said);
      const context = { ...shared, now: response.responseTime + after * 1000 };
      assert.equal(isNewEnough(get(fields), response, context), is);
    });
  test("wishes that the policy doesn't follow", () =>
    assert.equal(
      isNewEnough(get({ "cache-control": "max-age=0" }), stored(said), contextWith({ requestDirectives: false })),
      true,
    ));
});
