import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cacheGroups, Fields, groupsInvalidatedBy } from "../src/index.ts";

const target = "http://a.example/x";
const manyNames = Array.from({ length: 32 }, (_, i) => `${i}`.padStart(32, "g"));

describe("9875:2 Cache-Groups", () => {
  const rows: readonly (readonly [says: string, lines: readonly string[], groups: readonly string[]])[] = [
    ["none", [], []],
    ["one", ['"scripts"'], ["scripts"]],
    ["several lines, in any order, each once", ['"b", "a"', '"b"'], ["b", "a"]],
    ["parameters are ignored", ['"a";x=1, "b";y'], ["a", "b"]],
    ["letter case counts #9875:2.1-same", ['"A", "a"'], ["A", "a"]],
    ["32 groups with 32 characters #9875:2-limits", [manyNames.map((name) => `"${name}"`).join(", ")], manyNames],
    ["a token is no String: nothing is read", ['"a", b'], []],
    ["nor is an inner list", ['("a" "b")'], []],
    ["nor what is no structured field", ['"a'], []],
  ];
  for (const [says, lines, groups] of rows)
    test(says, () => {
      const fields = Fields.of(...lines.map((line) => ["Cache-Groups", line] as const));
      assert.deepEqual(fields.read(cacheGroups), groups);
    });

  test("no more than 128 are read", () => {
    const fields = Fields.of(["Cache-Groups", Array.from({ length: 1000 }, (_, i) => `"${i}"`).join(",")]);
    assert.equal(fields.read(cacheGroups).length, 128);
  });
});

describe("9875:3 Cache-Group-Invalidation", () => {
  const rows: readonly (readonly [method: string, groups: readonly string[]])[] = [
    ["POST", ["a", "b"]],
    ["DELETE", ["a", "b"]],
    ["ODD", ["a", "b"]],
    ["GET", []],
    ["HEAD", []],
    ["OPTIONS", []],
    ["QUERY", []],
  ];
  for (const [method, groups] of rows)
    test(`in answer to ${method} #9875:3-safe #9875:3-limits`, () => {
      const request = { method, target, fields: Fields.empty };
      const response = { status: 200, fields: Fields.of(["Cache-Group-Invalidation", '"a", "b";x']) };
      assert.deepEqual(groupsInvalidatedBy(request, response), groups);
    });
});
