import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields } from "../src/index.ts";

describe("9110:5 fields", () => {
  const fields = Fields.fromRaw(["Vary", "accept", "ETag", '"a"', "vary", "accept-encoding"]);
  test("5.2 lines of one name combine in order", () => assert.equal(fields.get("vary"), "accept, accept-encoding"));
  test("5.1 names have no case", () => assert.equal(fields.get("etag"), '"a"'));
  test("with replaces all lines of a name and keeps the rest", () =>
    assert.deepEqual(
      [...fields.with({ vary: "*" })],
      [
        ["ETag", '"a"'],
        ["vary", "*"],
      ],
    ));
  test("a parser runs once", () => {
    let runs = 0;
    const parser = { name: "etag", parse: (lines: readonly string[]) => [++runs, lines] };
    fields.read(parser);
    assert.deepEqual(fields.read(parser), [1, ['"a"']]);
  });
});
