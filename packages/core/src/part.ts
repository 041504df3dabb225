import { partFields } from "./byte-ranges.ts";
import { etag, strongMatch } from "./entity-tag.ts";
import type { Fields } from "./fields.ts";
import type { RequestHead, ResponseHead, StoredResponse, Times } from "./message.ts";
import type { Context } from "./policy.ts";
import { asksWhetherChanged } from "./preconditions.ts";
import { type ByteRange, contentRange, ifRange, range } from "./range.ts";
import { freshen } from "./updating.ts";

/** Which octets of a representation a 206 has, and how long the whole is, where it says so. */
export interface Part extends ByteRange {
  readonly complete: number | undefined;
}

/** The one part that a 206 is (RFC 9110 §15.3.7.1); undefined for anything else, several parts included. */
export function partOf({ status, fields }: ResponseHead): Part | undefined {
  if (status !== 206) return undefined;
  const value = fields.read(contentRange);
  return typeof value === "object" && value.type === "range" ? value : undefined;
}

/** Octets that are asked for: where they are in the representation, and where in the content of the stored part. */
export interface Slice {
  readonly range: ByteRange;
  readonly content: ByteRange;
}

/**
 * The slice of a stored part that answers a request on its own (RFC 9111 §3.3): it asks for one range, and the part has
 * all of it. Counted from where the request counts, so that a part whose octets don't add up gives what its origin gave.
 */
export function sliceFor(request: RequestHead, stored: StoredResponse): Slice | undefined {
  const part = partOf(stored);
  const ranges = request.fields.read(range);
  if (part === undefined || !Array.isArray(ranges) || ranges.length !== 1) return undefined;
  if (request.method !== "GET") return undefined;
  // whether the whole has changed is not for a part to say
  if (request.fields.hasAny(asksWhetherChanged)) return undefined;
  const condition = request.fields.read(ifRange);
  if (condition !== undefined && !(typeof condition === "object" && strongMatch(condition, stored.fields.read(etag))))
    return undefined;
  const { first, last, complete } = part;
  const { length } = stored.content;
  const spec = ranges[0]!;
  if ("suffix" in spec) {
    if (complete === undefined || last !== complete - 1 || spec.suffix === 0 || spec.suffix > length) return undefined;
    return {
      range: { first: complete - spec.suffix, last },
      content: { first: length - spec.suffix, last: length - 1 },
    };
  }
  const end = spec.last === undefined ? complete && complete - 1 : Math.min(spec.last, (complete ?? Infinity) - 1);
  if (end === undefined || spec.first < first || end > last || spec.first > end) return undefined;
  const from = spec.first - first;
  if (from >= length) return undefined;
  return { range: { first: spec.first, last: end }, content: { first: from, last: Math.min(end - first, length - 1) } };
}

/** The fields of the 206 that a slice of a stored part is sent with (RFC 9110 §15.3.7.1). */
export function sliceFields(stored: StoredResponse, { range, content }: Slice): Fields {
  return partFields(stored.fields, range, partOf(stored)?.complete, content);
}

/**
 * The request for the rest of a stored part that has the beginning (RFC 9111 §3.4). With If-Range where the part has a
 * strong tag; where not, what comes can't be joined, but a server that has something else now says so with a 200.
 * @returns undefined when the part does not begin at the beginning, or nobody knows where the end is
 */
export function restOf(request: RequestHead, stored: StoredResponse): RequestHead | undefined {
  const part = partOf(stored);
  if (part === undefined || part.first !== 0 || part.complete === undefined || part.last + 1 >= part.complete)
    return undefined;
  if (stored.content.length !== part.last + 1) return undefined;
  const tag = stored.fields.read(etag);
  const condition = tag === undefined || tag.weak ? undefined : stored.fields.get("etag");
  return {
    ...request,
    fields: request.fields.with({ range: `bytes=${part.last + 1}-`, "if-range": condition }),
  };
}

/**
 * A stored beginning and a new rest as one complete response (RFC 9111 §3.4): they must adjoin, reach the end, and have
 * the same strong tag. Its fields are the stored ones with the new ones over them.
 * @returns its head; undefined when the two can't be joined
 */
export function join(
  stored: StoredResponse,
  rest: ResponseHead,
  times: Times,
  context: Context,
): ResponseHead | undefined {
  const [part, more] = [partOf(stored), partOf(rest)];
  if (part?.complete === undefined || more === undefined) return undefined;
  if (more.first !== part.last + 1 || more.last !== part.complete - 1 || more.complete !== part.complete)
    return undefined;
  if (!strongMatch(stored.fields.read(etag), rest.fields.read(etag))) return undefined;
  const { fields } = freshen(stored, rest, times, context);
  return { status: 200, fields: fields.with({ "content-range": undefined, "content-length": String(part.complete) }) };
}
