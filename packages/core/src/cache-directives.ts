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
 * What one directive changes in what was read so far. The rule for all of them: what restricts reuse holds even when it
 * is malformed; what allows more holds only when it is well formed; of several values the most restrictive holds
 * (RFC 9111 §4.2.1).
 */
type Take<T> = (said: { -readonly [K in keyof T]: T[K] }, argument: Pair) => unknown;

const forResponses = new Map<string, Take<ResponseDirectives>>([
  ["max-age", (said, argument) => (said.maxAge = least(said.maxAge, seconds(argument)))],
  ["s-maxage", (said, argument) => (said.sMaxage = least(said.sMaxage, seconds(argument)))],
  ["no-store", (said) => (said.noStore = true)],
  ["no-cache", (said, argument) => (said.noCache = widest(said.noCache, argument))],
  ["private", (said, argument) => (said.private = widest(said.private, argument))],
  ["public", (said, argument) => (said.public ||= isBare(argument))],
  ["must-revalidate", (said) => (said.mustRevalidate = true)],
  ["proxy-revalidate", (said) => (said.proxyRevalidate = true)],
  ["must-understand", (said, argument) => (said.mustUnderstand ||= isBare(argument))],
  ["no-transform", (said) => (said.noTransform = true)],
  ["immutable", (said) => (said.immutable = true)],
  [
    "stale-while-revalidate",
    (said, argument) => (said.staleWhileRevalidate = least(said.staleWhileRevalidate, seconds(argument))),
  ],
  ["stale-if-error", (said, argument) => (said.staleIfError = least(said.staleIfError, seconds(argument)))],
]);

const forRequests = new Map<string, Take<RequestDirectives>>([
  ["max-age", (said, argument) => (said.maxAge = least(said.maxAge, seconds(argument)))],
  [
    "max-stale",
    (said, argument) => (said.maxStale = least(said.maxStale, isBare(argument) ? Infinity : seconds(argument))),
  ],
  [
    "min-fresh",
    (said, { value }) => (said.minFresh = Math.max(said.minFresh ?? 0, parseDeltaSeconds(value) ?? Infinity)),
  ],
  ["no-cache", (said) => (said.noCache = true)],
  ["no-store", (said) => (said.noStore = true)],
  ["no-transform", (said) => (said.noTransform = true)],
  ["only-if-cached", (said) => (said.onlyIfCached = true)],
  ["stale-if-error", (said, argument) => (said.staleIfError = least(said.staleIfError, seconds(argument)))],
]);

/** A response's directives from what its field says, in order. Unknown ones are left out (RFC 9111 §5.2.3). */
export function responseDirectives(pairs: readonly Pair[]): ResponseDirectives {
  return collect(noResponseDirectives, forResponses, pairs);
}

/** A request's directives from what its field says, in order. Unknown ones are left out (RFC 9111 §5.2.3). */
export function requestDirectives(pairs: readonly Pair[]): RequestDirectives {
  return collect(noRequestDirectives, forRequests, pairs);
}

function collect<T extends object>(nothing: T, table: ReadonlyMap<string, Take<T>>, pairs: readonly Pair[]): T {
  if (pairs.length === 0) return nothing;
  const said = { ...nothing, present: true };
  for (const pair of pairs) table.get(pair.name)?.(said, pair);
  return said;
}

/** The argument in seconds; 0 when it can't be read: the response is stale then (RFC 9111 §4.2.1). */
function seconds({ value }: Pair): Seconds {
  return parseDeltaSeconds(value) ?? 0;
}

function isBare(argument: Pair): boolean {
  return argument.wellFormed && argument.value === undefined;
}

function least(before: Seconds | undefined, now: Seconds): Seconds {
  return before === undefined ? now : Math.min(before, now);
}

/** The plain form wins; qualified forms add up; a list that can't be read as field names counts as the plain form. */
function widest(before: boolean | readonly string[], argument: Pair): true | readonly string[] {
  const names = argument.value === undefined ? [] : splitOutsideQuotes(argument.value, ",");
  if (before === true || names.length === 0 || !names.every(isToken)) return true;
  return [...new Set([...(before || []), ...names.map((name) => name.toLowerCase())])];
}
