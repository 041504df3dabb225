import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type CurrentState,
  evaluate,
  Fields,
  isConditional,
  isStrongDate,
  type PreconditionReason,
  type Preconditions,
} from "../src/index.ts";

const changed = Date.UTC(1994, 10, 6, 8, 49, 37);
const at = "Sun, 06 Nov 1994 08:49:37 GMT";
const before = "Sun, 06 Nov 1994 08:49:36 GMT";
const after = "Sun, 06 Nov 1994 08:49:38 GMT";
const current: CurrentState = {
  exists: true,
  etag: { weak: false, opaque: "a" },
  lastModified: changed,
  date: changed + 60_000,
};
const weak: CurrentState = { ...current, etag: { weak: true, opaque: "a" } };
const nothing: CurrentState = { exists: false };
const tagless: CurrentState = { ...current, etag: undefined };
const dateless: CurrentState = { ...current, lastModified: undefined };

type Given = readonly [
  says: string,
  method: string,
  fields: Readonly<Record<string, string>>,
  state: CurrentState,
  then: "proceed" | "range" | "not-modified" | "precondition-failed",
  because: PreconditionReason,
];

function rows(title: string, given: readonly Given[]): void {
  describe(title, () => {
    for (const [says, method, fields, state, then, because] of given)
      test(says, () => {
        const request = { method, target: "http://a.example/", fields: Fields.of(...Object.entries(fields)) };
        const expected: Preconditions =
          then === "range"
            ? { type: "proceed", range: true, because }
            : then === "proceed"
              ? { type: "proceed", range: false, because }
              : { type: then, because };
        assert.deepEqual(evaluate(request, state), expected);
      });
  });
}

