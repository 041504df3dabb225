import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparableSearch, Fields, noVarySearch } from "../src/index.ts";

const read = (value: string) => Fields.of(["No-Vary-Search", value]).read(noVarySearch);
const nothing = undefined;

describe("draft-ietf-httpbis-no-vary-search 5: what it says", () => {
  const rows: readonly (readonly [value: string, ReturnType<typeof read>])[] = [
    ["params", { ignored: "all", except: [], anyOrder: false }],
    ['params=("a")', { ignored: ["a"], except: [], anyOrder: false }],
    ['params, except=("x")', { ignored: "all", except: ["x"], anyOrder: false }],
    ["key-order", { ignored: [], except: [], anyOrder: true }],
    ['key-order, params=("a" "b"), other=1', { ignored: ["a", "b"], except: [], anyOrder: true }],
    ['params=("%C3%A9+%E6%B0%97")', { ignored: ["é 気"], except: [], anyOrder: false }],
    ['params=("a&b=c")', { ignored: ["a&b=c"], except: [], anyOrder: false }],
    ["", nothing],
    ["unknown-key", nothing],
    ['key-order="not a boolean"', nothing],
    ['params="neither"', nothing],
    ["params=(not-a-string)", nothing],
    ['params=("a"), except=("x")', nothing],
    ["params=(), except=()", nothing],
    ['params=?0, except=("x")', nothing],
    ["params, except=(not-a-string)", nothing],
    ['params, except="x"', nothing],
    ["params, except=?1", nothing],
    ['except=("x")', nothing],
    ["params=?0", nothing],
    ["params=()", nothing],
    ["key-order=?0", nothing],
    ["params=(", nothing],
  ];
  for (const [value, variance] of rows) test(value || "nothing", () => assert.deepEqual(read(value), variance));
});

describe("draft-ietf-httpbis-no-vary-search 6: which URLs are the same", () => {
  const base = "https://a.example/x";
  const rows: readonly (readonly [value: string, a: string, b: string, same: boolean])[] = [
    ["key-order", "", "?", true],
    ["key-order", "?a=x", "?%61=%78", true],
    ["key-order", "?a=%f6", "?a=%ef%bf%bd", true],
    ["key-order", "?a=x&&&&", "?a=x", true],
    ["key-order", "?a=", "?a", true],
    ["key-order", "?a=%20", "?a=+", true],
    ["key-order", "?a=1&b=2", "?b=2&a=1", true],
    ["key-order", "?a=1&a=2", "?a=2&a=1", false],
    ["key-order", "?a=1%26b=2", "?a=1&b=2", false],
    ['params=("a")', "?a=1&b=2", "?b=2&a=3&a=4", true],
    ['params=("a")', "?a=1&b=2&c=3", "?c=3&b=2", false],
    ['params=("a")', "?A=1", "", false],
    ["params", "?a=1", "?b=2", true],
    ['params, except=("id")', "?id=1&a=2", "?b=3&id=1", true],
    ['params, except=("id")', "?id=1", "?id=2", false],
    ["params", "", "/y", false],
  ];
  for (const [value, a, b, same] of rows)
    test(`${value}: ${a} and ${b}`, () => {
      const variance = read(value)!;
      assert.equal(comparableSearch(base + a, variance) === comparableSearch(base + b, variance), same);
    });
});
