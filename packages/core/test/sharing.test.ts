import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayAnswerOthers } from "../src/index.ts";
import { ago, contextWith, type Lines, shared, stored } from "./given.ts";

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