rows("9110:13.1.1 If-Match #9110:13.1.1-strong #9110:13.1.1-evaluate", [
  ["a tag that matches", "PUT", { "If-Match": '"b", "a"' }, current, "proceed", "if-match"],
  ["a tag that doesn't", "PUT", { "If-Match": '"b"' }, current, "precondition-failed", "if-match"],
  ["weak tags never match", "PUT", { "If-Match": 'W/"a"' }, weak, "precondition-failed", "if-match"],
  ["a strong tag doesn't match a weak one", "PUT", { "If-Match": '"a"' }, weak, "precondition-failed", "if-match"],
  ["nothing there", "PUT", { "If-Match": '"a"' }, nothing, "precondition-failed", "if-match"],
  ["no tag there", "PUT", { "If-Match": '"a"' }, tagless, "precondition-failed", "if-match"],
  ["* and something there", "PUT", { "If-Match": "*" }, tagless, "proceed", "if-match"],
  ["* and nothing there", "DELETE", { "If-Match": "*" }, nothing, "precondition-failed", "if-match"],
  ["an empty list", "PUT", { "If-Match": "" }, current, "precondition-failed", "if-match"],
  ["holds for reading too", "GET", { "If-Match": '"b"' }, current, "precondition-failed", "if-match"],
]);
rows("9110:13.1.4 If-Unmodified-Since #9110:13.1.4-evaluate", [
  ["unchanged", "PUT", { "If-Unmodified-Since": at }, current, "proceed", "if-unmodified-since"],
  ["changed later", "PUT", { "If-Unmodified-Since": before }, current, "precondition-failed", "if-unmodified-since"],
  [
    "only the origin's own dates are compared #9110:13.1.4-clock",
    "PUT",
    { "If-Unmodified-Since": after },
    { ...current, lastModified: changed + 3_600_000, date: changed + 3_600_000 },
    "precondition-failed",
    "if-unmodified-since",
  ],
  [
    "no date there: ignored #9110:13.1.4-no-date",
    "PUT",
    { "If-Unmodified-Since": before },
    dateless,
    "proceed",
    "none",
  ],
  [
    "no date given: ignored #9110:13.1.4-invalid",
    "PUT",
    { "If-Unmodified-Since": "never" },
    current,
    "proceed",
    "none",
  ],
]);
rows("9110:13.1.2 If-None-Match #9110:13.1.2-weak #9110:13.1.2-evaluate", [
  ["the tag", "GET", { "If-None-Match": '"a"' }, current, "not-modified", "if-none-match"],
  ["the tag, to HEAD", "HEAD", { "If-None-Match": '"a"' }, current, "not-modified", "if-none-match"],
  ["the tag, to a change", "PUT", { "If-None-Match": '"a"' }, current, "precondition-failed", "if-none-match"],
  ["the tag, weak", "GET", { "If-None-Match": 'W/"a"' }, current, "not-modified", "if-none-match"],
  ["the tag, where ours is weak", "GET", { "If-None-Match": '"a"' }, weak, "not-modified", "if-none-match"],
  ["one of several", "GET", { "If-None-Match": '"b", "a"' }, current, "not-modified", "if-none-match"],
  ["another tag", "GET", { "If-None-Match": '"b"' }, current, "proceed", "if-none-match"],
  ["no tag there", "GET", { "If-None-Match": '"a"' }, tagless, "proceed", "if-none-match"],
  ["*, to read", "GET", { "If-None-Match": "*" }, tagless, "not-modified", "if-none-match"],
  ["*, to create what is there", "PUT", { "If-None-Match": "*" }, current, "precondition-failed", "if-none-match"],
  ["*, to create what isn't", "PUT", { "If-None-Match": "*" }, nothing, "proceed", "if-none-match"],
  ["nothing there", "PUT", { "If-None-Match": '"a"' }, nothing, "proceed", "if-none-match"],
  ["no readable tag", "GET", { "If-None-Match": '"a' }, current, "proceed", "if-none-match"],
]);
rows("9110:13.1.3 If-Modified-Since #9110:13.1.3-evaluate", [
  ["unchanged #9110:13.1.3-false", "GET", { "If-Modified-Since": at }, current, "not-modified", "if-modified-since"],
  ["a later date", "HEAD", { "If-Modified-Since": after }, current, "not-modified", "if-modified-since"],
  [
    "only the origin's own dates are compared #9110:13.1.3-clock",
    "GET",
    { "If-Modified-Since": after },
    { ...current, lastModified: changed + 3_600_000, date: changed + 3_600_000 },
    "proceed",
    "if-modified-since",
  ],
  ["changed later", "GET", { "If-Modified-Since": before }, current, "proceed", "if-modified-since"],
  ["only to methods that read #9110:13.1.3-invalid", "POST", { "If-Modified-Since": at }, current, "proceed", "none"],
  ["no date there: ignored #9110:13.1.3-no-date", "GET", { "If-Modified-Since": at }, dateless, "proceed", "none"],
  ["no date given: ignored #9110:13.1.3-invalid", "GET", { "If-Modified-Since": "0" }, current, "proceed", "none"],
  [
    "fractions of a second don't count",
    "GET",
    { "If-Modified-Since": at },
    { ...current, lastModified: changed + 999 },
    "not-modified",
    "if-modified-since",
  ],
]);
const range = { Range: "bytes=0-1" };
rows("9110:13.1.5 If-Range #9110:13.1.5-evaluate #9110:13.1.5-false #9110:13.1.5-true", [
  ["none", "GET", range, current, "range", "none"],
  ["the tag", "GET", { ...range, "If-Range": '"a"' }, current, "range", "if-range"],
  ["another tag", "GET", { ...range, "If-Range": '"b"' }, current, "proceed", "if-range"],
  ["a weak tag never", "GET", { ...range, "If-Range": 'W/"a"' }, weak, "proceed", "if-range"],
  ["the date", "GET", { ...range, "If-Range": at }, current, "range", "if-range"],
  ["an earlier date", "GET", { ...range, "If-Range": before }, current, "proceed", "if-range"],
  ["a later date: only the very date", "GET", { ...range, "If-Range": after }, current, "proceed", "if-range"],
  ["no date there", "GET", { ...range, "If-Range": at }, dateless, "proceed", "if-range"],
  ["neither tag nor date", "GET", { ...range, "If-Range": "a" }, current, "proceed", "if-range"],
  ["without Range #9110:13.1.5-without-range", "GET", { "If-Range": '"b"' }, current, "proceed", "none"],
]);
rows("9110:8.8.2.2 a date in If-Range must be strong #9110:8.8.2.2-strong", [
  [
    "made in the same second",
    "GET",
    { ...range, "If-Range": at },
    { ...current, date: changed },
    "proceed",
    "if-range",
  ],
  [
    "made a second later",
    "GET",
    { ...range, "If-Range": at },
    { ...current, date: changed + 1000 },
    "range",
    "if-range",
  ],
  ["nobody knows when", "GET", { ...range, "If-Range": at }, { ...current, date: undefined }, "proceed", "if-range"],
]);
rows("9110:14.2 Range", [
  ["only GET has ranges #9110:14.2-method", "HEAD", range, current, "proceed", "none"],
  ["another unit #9110:14.2-unit", "GET", { Range: "lines=0-1" }, current, "proceed", "none"],
]);
rows("9110:13.2.2 the order #9110:13.2.2-order", [
  [
    "If-Match before all",
    "GET",
    { "If-None-Match": '"a"', "If-Match": '"b"' },
    current,
    "precondition-failed",
    "if-match",
  ],
  [
    "If-Match takes the place of If-Unmodified-Since #9110:13.1.4-if-match",
    "PUT",
    { "If-Match": '"a"', "If-Unmodified-Since": before },
    current,
    "proceed",
    "if-match",
  ],
  [
    "If-Match holds, then If-None-Match decides",
    "GET",
    { "If-Match": '"a"', "If-None-Match": '"a"' },
    current,
    "not-modified",
    "if-none-match",
  ],
  [
    "If-None-Match takes the place of If-Modified-Since: other tag, same date #9110:13.1.3-if-none-match",
    "GET",
    { "If-None-Match": '"b"', "If-Modified-Since": at },
    current,
    "proceed",
    "if-none-match",
  ],
  [
    "If-None-Match takes the place of If-Modified-Since: same tag, other date",
    "GET",
    { "If-None-Match": '"a"', "If-Modified-Since": before },
    current,
    "not-modified",
    "if-none-match",
  ],
  [
    "an empty If-None-Match still does",
    "GET",
    { "If-None-Match": "", "If-Modified-Since": at },
    current,
    "proceed",
    "if-none-match",
  ],
  [
    "If-Range last",
    "GET",
    { ...range, "If-Range": '"a"', "If-None-Match": '"a"' },
    current,
    "not-modified",
    "if-none-match",
  ],
  ["conditions that hold, then the range", "GET", { ...range, "If-Match": '"a"' }, current, "range", "if-match"],
]);
rows("9110:13.2.1 methods without conditions #9110:13.2.1-methods", [
  ["OPTIONS", "OPTIONS", { "If-Match": '"b"' }, current, "proceed", "none"],
  ["TRACE", "TRACE", { "If-None-Match": '"a"' }, current, "proceed", "none"],
  ["CONNECT", "CONNECT", { "If-Match": '"b"' }, current, "proceed", "none"],
]);

