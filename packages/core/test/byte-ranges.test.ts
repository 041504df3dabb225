import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type ByteRange,
  contentRange,
  Fields,
  multipart,
  type PartialContent,
  type RangeSpec,
  type SelectedRanges,
  selectRanges,
  singlePart,
  unsatisfiableFields,
} from "../src/index.ts";

const from = (first: number, last?: number): RangeSpec => ({ first, last });
const lastOnes = (suffix: number): RangeSpec => ({ suffix });
const one = (first: number, last: number): SelectedRanges => ({ type: "one", range: { first, last } });
const several = (...ranges: [number, number][]): SelectedRanges => ({
  type: "several",
  ranges: ranges.map(([first, last]) => ({ first, last })),
});
const full = (because: Extract<SelectedRanges, { type: "full" }>["because"]): SelectedRanges => ({
  type: "full",
  because,
});
const many = (count: number, step: number, width: number) =>
  Array.from({ length: count }, (_, i) => from(i * step, i * step + width - 1));

describe("9110:14.1.2 which octets are asked for", () => {
  const rows: readonly [says: string, set: readonly RangeSpec[], length: number, then: SelectedRanges][] = [
    ["first 500", [from(0, 499)], 10_000, one(0, 499)],
    ["from 9500 on", [from(9500)], 10_000, one(9500, 9999)],
    ["last 500", [lastOnes(500)], 10_000, one(9500, 9999)],
    ["more than there are", [from(9000, 99_999)], 10_000, one(9000, 9999)],
    ["a suffix longer than the whole", [lastOnes(20_000)], 10_000, one(0, 9999)],
    ["the whole", [from(0)], 10, one(0, 9)],
    ["first and last octet", [from(0, 0), lastOnes(1)], 10_000, several([0, 0], [9999, 9999])],
    ["behind the end", [from(10_000)], 10_000, { type: "unsatisfiable" }],
    ["a suffix of nothing", [lastOnes(0)], 10_000, { type: "unsatisfiable" }],
    ["only some behind the end", [from(20_000), from(1, 2), lastOnes(0)], 10_000, one(1, 2)],
    ["empty content from 0", [from(0)], 0, { type: "unsatisfiable" }],
    ["the end of empty content", [lastOnes(5)], 0, full("empty-content")],
  ];
  for (const [says, set, length, then] of rows) test(says, () => assert.deepEqual(selectRanges(set, length), then));
});

describe("9110:15.3.7.2 ranges that overlap or nearly touch become one #9110:15.3.7.2-order", () => {
  const rows: readonly [says: string, set: readonly RangeSpec[], then: SelectedRanges][] = [
    ["adjacent", [from(0, 9), from(10, 19)], one(0, 19)],
    ["overlapping", [from(0, 15), from(10, 19)], one(0, 19)],
    ["one in the other", [from(0, 100), from(10, 19)], one(0, 100)],
    ["a gap cheaper than a part", [from(0, 9), from(60, 69)], one(0, 69)],
    ["a gap dearer than a part", [from(0, 9), from(160, 169)], several([0, 9], [160, 169])],
    ["order as asked for", [from(5000, 5009), from(0, 9)], several([5000, 5009], [0, 9])],
    ["place of the first member", [from(5000, 5009), from(0, 9), from(4990, 4999)], several([4990, 5009], [0, 9])],
  ];
  for (const [says, set, then] of rows) test(says, () => assert.deepEqual(selectRanges(set, 10_000), then));
});

describe("9110:14.2 a Range that would cost too much is ignored", () => {
  test("more than 100 ranges", () => assert.deepEqual(selectRanges(many(101, 1000, 1), 1e6), full("too-many-ranges")));
  test("100 ranges are fine", () => assert.equal(selectRanges(many(100, 1000, 1), 1e6).type, "several"));
  test("more than two overlaps", () =>
    assert.deepEqual(selectRanges([from(0), from(0), from(0), from(0)], 1e6), full("overlapping-ranges")));
  test("two overlaps are fine", () =>
    assert.deepEqual(selectRanges([from(0), from(0), from(0)], 1e6), one(0, 999_999)));
});

