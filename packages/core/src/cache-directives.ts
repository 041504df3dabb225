import { parseDeltaSeconds } from "./delta-seconds.ts";
import type { Seconds } from "./message.ts";
import { isToken, type Pair, splitOutsideQuotes } from "./tokens.ts";

/** What a response tells caches (RFC 9111 §5.2.2, RFC 5861, RFC 8246). An absent number was not said. */
export interface ResponseDirectives {
  /** any directive at all, known or not */
  readonly present: boolean;
  /** 0 when it was said but can't be read: such a response is stale (RFC 9111 §4.2.1) */
  readonly maxAge?: Seconds;
  /** as `maxAge` */
  readonly sMaxage?: Seconds;
  readonly noStore: boolean;
  /** the field names of the qualified form, lower case; true for the plain form, which says more */
  readonly noCache: boolean | readonly string[];
  /** as `noCache` */
  readonly private: boolean | readonly string[];
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly noTransform: boolean;
  readonly immutable: boolean;
  readonly staleWhileRevalidate?: Seconds;
  readonly staleIfError?: Seconds;
}

/** What a client asks of caches (RFC 9111 §5.2.1, RFC 5861 §4). */
export interface RequestDirectives {
  readonly present: boolean;
  readonly maxAge?: Seconds;
  /** `Infinity` when no limit was said */
  readonly maxStale?: Seconds;
  /** `Infinity` when it was said but can't be read: nothing stored is fresh enough then */
  readonly minFresh?: Seconds;
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly noTransform: boolean;
  readonly onlyIfCached: boolean;
  readonly staleIfError?: Seconds;
}

const noResponseDirectives: ResponseDirectives = {
  present: false,
  noStore: false,
  noCache: false,
  private: false,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  noTransform: false,
  immutable: false,
};

/** What a request wants that says nothing, or whose directives are not followed. */
export const noRequestDirectives: RequestDirectives = {
  present: false,
  noCache: false,
  noStore: false,
  noTransform: false,
  onlyIfCached: false,
};

/**
 * What a directive says together with what was read of it before. The rule for all of them: what restricts reuse holds
 * even when it is malformed; what allows more holds only when it is well formed; of several values the most restrictive
 * holds (RFC 9111 §4.2.1).
 */
type Take<Said> = (before: Said | undefined, argument: Pair) => Said;

/** By name: the member that a directive is, and how it is read. */
type Table<T> = ReadonlyMap<string, { [K in keyof T]-?: readonly [K, Take<NonNullable<T[K]>>] }[keyof T]>;

const flag: Take<boolean> = () => true;

/** One that allows more: only without an argument. */
const bareFlag: Take<boolean> = (before, argument) => before || isBare(argument);

/** 0 when it can't be read: the response is stale then (RFC 9111 §4.2.1). */
const seconds: Take<Seconds> = (before = Infinity, { value }) => Math.min(before, parseDeltaSeconds(value) ?? 0);

const secondsOrAny: Take<Seconds> = (before = Infinity, argument) =>
  isBare(argument) ? before : seconds(before, argument);

const atLeastSeconds: Take<Seconds> = (before = 0, { value }) => Math.max(before, parseDeltaSeconds(value) ?? Infinity);

/** The plain form wins; qualified forms add up; a list that can't be read as field names counts as the plain form. */
const fieldNames: Take<boolean | readonly string[]> = (before, { value }) => {
  const names = value === undefined ? [] : splitOutsideQuotes(value, ",");
  if (before === true || names.length === 0 || !names.every(isToken)) return true;
  return [...new Set([...(before || []), ...names.map((name) => name.toLowerCase())])];
};

const forResponses: Table<ResponseDirectives> = new Map([
  ["max-age", ["maxAge", seconds]],
  ["s-maxage", ["sMaxage", seconds]],
  ["no-store", ["noStore", flag]],
  ["no-cache", ["noCache", fieldNames]],
  ["private", ["private", fieldNames]],
  ["public", ["public", bareFlag]],
  ["must-revalidate", ["mustRevalidate", flag]],
  ["proxy-revalidate", ["proxyRevalidate", flag]],
  ["must-understand", ["mustUnderstand", bareFlag]],
  ["no-transform", ["noTransform", flag]],
  ["immutable", ["immutable", flag]],
  ["stale-while-revalidate", ["staleWhileRevalidate", seconds]],
  ["stale-if-error", ["staleIfError", seconds]],
]);

const forRequests: Table<RequestDirectives> = new Map([
  ["max-age", ["maxAge", seconds]],
  ["max-stale", ["maxStale", secondsOrAny]],
  ["min-fresh", ["minFresh", atLeastSeconds]],
  ["no-cache", ["noCache", flag]],
  ["no-store", ["noStore", flag]],
  ["no-transform", ["noTransform", flag]],
  ["only-if-cached", ["onlyIfCached", flag]],
  ["stale-if-error", ["staleIfError", seconds]],
]);

/** A response's directives from what its field says, in order. Unknown ones are left out (RFC 9111 §5.2.3). */
export function responseDirectives(pairs: readonly Pair[]): ResponseDirectives {
  return collect(noResponseDirectives, forResponses, pairs);
}

/** A request's directives from what its field says, in order. Unknown ones are left out (RFC 9111 §5.2.3). */
export function requestDirectives(pairs: readonly Pair[]): RequestDirectives {
  return collect(noRequestDirectives, forRequests, pairs);
}

function collect<T extends object>(nothing: T, table: Table<T>, pairs: readonly Pair[]): T {
  if (pairs.length === 0) return nothing;
  const said: T = { ...nothing, present: true };
  for (const pair of pairs) {
    const row = table.get(pair.name);
    if (row === undefined) continue;
    // the table's type says that they belong together
    const [member, take] = row as readonly [keyof T, Take<T[keyof T]>];
    said[member] = take(said[member], pair);
  }
  return said;
}

function isBare(argument: Pair): boolean {
  return argument.wellFormed && argument.value === undefined;
}
