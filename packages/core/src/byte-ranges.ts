import type { Fields } from "./fields.ts";
import { errorFields } from "./not-modified.ts";
import { type ByteRange, formatContentRange, type RangeSet, type RangeSpec } from "./range.ts";

/** What a set of ranges comes to for content of a known length. */
export type SelectedRanges =
  /** the whole, as without Range: always allowed (RFC 9110 §14.2) */
  | { readonly type: "full"; readonly because: "empty-content" | "too-many-ranges" | "overlapping-ranges" }
  | { readonly type: "one"; readonly range: ByteRange }
  | { readonly type: "several"; readonly ranges: readonly ByteRange[] }
  | { readonly type: "unsatisfiable" };

/** More ranges than this in one request are a flood, not a need (RFC 9110 §17.15). */
const mostRanges = 100;
/** Overlaps that a plain client may cause by mistake (RFC 9110 §14.2). */
const mostOverlaps = 2;
/** Octets that another part costs: ranges that lie closer are sent as one (RFC 9110 §15.3.7.2). */
const partOverhead = 80;

function resolve(spec: RangeSpec, length: number): ByteRange | undefined {
  if ("suffix" in spec)
    return spec.suffix === 0 ? undefined : { first: Math.max(0, length - spec.suffix), last: length - 1 };
  if (spec.first >= length) return undefined;
  return { first: spec.first, last: Math.min(spec.last ?? length - 1, length - 1) };
}

const size = (range: ByteRange) => range.last - range.first + 1;

/** Joins ranges that overlap or nearly touch; each result stands where its first member stood (RFC 9110 §15.3.7.2). */
function coalesce(ranges: readonly ByteRange[]): { joined: readonly ByteRange[]; overlaps: number } {
  const ordered = ranges.map((range, place) => ({ ...range, place })).sort((a, b) => a.first - b.first);
  const joined: { first: number; last: number; place: number }[] = [];
  let overlaps = 0;
  for (const range of ordered) {
    const before = joined.at(-1);
    if (before !== undefined && range.first <= before.last) overlaps++;
    if (before === undefined || range.first - before.last > partOverhead) joined.push(range);
    else {
      before.last = Math.max(before.last, range.last);
      before.place = Math.min(before.place, range.place);
    }
  }
  joined.sort((a, b) => a.place - b.place);
  return { joined: joined.map(({ first, last }) => ({ first, last })), overlaps };
}

/**
 * Which octets of content of `length` octets a Range asks for (RFC 9110 §14.1.2), with the limits of §14.2 against
 * requests that cost far more to answer than to send.
 */
export function selectRanges(set: RangeSet, length: number): SelectedRanges {
  if (set.length > mostRanges) return { type: "full", because: "too-many-ranges" };
  // no Content-Range can name a part of nothing, though a suffix of it can be asked for
  if (length === 0 && set.some((spec) => "suffix" in spec && spec.suffix > 0))
    return { type: "full", because: "empty-content" };
  const ranges: ByteRange[] = [];
  for (const spec of set) {
    const range = resolve(spec, length);
    if (range !== undefined) ranges.push(range);
  }
  if (ranges.length === 0) return { type: "unsatisfiable" };
  if (ranges.length === 1) return { type: "one", range: ranges[0]! };
  const { joined, overlaps } = coalesce(ranges);
  if (overlaps > mostOverlaps) return { type: "full", because: "overlapping-ranges" };
  if (joined.length === 1) return { type: "one", range: joined[0]! };
  return { type: "several", ranges: joined };
}

/** A stretch of a response's content: these octets, or a range of the representation's. */
export type Piece = { readonly bytes: Uint8Array } | ByteRange;

/** What a 206 is made of. */
export interface PartialContent {
  readonly fields: Fields;
  readonly pieces: readonly Piece[];
}

/** Digests of the content sent, which is no longer the same; that of the representation stays true (RFC 9530 §2). */
const digests = { "content-digest": undefined, "content-md5": undefined };

/**
 * The fields of a 206 with one range (RFC 9110 §15.3.7.1).
 * @param complete octets of the whole, where they are known
 * @param sent where the octets that are sent lie in what is kept
 */
export function partFields(fields: Fields, range: ByteRange, complete: number | undefined, sent: ByteRange): Fields {
  return fields.with({
    ...digests,
    "content-range": formatContentRange({ type: "range", ...range, complete }),
    "content-length": String(size(sent)),
  });
}

/**
 * A 206 with one range (RFC 9110 §15.3.7.1). All representation fields of the 200 stay, also after If-Range: a
 * cache on the way may need them (§15.3.7 asks only to spare them).
 * @param fields those of the 200 it stands for
 * @param length octets of the whole
 */
export function singlePart(fields: Fields, range: ByteRange, length: number): PartialContent {
  return { fields: partFields(fields, range, length, range), pieces: [range] };
}

const encoder = new TextEncoder();

/**
 * A 206 with several ranges as multipart/byteranges (RFC 9110 §14.6, §15.3.7.2).
 * @param fields those of the 200 it stands for
 * @param length octets of the whole
 * @param boundary 1 to 70 letters and digits that the content can't be made to hold: random ones
 */
export function multipart(
  fields: Fields,
  ranges: readonly ByteRange[],
  length: number,
  boundary: string,
): PartialContent {
  const type = fields.get("content-type");
  const pieces: Piece[] = [];
  let total = 0;
  const literal = (text: string) => {
    const bytes = encoder.encode(text);
    total += bytes.length;
    pieces.push({ bytes });
  };
  for (const range of ranges) {
    const start = pieces.length === 0 ? "--" : "\r\n--";
    const typeLine = type === undefined ? "" : `Content-Type: ${type}\r\n`;
    const place = formatContentRange({ type: "range", ...range, complete: length });
    literal(`${start}${boundary}\r\n${typeLine}Content-Range: ${place}\r\n\r\n`);
    total += size(range);
    pieces.push(range);
  }
  literal(`\r\n--${boundary}--\r\n`);
  const changes = {
    ...digests,
    "content-range": undefined,
    "content-type": `multipart/byteranges; boundary=${boundary}`,
    "content-length": String(total),
  };
  return { fields: fields.with(changes), pieces };
}

/** The fields of a 416 (RFC 9110 §15.5.17) in place of a 200 with these and `length` octets. */
export function unsatisfiableFields(fields: Fields, length: number): Fields {
  return errorFields(fields).with({ "content-range": formatContentRange({ type: "unsatisfied", complete: length }) });
}