describe("9110:14.2 laws of selected ranges", () => {
  const spec: fc.Arbitrary<RangeSpec> = fc.oneof(
    fc.tuple(fc.nat(3000), fc.nat(500)).map(([first, more]) => from(first, first + more)),
    fc.nat(3000).map((first) => from(first)),
    fc.nat(300).map(lastOnes),
  );
  const law = (
    says: string,
    holds: (ranges: readonly ByteRange[], set: readonly RangeSpec[], length: number) => void,
  ) =>
    test(says, () =>
      fc.assert(
        fc.property(fc.array(spec, { minLength: 1, maxLength: 8 }), fc.nat(2000), (set, length) => {
          const selected = selectRanges(set, length);
          if (selected.type === "one") holds([selected.range], set, length);
          if (selected.type === "several") holds(selected.ranges, set, length);
        }),
        { numRuns: 500 },
      ),
    );
  law("lie within the content, and don't touch", (ranges, _, length) => {
    const sorted = [...ranges].sort((a, b) => a.first - b.first);
    for (const [i, { first, last }] of sorted.entries()) {
      assert.ok(0 <= first && first <= last && last < length);
      if (i > 0) assert.ok(first > sorted[i - 1]!.last + 1);
    }
  });
  law("one range is asked for: never several #9110:15.3.7.2-single", (ranges, set) => {
    if (set.length === 1) assert.equal(ranges.length, 1);
  });
  law("hold every octet asked for", (ranges, set, length) => {
    for (const spec of set) {
      const first = "suffix" in spec ? Math.max(0, length - spec.suffix) : spec.first;
      const last = "suffix" in spec ? length - 1 : Math.min(spec.last ?? length - 1, length - 1);
      if (first <= last) assert.ok(ranges.some((range) => range.first <= first && last <= range.last));
    }
  });
});

const whole = Fields.fromRaw([
  ...["Content-Type", "text/plain", "Content-Length", "10000", "ETag", '"a"', "Vary", "accept"],
  ...["Content-Digest", "sha-256=:AA==:", "Repr-Digest", "sha-256=:AA==:", "Cache-Control", "max-age=60"],
]);
const kept = { etag: '"a"', vary: "accept", "repr-digest": "sha-256=:AA==:", "cache-control": "max-age=60" };
const given = (fields: Fields) => Object.fromEntries([...fields].map(([name, value]) => [name.toLowerCase(), value]));
/** the content as the pieces make it, of content in which each octet is its place modulo 251 */
function assembled({ pieces }: PartialContent): Uint8Array {
  return Buffer.concat(
    pieces.map((piece) =>
      "bytes" in piece
        ? piece.bytes
        : Uint8Array.from({ length: piece.last - piece.first + 1 }, (_, i) => (piece.first + i) % 251),
    ),
  );
}

describe("9110:15.3.7.1 a 206 with one range #9110:15.3.7-fields #9110:15.3.7-all-fields", () => {
  const part = singlePart(whole, { first: 5, last: 9 }, 10_000);
  test("fields #9110:15.3.7.1-content-range #9110:14.4-complete-length", () =>
    assert.deepEqual(given(part.fields), {
      ...kept,
      "content-type": "text/plain",
      "content-range": "bytes 5-9/10000",
      "content-length": "5",
    }));
  test("content", () => assert.deepEqual([...assembled(part)], [5, 6, 7, 8, 9]));
});

describe("9110:14.6, 15.3.7.2 a 206 with several ranges #9110:15.3.7.2-multipart", () => {
  const ranges = [
    { first: 500, last: 502 },
    { first: 0, last: 1 },
  ];
  const parts = multipart(whole, ranges, 10_000, "xyz");
  const content = Buffer.from(assembled(parts));
  test("fields: no Content-Range, its own type and length #9110:15.3.7.2-no-content-range", () =>
    assert.deepEqual(given(parts.fields), {
      ...kept,
      "content-type": "multipart/byteranges; boundary=xyz",
      "content-length": String(content.length),
    }));
  test("content #9110:15.3.7.2-part-range #9110:15.3.7.2-part-type", () => {
    const head = (place: string) => `--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes ${place}/10000\r\n\r\n`;
    const octets = (...values: number[]) => Buffer.from(values).toString("latin1");
    assert.equal(
      content.toString("latin1"),
      `${head("500-502")}${octets(249, 250, 0)}\r\n${head("0-1")}${octets(0, 1)}\r\n--xyz--\r\n`,
    );
  });
  test("parts have no type where the whole has none", () => {
    const plain = multipart(Fields.empty, ranges, 10_000, "xyz");
    assert.ok(!Buffer.from(assembled(plain)).includes("Content-Type"));
  });
  test("Content-Length is always what is sent, and each range is named", () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(90), { minLength: 2, maxLength: 9 }), (starts) => {
        const some = starts.map((n) => ({ first: n * 100, last: n * 100 + n }));
        const made = multipart(whole, some, 10_000, "b");
        const text = Buffer.from(assembled(made)).toString("latin1");
        assert.equal(made.fields.get("content-length"), String(text.length));
        const named = [...text.matchAll(/Content-Range: (.*)\r\n/g)].map((match) => contentRange.parse([match[1]!]));
        assert.deepEqual(
          named,
          some.map((range) => ({ type: "range", ...range, complete: 10_000 })),
        );
      }),
    ));
});

describe("9110:15.5.17 the fields of a 416 #9110:14.4-unsatisfied", () => {
  test("the length, and nothing of the representation or its freshness", () =>
    assert.deepEqual(given(unsatisfiableFields(whole, 10_000)), {
      vary: "accept",
      "content-length": "0",
      "content-range": "bytes */10000",
    }));
});
