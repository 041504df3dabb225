import type { FieldParser } from "./fields.ts";
import type { Timestamp } from "./message.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const day = "(?:mon|tue|wed|thu|fri|sat|sun)";
const longDay = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
const month = `(${months.join("|")})`;
const time = "(\\d\\d):(\\d\\d):(\\d\\d)";
// Caches read dates without regard to case, and take no zone but GMT (RFC 9111 §4.2); no looser form either.
const imfFixdate = new RegExp(`^${day}, (\\d\\d) ${month} (\\d{4}) ${time} GMT$`, "i");
const rfc850 = new RegExp(`^${longDay}, (\\d\\d)-${month}-(\\d\\d) ${time} GMT$`, "i");
const asctime = new RegExp(`^${day} ${month} (\\d\\d| \\d) ${time} (\\d{4})$`, "i");

/** 400 years of the Gregorian calendar: keeps `Date.UTC` away from its own two-digit years. */
const era = 146_097 * 86_400_000;
/** For two-digit years where the caller knows no better: an older reference reads more years as past, never fewer. */
const reference: Timestamp = Date.UTC(2026, 0, 1);

function assemble(year: string, name: string, date: string, h: string, m: string, s: string): Timestamp | undefined {
  const monthIndex = months.indexOf(name.toLowerCase());
  const [dayOfMonth, hour, minute, second] = [Number(date), Number(h), Number(m), Number(s)];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  // second 60 is a leap second, which this scale hasn't: the nearest earlier one (RFC 9111 §4.2)
  const shifted = Date.UTC(Number(year) + 400, monthIndex, dayOfMonth, hour, minute, Math.min(second, 59));
  return new Date(shifted).getUTCDate() === dayOfMonth ? shifted - era : undefined;
}

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

/**
 * Reads an HTTP-date in any of its three formats (RFC 9110 §5.6.7), without regard to case (RFC 9111 §4.2).
 * @param now what the two-digit years of the RFC 850 format are told by; left out: the start of 2026
 * @returns milliseconds, a whole number of seconds; undefined where the text is no HTTP-date
 */
export function parseHttpDate(text: string, now: Timestamp = reference): Timestamp | undefined {
  const said = imfFixdate.exec(text) ?? rfc850.exec(text);
  if (said) {
    const digits = said[3]!;
    const inYear = (year: string) => assemble(year, said[2]!, said[1]!, said[4]!, said[5]!, said[6]!);
    return digits.length === 4 ? inYear(digits) : latestOf(digits, now, inYear);
  }
  const c = asctime.exec(text);
  return c ? assemble(c[6]!, c[1]!, c[2]!, c[3]!, c[4]!, c[5]!) : undefined;
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
