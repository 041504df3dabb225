import { type EntityTag, ifMatch, ifNoneMatch, strongMatch, weakMatch } from "./entity-tag.ts";
import type { Fields } from "./fields.ts";
import { ifModifiedSince, ifUnmodifiedSince } from "./http-date.ts";
import type { RequestHead, Timestamp } from "./message.ts";
import { ifRange, range } from "./range.ts";

/** The state that a request's conditions are held against. What no condition asks for is not looked at. */
export interface CurrentState {
  /** whether the target has a representation at all */
  readonly exists: boolean;
  readonly etag?: EntityTag | undefined;
  /** Where the response has none, a cache gives its Date here (RFC 9111 §4.3.2). Fractions of a second don't count. */
  readonly lastModified?: Timestamp | undefined;
  /** the Date of the response, or an origin's clock: tells whether `lastModified` is strong (RFC 9110 §8.8.2.2) */
  readonly date?: Timestamp | undefined;
}

/** The field that decided; `none` where no condition was there that applies. */
export type PreconditionReason =
  | "none"
  | "if-match"
  | "if-unmodified-since"
  | "if-none-match"
  | "if-modified-since"
  | "if-range";

export type Preconditions =
  /** do what the method says; `range`: a Range is there, and to be followed (RFC 9110 §14.2) */
  | { readonly type: "proceed"; readonly range: boolean; readonly because: PreconditionReason }
  | { readonly type: "not-modified"; readonly because: PreconditionReason }
  | { readonly type: "precondition-failed"; readonly because: PreconditionReason };

const wholeSecond = (timestamp: Timestamp) => Math.floor(timestamp / 1000);

/**
 * Whether Last-Modified may be compared strongly: it lies at least a second before the response was made, so that
 * the representation can't have changed again within that second (RFC 9110 §8.8.2.2).
 */
export function isStrongDate(lastModified: Timestamp, date: Timestamp | undefined): boolean {
  return date !== undefined && wholeSecond(date) - wholeSecond(lastModified) >= 1;
}

/** Whether any conditional or Range field is there; costs no parsing. */
export function isConditional(fields: Fields): boolean {
  const { raw } = fields;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const first = name.charCodeAt(0) | 0x20;
    if (first === 0x69 /* i */ && name.charCodeAt(2) === 0x2d /* - */ && /^if-/i.test(name)) return true;
    if (first === 0x72 /* r */ && name.length === 5 && name.toLowerCase() === "range") return true;
  }
  return false;
}

/** Conditions that ask whether what the sender has is still current; a cache may judge them (RFC 9111 §4.3.2). */
export const asksWhetherChanged = ["if-none-match", "if-modified-since"];

/** Conditions of origins alone: a cache leaves them to the origin (RFC 9111 §4.3.2). */
const originsOwn = ["if-match", "if-unmodified-since"];

/** All fields by which a request asks about what its sender has (RFC 9110 §13.1). */
export const conditions = [...originsOwn, ...asksWhetherChanged, "if-range"];

/** Whether a request has a condition that no cache may judge (RFC 9111 §4.3.2). */
export function asksOrigin({ fields }: RequestHead): boolean {
  return fields.hasAny(originsOwn);
}

/** The request with those of its conditions that a cache may judge, once the origin has answered the others. */
export function withoutOriginsOwn(request: RequestHead): RequestHead {
  return asksOrigin(request) ? { ...request, fields: request.fields.without(originsOwn) } : request;
}

const reads = (method: string) => method === "GET" || method === "HEAD";
/** RFC 9110 §13.2.1: methods that neither select nor change a representation have no conditions. */
const withoutConditions: ReadonlySet<string> = new Set(["CONNECT", "OPTIONS", "TRACE"]);

interface Step {
  readonly name: Exclude<PreconditionReason, "none">;
  /** true or false, or undefined where the condition is not there or must be ignored */
  readonly holds: (request: RequestHead, current: CurrentState) => boolean | undefined;
  readonly otherwise: (method: string) => "precondition-failed" | "not-modified" | "ignore-range";
}

/** RFC 9110 §13.2.2: first the conditions that protect from lost updates, then those that save a transfer. */
const steps: readonly Step[] = [
  {
    name: "if-match",
    holds({ fields }, current) {
      const tags = fields.read(ifMatch);
      if (tags === undefined) return undefined;
      const { exists, etag } = current;
      if (tags === "*") return exists;
      return exists && tags.some((tag) => strongMatch(tag, etag));
    },
    otherwise: () => "precondition-failed",
  },
  {
    name: "if-unmodified-since",
    holds({ fields }, current) {
      const since = fields.read(ifUnmodifiedSince);
      if (since === undefined || fields.has("if-match") || current.lastModified === undefined) return undefined;
      return wholeSecond(current.lastModified) <= wholeSecond(since);
    },
    otherwise: () => "precondition-failed",
  },
  {
    name: "if-none-match",
    holds({ fields }, current) {
      const tags = fields.read(ifNoneMatch);
      if (tags === undefined) return undefined;
      const { exists, etag } = current;
      if (tags === "*") return !exists;
      return !exists || !tags.some((tag) => weakMatch(tag, etag));
    },
    otherwise: (method) => (reads(method) ? "not-modified" : "precondition-failed"),
  },
  {
    name: "if-modified-since",
    holds({ method, fields }, current) {
      if (!reads(method) || fields.has("if-none-match")) return undefined;
      const since = fields.read(ifModifiedSince);
      if (since === undefined || current.lastModified === undefined) return undefined;
      return wholeSecond(current.lastModified) > wholeSecond(since);
    },
    otherwise: () => "not-modified",
  },
  {
    name: "if-range",
    holds({ method, fields }, current) {
      const validator = fields.read(ifRange);
      if (validator === undefined || method !== "GET" || !fields.has("range")) return undefined;
      if (validator === "invalid") return false;
      const { etag, lastModified, date } = current;
      if (typeof validator === "object") return strongMatch(validator, etag);
      if (lastModified === undefined || !isStrongDate(lastModified, date)) return false;
      return wholeSecond(lastModified) === wholeSecond(validator);
    },
    otherwise: () => "ignore-range",
  },
];

/**
 * Judges a request's conditions in their order (RFC 9110 §13.2.2). To be asked only where the answer without them
 * would be a success (§13.2.1), and before the method does anything.
 */
export function evaluate(request: RequestHead, current: CurrentState): Preconditions {
  const { method, fields } = request;
  let because: PreconditionReason = "none";
  if (!isConditional(fields) || withoutConditions.has(method)) return { type: "proceed", range: false, because };
  for (const { name, holds, otherwise } of steps) {
    const answer = holds(request, current);
    if (answer === undefined) continue;
    because = name;
    if (answer) continue;
    const type = otherwise(method);
    return type === "ignore-range" ? { type: "proceed", range: false, because } : { type, because };
  }
  return { type: "proceed", range: method === "GET" && Array.isArray(fields.read(range)), because };
}
