import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  date,
  expires,
  formatHttpDate,
  ifModifiedSince,
  ifUnmodifiedSince,
  lastModified,
  parseHttpDate,
} from "../src/index.ts";

const example = Date.UTC(1994, 10, 6, 8, 49, 37);
const far = Date.UTC(2050, 7, 18, 2, 1, 18);

describe("9110:5.6.7 reading an HTTP-date", () => {
  const rows: readonly [says: string, text: string, then: number | undefined][] = [
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", example],
    ["RFC 850 format", "Sunday, 06-Nov-94 08:49:37 GMT", example],
    ["asctime format", "Sun Nov  6 08:49:37 1994", example],
    ["asctime format, two-digit day", "Wed Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37)],
    ["the weekday is not checked against the date", "Mon, 06 Nov 1994 08:49:37 GMT", example],
    ["two-digit year within 50 years ahead", "Thursday, 18-Aug-50 02:01:18 GMT", far],
    ["29 February of 2000, not of 2100", "Tuesday, 29-Feb-00 00:00:00 GMT", Date.UTC(2000, 1, 29)],
    ["last second of a day", "Sun, 06 Nov 1994 23:59:59 GMT", Date.UTC(1994, 10, 6, 23, 59, 59)],
    ["leap second: the one before", "Sun, 06 Nov 1994 23:59:60 GMT", Date.UTC(1994, 10, 6, 23, 59, 59)],
    ["year 1", "Mon, 01 Jan 0001 00:00:00 GMT", -62_135_596_800_000],
    ["beyond 32 bits", "Sun, 21 Nov 2286 04:46:39 GMT", Date.UTC(2286, 10, 21, 4, 46, 39)],
    ["29 February in no leap year", "Sun, 29 Feb 2026 00:00:00 GMT", undefined],
    ["31 April", "Thu, 31 Apr 2026 00:00:00 GMT", undefined],
    ["day 0", "Thu, 00 Apr 2026 00:00:00 GMT", undefined],
    ["hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", undefined],
    ["minute 60", "Sun, 06 Nov 1994 08:60:37 GMT", undefined],
    ["second 61", "Sun, 06 Nov 1994 08:49:61 GMT", undefined],
    ["RFC 850 with a short weekday", "Sun, 06-Nov-94 08:49:37 GMT", undefined],
    ["another time zone", "Thu, 18 Aug 2050 02:01:18 AEST", undefined],
    ["an offset", "Thu, 18 Aug 2050 02:01:18 +0000", undefined],
    ["two-digit year in IMF-fixdate", "Thu, 18 Aug 50 02:01:18 GMT", undefined],
    ["no comma", "Thu 18 Aug 2050 02:01:18 GMT", undefined],
    ["several spaces", "Thu, 18  Aug  2050 02:01:18 GMT", undefined],
    ["dashes", "Thu, 18-Aug-2050 02:01:18 GMT", undefined],
    ["periods", "Thu, 18 Aug 2050 02.01.18 GMT", undefined],
    ["one-digit hour", "Thu, 18 Aug 2050 2:01:18 GMT", undefined],
    ["zero", "0", undefined],
    ["nothing", "", undefined],
    ["something before", " Sun, 06 Nov 1994 08:49:37 GMT", undefined],
    ["something after", "Sun, 06 Nov 1994 08:49:37 GMT\n", undefined],
  ];
  for (const [says, text, then] of rows) test(says, () => assert.equal(parseHttpDate(text), then));
});

describe("9111:4.2 a cache reads dates without regard to case, and takes no zone but GMT", () => {
  const rows = ["THU, 18 Aug 2050 02:01:18 GMT", "Thu, 18 AUG 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:18 gMT"];
  for (const text of rows) test(text, () => assert.equal(parseHttpDate(text), far));
  for (const zone of ["UTC", "AEST", "+0000", "Z"])
    test(zone, () => assert.equal(parseHttpDate(`Thu, 18 Aug 2050 02:01:18 ${zone}`), undefined));
});

describe("9110:5.6.7 two-digit years by the clock", () => {
  const rows: readonly [year: string, now: number, then: number][] = [
    ["94", 2026, 1994],
    ["76", 2026, 2076],
    ["77", 2026, 1977],
    ["50", 1999, 1950],
    ["10", 2090, 2110],
    ["41", 2090, 2041],
  ];
  for (const [year, now, then] of rows)
    test(`${year}, read in ${now}`, () =>
      assert.equal(parseHttpDate(`Sunday, 01-Jan-${year} 00:00:00 GMT`, Date.UTC(now, 0, 1)), Date.UTC(then, 0, 1)));
  test("a second more than 50 years ahead is past", () => {
    const now = Date.UTC(2026, 5, 1);
    assert.equal(parseHttpDate("Monday, 01-Jun-76 00:00:00 GMT", now), Date.UTC(2076, 5, 1));
    assert.equal(parseHttpDate("Monday, 01-Jun-76 00:00:01 GMT", now), Date.UTC(1976, 5, 1, 0, 0, 1));
  });
});

describe("9110:5.6.7 writing an HTTP-date", () => {
  test("IMF-fixdate", () => assert.equal(formatHttpDate(example), "Sun, 06 Nov 1994 08:49:37 GMT"));
  test("the second begun", () => assert.equal(formatHttpDate(example + 999), formatHttpDate(example)));
  test("before the epoch too", () => assert.equal(formatHttpDate(-1), "Wed, 31 Dec 1969 23:59:59 GMT"));
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Date.UTC(10_000, 0, 1), -62_135_596_800_001])
    test(`${bad} can't be said`, () => assert.throws(() => formatHttpDate(bad), RangeError));
  test("what is written is read as the same second", () =>
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (second) => {
        assert.equal(parseHttpDate(formatHttpDate(second * 1000)), second * 1000);
      }),
    ));
  test("reading never throws", () => {
    const parts = fc.constantFrom("Sun", "Sunday", ", ", " ", "06", "-", "Nov", "94", "1994", "08:49:37", " GMT", "é");
    fc.assert(fc.property(fc.array(parts), (texts) => void parseHttpDate(texts.join(""))));
  });
});

describe("#9111:4.2-time-zone", () => {
  for (const zone of ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
    test(zone, () => {
      const before = process.env.TZ;
      process.env.TZ = zone;
      assert.equal(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), example);
      assert.equal(formatHttpDate(example + 86_400_000), "Mon, 07 Nov 1994 08:49:37 GMT");
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });
});

describe("9110:5.6.7 date fields hold one date", () => {
  const text = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (const parser of [date, lastModified, ifModifiedSince, ifUnmodifiedSince]) {
    test(`${parser.name}: one`, () => assert.equal(parser.parse([text]), example));
    test(`${parser.name}: none`, () => assert.equal(parser.parse([]), undefined));
    test(`${parser.name}: unreadable`, () => assert.equal(parser.parse(["yesterday"]), undefined));
    test(`${parser.name}: several`, () => assert.equal(parser.parse([text, text]), undefined));
  }
});

describe("9111:5.3 Expires", () => {
  const text = "Sun, 06 Nov 1994 08:49:37 GMT";
  test("a date", () => assert.equal(expires.parse([text]), example));
  test("absent", () => assert.equal(expires.parse([]), undefined));
  for (const lines of [["0"], ["-1"], [""], [text, text], [`${text}, ${text}`]])
    test(`invalid: ${JSON.stringify(lines)}`, () => assert.equal(expires.parse(lines), "invalid"));
});
