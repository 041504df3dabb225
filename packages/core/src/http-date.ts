import type { FieldParser } from "./fields.ts";
import type { Timestamp } from "./message.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const longDay = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
const month = `(${months.join("|")})`;
const time = "(\\d\\d):(\\d\\d):(\\d\\d)";
// Caches read dates without regard to case, and take no zone but GMT (RFC 9111 §4.2); no looser form either.
const rfc850 = new RegExp(`^${longDay}, (\\d\\d)-${month}-(\\d\\d) ${time} GMT$`, "i");
const asctime = new RegExp(`^(?:${days.join("|")}) ${month} (\\d\\d| \\d) ${time} (\\d{4})$`, "i");

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const leapYears = (until: number) => Math.floor(until / 4) - Math.floor(until / 100) + Math.floor(until / 400);

/**
 * The time of a day of the Gregorian calendar; undefined where there is no such day, or a number is NaN. `Date` would
 * take the years before 100 for others, and longer than all else that a decision takes.
 */
function assemble(year: number, month: number, day: number, h: number, m: number, s: number): Timestamp | undefined {
  const thisYear = leapYears(year);
  const lastYear = leapYears(year - 1);
  const leap = thisYear - lastYear;
  if (!(day >= 1 && day <= lengths[month]! + (month === 1 ? leap : 0) && h <= 23 && m <= 59 && s <= 60))
    return undefined;
  const leapDays = (month < 2 ? lastYear : thisYear) - leapYears(1969);
  const date = (year - 1970) * 365 + leapDays + before[month]! + day - 1;
  // second 60 is a leap second, which this scale hasn't: the nearest earlier one (RFC 9111 §4.2)
  return (((date * 24 + h) * 60 + m) * 60 + Math.min(s, 59)) * 1000;
}

/** For two-digit years where the caller knows no better: an older reference reads more years as past, never fewer. */
const reference: Timestamp = Date.UTC(2026, 0, 1);

/** RFC 9110 §5.6.7: of the years with these last two digits, the latest that is at most 50 years ahead. */
function latestOf(digits: string, now: Timestamp, read: (year: string) => Timestamp | undefined) {
  const thisYear = new Date(now).getUTCFullYear();
  const limit = new Date(now).setUTCFullYear(thisYear + 50);
  const nextCentury = Math.floor(thisYear / 100) + 1;
  for (let century = nextCentury; century > nextCentury - 4; century--) {
    const timestamp = read(`${century}${digits}`);
    if (timestamp !== undefined && timestamp <= limit) return timestamp;
  }
  return undefined;
}

/** Three letters as one number, whatever their case; -1 where one is not of ASCII. */
function threeLetters(text: string, at: number): number {
  const [a, b, c] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  return (a | b | c) < 0x80 ? ((a | 0x20) << 16) | ((b | 0x20) << 8) | (c | 0x20) : -1;
}

const monthsByLetters = new Map(months.map((name, i) => [threeLetters(name, 0), i]));
const daysByLetters = new Set(days.map((name) => threeLetters(name, 0)));
const gmt = threeLetters("gmt", 0);

/** What two digits say; NaN where they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 0x30, text.charCodeAt(at + 1) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** What stands between the words and numbers of an IMF-fixdate, by its place. */
const between: readonly (readonly [at: number, code: number])[] = [
  [3, 0x2c],
  [4, 0x20],
  [7, 0x20],
  [11, 0x20],
  [16, 0x20],
  [19, 0x3a],
  [22, 0x3a],
  [25, 0x20],
];

/** `Sun, 06 Nov 1994 08:49:37 GMT`: the form that everybody sends. */
function parseImfFixdate(text: string): Timestamp | undefined {
  if (text.length !== 29 || threeLetters(text, 26) !== gmt || !daysByLetters.has(threeLetters(text, 0)))
    return undefined;
  for (const [at, code] of between) if (text.charCodeAt(at) !== code) return undefined;
  const month = monthsByLetters.get(threeLetters(text, 8));
  if (month === undefined) return undefined;
  const year = twoDigits(text, 12) * 100 + twoDigits(text, 14);
  return assemble(year, month, twoDigits(text, 5), twoDigits(text, 17), twoDigits(text, 20), twoDigits(text, 23));
}

/**
 * Reads an HTTP-date in any of its three formats (RFC 9110 §5.6.7), without regard to case (RFC 9111 §4.2).
 * @param now what the two-digit years of the RFC 850 format are told by; left out: the start of 2026
 * @returns milliseconds, a whole number of seconds; undefined where the text is no HTTP-date
 */
export function parseHttpDate(text: string, now: Timestamp = reference): Timestamp | undefined {
  const usual = parseImfFixdate(text);
  if (usual !== undefined) return usual;
  const old = rfc850.exec(text);
  if (old) return latestOf(old[3]!, now, (year) => assembleTexts(year, old[2]!, old[1]!, old[4]!, old[5]!, old[6]!));
  const c = asctime.exec(text);
  return c ? assembleTexts(c[6]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!) : undefined;
}

function assembleTexts(year: string, name: string, day: string, h: string, m: string, s: string) {
  return assemble(Number(year), months.indexOf(name.toLowerCase()), Number(day), Number(h), Number(m), Number(s));
}

const slots = 64;
const seconds = new Float64Array(slots).fill(Number.NaN);
const texts = new Array<string>(slots).fill("");
const latest = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * The IMF-fixdate of a time (RFC 9110 §5.6.7), its second begun. Remembers recent ones: `Date` is the same for a second.
 * @throws {RangeError} outside the years 1 to 9999, which no HTTP-date can say
 */
export function formatHttpDate(timestamp: Timestamp): string {
  const second = Math.floor(timestamp / 1000);
  const slot = second & (slots - 1);
  if (seconds[slot] === second) return texts[slot]!;
  if (!(timestamp >= -62_135_596_800_000 && timestamp < latest + 1000))
    throw new RangeError(`${timestamp} is no time that an HTTP date can say`);
  const text = new Date(second * 1000).toUTCString();
  seconds[slot] = second;
  texts[slot] = text;
  return text;
}

/** A date is a single value; several lines say nothing that could be relied on (RFC 9110 §5.3). */
const dateField = (name: string): FieldParser<Timestamp | undefined> => ({
  name,
  parse: (lines) => (lines.length === 1 ? parseHttpDate(lines[0]!) : undefined),
});

/** RFC 9110 §6.6.1 */
export const date = dateField("date");
/** RFC 9110 §8.8.2 */
export const lastModified = dateField("last-modified");
/** RFC 9110 §13.1.3; an invalid date or a list is to be ignored, so it reads as absent */
export const ifModifiedSince = dateField("if-modified-since");
/** RFC 9110 §13.1.4; as above */
export const ifUnmodifiedSince = dateField("if-unmodified-since");

/** RFC 9111 §5.3; "invalid" means a time in the past, and so do several lines */
export const expires: FieldParser<Timestamp | "invalid" | undefined> = {
  name: "expires",
  parse: (lines) => (lines.length === 0 ? undefined : (dateField("expires").parse(lines) ?? "invalid")),
};