describe("9110:8.8.2.2 a strong date", () => {
  const list: readonly [date: number | undefined, boolean][] = [
    [undefined, false],
    [changed - 1000, false],
    [changed, false],
    [changed + 999, false],
    [changed + 1000, true],
  ];
  for (const [date, then] of list) test(String(date), () => assert.equal(isStrongDate(changed, date), then));
});

describe("9110:13.1, 14.2 whether there is a condition at all", () => {
  const names: readonly [string, boolean][] = [
    ["If-Match", true],
    ["if-none-match", true],
    ["IF-MODIFIED-SINCE", true],
    ["If-Unmodified-Since", true],
    ["If-Range", true],
    ["Range", true],
    ["RANGE", true],
    ["Accept", false],
    ["Referer", false],
    ["ranges", false],
    ["if", false],
    ["I", false],
    ["ix-y", false],
  ];
  for (const [name, then] of names)
    test(name, () => assert.equal(isConditional(Fields.of(["Host", "a"], [name, ""])), then));
});

describe("9110:13 laws", () => {
  const value = fc.constantFrom('"a"', 'W/"a"', '"b"', "*", "", at, before, after, "bytes=0-1", "x");
  const name = fc.constantFrom(
    ...["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"],
  );
  const fields = fc.array(fc.tuple(name, value)).map((lines) => Fields.of(...lines));
  const state = fc.constantFrom(current, weak, tagless, dateless, nothing);
  test("304 only to GET and HEAD, ranges only to GET", () =>
    fc.assert(
      fc.property(fc.constantFrom("GET", "HEAD", "PUT", "DELETE", "OPTIONS"), fields, state, (method, lines, now) => {
        const verdict = evaluate({ method, target: "http://a.example/", fields: lines }, now);
        if (verdict.type === "not-modified") assert.ok(method === "GET" || method === "HEAD");
        if (verdict.type === "proceed" && verdict.range) assert.equal(method, "GET");
      }),
      { numRuns: 1000 },
    ));
  test("a 304 always rests on a tag or a date that the client named", () =>
    fc.assert(
      fc.property(fields, (lines) => {
        const verdict = evaluate({ method: "GET", target: "http://a.example/", fields: lines }, current);
        if (verdict.type !== "not-modified") return;
        const named = [...lines].filter(([name]) => name.toLowerCase() === verdict.because).map(([, value]) => value);
        assert.ok(named.some((text) => ['"a"', 'W/"a"', "*", at, after].includes(text)));
      }),
      { numRuns: 1000 },
    ));
});
