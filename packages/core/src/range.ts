import { type EntityTag, parseEntityTag } from "./entity-tag.ts";
import type { FieldParser } from "./fields.ts";
import { parseHttpDate } from "./http-date.ts";
import type { Timestamp } from "./message.ts";
import { splitOutsideQuotes } from "./tokens.ts";

/** A closed range of octets, both ends included, counted from 0 (RFC 9110 §14.1.2). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a client asks for: from `first` to `last` (undefined: to the end), or the last `suffix` octets (RFC 9110 §14.1.1). */
export type RangeSpec = { readonly first: number; readonly last: number | undefined } | { readonly suffix: number };

/** Ranges of octets in the order asked for; never empty. `bytes` is the only unit that is understood. */
export type RangeSet = readonly RangeSpec[];

/** RFC 9110 §14.4: where a part belongs, or how long the whole is that a range was not found in. */
export type ContentRange =
  | { readonly type: "range"; readonly first: number; readonly last: number; readonly complete: number | undefined }
  | { readonly type: "unsatisfied"; readonly complete: number };

/** Numbers too large to be exact stay large enough to mean "beyond the end". */
const position = (digits: string) => Math.min(Number(digits), Number.MAX_SAFE_INTEGER);

function parseSpec(text: string): RangeSpec | undefined {
  const match = /^(?:(\d+)-(\d+)?|-(\d+))$/.exec(text);
  if (!match) return undefined;
  if (match[3] !== undefined) return { suffix: position(match[3]) };
  const first = position(match[1]!);
  const last = match[2] === undefined ? undefined : position(match[2]);
  return last !== undefined && last < first ? undefined : { first, last };
}

/** RFC 9110 §14.2; "invalid" = there but not understood (another unit, or one bad range spoils the set): to be ignored */
export const range: FieldParser<RangeSet | "invalid" | undefined> = {
  name: "range",
  parse(lines) {
    if (lines.length === 0) return undefined;
    const match = lines.length === 1 ? /^bytes=(.*)$/i.exec(lines[0]!) : null;
    if (!match) return "invalid";
    const specs: RangeSpec[] = [];
    for (const text of splitOutsideQuotes(match[1]!, ",")) {
      const spec = parseSpec(text);
      if (spec === undefined) return "invalid";
      specs.push(spec);
    }
    return specs.length === 0 ? "invalid" : specs;
  },
};

/** RFC 9110 §14.4; "invalid" = there but not to be relied on */
export const contentRange: FieldParser<ContentRange | "invalid" | undefined> = {
  name: "content-range",
  parse(lines) {
    if (lines.length === 0) return undefined;
    const match = lines.length === 1 ? /^bytes (?:(\d+)-(\d+)\/(\d+|\*)|\*\/(\d+))$/i.exec(lines[0]!) : null;
    if (!match) return "invalid";
    if (match[4] !== undefined) return { type: "unsatisfied", complete: position(match[4]) };
    const [first, last] = [position(match[1]!), position(match[2]!)];
    const complete = match[3] === "*" ? undefined : position(match[3]!);
    const valid = first <= last && (complete === undefined || last < complete);
    return valid ? { type: "range", first, last, complete } : "invalid";
  },
};

/** The field value of Content-Range (RFC 9110 §14.4). */
export function formatContentRange(value: ContentRange): string {
  return value.type === "unsatisfied"
    ? `bytes */${value.complete}`
    : `bytes ${value.first}-${value.last}/${value.complete ?? "*"}`;
}

/**
 * RFC 9110 §13.1.5: a tag, or a date. "invalid" = there but neither: the condition is false, so Range is ignored;
 * a tag must have its quotes here, they tell it from a date.
 */
export const ifRange: FieldParser<EntityTag | Timestamp | "invalid" | undefined> = {
  name: "if-range",
  parse(lines) {
    if (lines.length === 0) return undefined;
    if (lines.length > 1) return "invalid";
    const text = lines[0]!;
    return (text.endsWith('"') ? parseEntityTag(text) : parseHttpDate(text)) ?? "invalid";
  },
};
