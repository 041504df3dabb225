import {
  multipart,
  type PartialContent,
  type Piece,
  type SelectedRanges,
  selectRanges,
  singlePart,
  unsatisfiableFields,
} from "./byte-ranges.ts";
import { type EntityTag, etag } from "./entity-tag.ts";
import type { Fields } from "./fields.ts";
import { date as dateField, lastModified } from "./http-date.ts";
import type { RequestHead, Timestamp } from "./message.ts";
import { errorFields, notModifiedFields } from "./not-modified.ts";
import { type CurrentState, evaluate, isConditional, type PreconditionReason } from "./preconditions.ts";
import { range } from "./range.ts";

/** A response that is ready to be sent whole, before anybody has looked at the request's conditions. */
export interface Representation {
  readonly status: number;
  /** as the whole would be sent with them, Content-Length included; where ranges are offered, Accept-Ranges too */
  readonly fields: Fields;
  /** the fields of a 304 in its place, where they were made before: `notModifiedFields` of `fields` */
  readonly notModified?: Fields | undefined;
  /** octets of the content; undefined while nobody knows */
  readonly length: number | undefined;
  /** where left out, what `fields` say */
  readonly etag?: EntityTag | undefined;
  /** Where left out, what `fields` say. A cache whose response has none gives its Date (RFC 9111 §4.3.2). */
  readonly lastModified?: Timestamp | undefined;
}

export interface PresentOptions {
  /** When the response was made, where its fields have no Date: an origin's clock. */
  readonly date?: Timestamp;
  /** what separates the parts of a multipart/byteranges: random, so that nobody can have put it into the content */
  readonly boundary: () => string;
}

/** Why it is sent as it is: the deciding condition, or what the range came to. */
export type PresentReason =
  | "unconditional"
  | PreconditionReason
  | "range"
  | "unsatisfiable-range"
  | "unknown-length"
  | "weak-tag"
  | Extract<SelectedRanges, { type: "full" }>["because"];

export interface Presented {
  readonly status: number;
  readonly fields: Fields;
  /** what content to send; to HEAD always `none` */
  readonly send: "none" | "all" | { readonly pieces: readonly Piece[] };
  readonly because: PresentReason;
}

/** A representation as conditions see it: dates are read only for those that want them. A class, since it is made for each. */
class Current implements CurrentState {
  readonly exists = true;
  readonly etag: EntityTag | undefined;
  readonly #representation: Representation;
  readonly #date: Timestamp | undefined;

  constructor(representation: Representation, date: Timestamp | undefined) {
    this.#representation = representation;
    this.#date = date;
    this.etag = representation.etag ?? representation.fields.read(etag);
  }

  get lastModified(): Timestamp | undefined {
    return this.#representation.lastModified ?? this.#representation.fields.read(lastModified);
  }

  get date(): Timestamp | undefined {
    return this.#representation.fields.read(dateField) ?? this.#date;
  }
}

/**
 * What a GET or HEAD really gets in place of a representation: preconditions (RFC 9110 §13.2.2), then ranges (§14.2).
 * Only a 200 to GET or HEAD is looked at; anything else passes. Without conditional and Range fields the given
 * `fields` come back as they are, at the cost of one look at the request's field names.
 * A representation whose tag is weak is never cut: parts of different octets could be put together.
 */
export function present(request: RequestHead, representation: Representation, options: PresentOptions): Presented {
  const { status, fields, length } = representation;
  const { method } = request;
  const whole = method === "HEAD" ? "none" : "all";
  if (status !== 200 || (method !== "GET" && method !== "HEAD") || !isConditional(request.fields))
    return { status, fields, send: whole, because: "unconditional" };

  const current = new Current(representation, options.date);
  const verdict = evaluate(request, current);
  const { because } = verdict;
  if (verdict.type === "not-modified")
    return { status: 304, fields: representation.notModified ?? notModifiedFields(fields), send: "none", because };
  if (verdict.type === "precondition-failed")
    return { status: 412, fields: errorFields(fields), send: "none", because };

  const wanted = verdict.range ? request.fields.read(range) : undefined;
  if (wanted === undefined || wanted === "invalid") return { status, fields, send: whole, because };
  if (length === undefined) return { status, fields, send: whole, because: "unknown-length" };
  if (current.etag?.weak) return { status, fields, send: whole, because: "weak-tag" };
  const selected = selectRanges(wanted, length);
  switch (selected.type) {
    case "full":
      return { status, fields, send: whole, because: selected.because };
    case "unsatisfiable":
      return {
        status: 416,
        fields: unsatisfiableFields(fields, length),
        send: "none",
        because: "unsatisfiable-range",
      };
    case "one":
      return partly(singlePart(fields, selected.range, length));
    case "several":
      return partly(multipart(fields, selected.ranges, length, options.boundary()));
  }
}

const partly = ({ fields, pieces }: PartialContent): Presented => ({
  status: 206,
  fields,
  send: { pieces },
  because: "range",
});
