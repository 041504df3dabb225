import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { contentRange, formatContentRange, ifRange, range } from "../src/index.ts";

const most = Number.MAX_SAFE_INTEGER;

describe("9110:14.1.1, 14.2 Range #9110:14.1.2-large #9110:14.2-unit", () => {
  const rows: readonly [lines: readonly string[], then: unknown][] = [
    [[], undefined],
    [["bytes=0-499"], [{ first: 0, last: 499 }]],
    [["bytes=500-"], [{ first: 500, last: undefined }]],
    [["bytes=-500"], [{ suffix: 500 }]],
    [["bytes=-0"], [{ suffix: 0 }]],
    [["BYTES=0-0"], [{ first: 0, last: 0 }]],
    [["bytes=0-0, -1 ,,500-600"], [{ first: 0, last: 0 }, { suffix: 1 }, { first: 500, last: 600 }]],
    [["bytes=0-99999999999999999999"], [{ first: 0, last: most }]],
    [["bytes=5-4"], "invalid"],
    [["bytes=0-1,5-4"], "invalid"],
    [["bytes="], "invalid"],
    [["bytes=,"], "invalid"],
    [["bytes=-"], "invalid"],
    [["bytes=a-b"], "invalid"],
    [["bytes=0-1;q=1"], "invalid"],
    [["bytes=1"], "invalid"],
    [["bytes = 0-1"], "invalid"],
    [["bytes 0-1"], "invalid"],
    [["bytes=+1-2"], "invalid"],
    [["bytes=1-0x10"], "invalid"],
    [["bytes=--1"], "invalid"],
    [["seconds=0-1"], "invalid"],
    [["bytes=0-1", "bytes=2-3"], "invalid"],
  ];
  for (const [lines, then] of rows) test(JSON.stringify(lines), () => assert.deepEqual(range.parse(lines), then));
  test("never throws", () => {
    const text = fc.string({ unit: fc.constantFrom("bytes", "=", "-", ",", "0", "7", " ", "*", '"', "é") });
    fc.assert(fc.property(text, (value) => void range.parse([value])));
  });
});

describe("9110:14.4 Content-Range", () => {
  const rows: readonly [lines: readonly string[], then: unknown][] = [
    [[], undefined],
    [["bytes 42-1233/1234"], { type: "range", first: 42, last: 1233, complete: 1234 }],
    [["bytes 42-1233/*"], { type: "range", first: 42, last: 1233, complete: undefined }],
    [["bytes */1234"], { type: "unsatisfied", complete: 1234 }],
    [["bytes 42-41/1234"], "invalid"],
    [["bytes 42-1234/1234"], "invalid"],
    [["bytes */*"], "invalid"],
    [["bytes=0-1/2"], "invalid"],
    [["pages 0-1/2"], "invalid"],
    [["bytes 0-1/2", "bytes 0-1/2"], "invalid"],
  ];
  for (const [lines, then] of rows)
    test(JSON.stringify(lines), () => assert.deepEqual(contentRange.parse(lines), then));
  test("what is written is read as the same", () => {
    const part = fc.tuple(fc.nat(), fc.nat(), fc.option(fc.nat(), { nil: undefined })).map(([first, more, after]) => {
      const last = first + more;
      return { type: "range" as const, first, last, complete: after === undefined ? undefined : last + 1 + after };
    });
    const none = fc.nat().map((complete) => ({ type: "unsatisfied" as const, complete }));
    fc.assert(
      fc.property(fc.oneof(part, none), (value) =>
        assert.deepEqual(contentRange.parse([formatContentRange(value)]), value),
      ),
    );
  });
});

describe("9110:13.1.5 If-Range", () => {
  const rows: readonly [lines: readonly string[], then: unknown][] = [
    [[], undefined],
    [['"a"'], { weak: false, opaque: "a" }],
    [['W/"a"'], { weak: true, opaque: "a" }],
    [["Sun, 06 Nov 1994 08:49:37 GMT"], Date.UTC(1994, 10, 6, 8, 49, 37)],
    [["a"], "invalid"],
    [["*"], "invalid"],
    [['"a", "b"'], "invalid"],
    [['"a"', '"a"'], "invalid"],
    [[""], "invalid"],
  ];
  for (const [lines, then] of rows) test(JSON.stringify(lines), () => assert.deepEqual(ifRange.parse(lines), then));
});
