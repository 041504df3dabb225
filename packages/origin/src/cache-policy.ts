import type { Seconds } from "@larder/core";

/** A Cache-Control with a name that says what it is for. */
export interface CachePolicy {
  readonly name: "immutable" | "validate-always" | "private" | "no-store" | "fresh";
  /** the field value (RFC 9111 §5.2.2) */
  readonly cacheControl: string;
}

/** RFC 9111 §1.2.2: whole seconds, not negative, and no more than every recipient can hold. */
function delta(seconds: Seconds): string {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 2 ** 31)
    throw new RangeError(`a lifetime is a whole number of seconds from 0 to 2147483648, not ${seconds}`);
  return String(seconds);
}

/**
 * Content that never changes under its URL (RFC 8246), such as a file with a digest in its name.
 * @param seconds a year where left out; nobody need ask before
 */
export function immutable(seconds: Seconds = 31_536_000): CachePolicy {
  return { name: "immutable", cacheControl: `max-age=${delta(seconds)}, immutable` };
}

/** Kept by everybody, and asked about before each use: always right, and a 304 where nothing has changed (RFC 9111 §5.2.2.4). */
export function validateAlways(): CachePolicy {
  return { name: "validate-always", cacheControl: "no-cache" };
}

/**
 * For one user: no shared cache may keep it (RFC 9111 §5.2.2.7).
 * @param seconds how long the user's own cache may reuse it without asking; 0 where left out: it always asks
 */
export function private_(seconds: Seconds = 0): CachePolicy {
  const lifetime = delta(seconds);
  return { name: "private", cacheControl: seconds === 0 ? "private, no-cache" : `private, max-age=${lifetime}` };
}

/** Kept by nobody (RFC 9111 §5.2.2.5): secrets. Conditions still protect from lost updates. */
export function noStore(): CachePolicy {
  return { name: "no-store", cacheControl: "no-store" };
}

/** What else may be said about a lifetime. */
export interface FreshOptions {
  /** another lifetime in shared caches (RFC 9111 §5.2.2.10) */
  readonly shared?: Seconds;
  /** how long after it a cache may answer while it asks (RFC 5861 §3) */
  readonly staleWhileRevalidate?: Seconds;
  /** how long after it a cache may answer when we fail (RFC 5861 §4) */
  readonly staleIfError?: Seconds;
  /** never used stale, whatever happens (RFC 9111 §5.2.2.2) */
  readonly mustRevalidate?: boolean;
}

/** May be reused for so long without asking (RFC 9111 §5.2.2.1), and is then validated. */
export function fresh(seconds: Seconds, options: FreshOptions = {}): CachePolicy {
  const { shared, staleWhileRevalidate, staleIfError, mustRevalidate } = options;
  const directives = [`max-age=${delta(seconds)}`];
  if (shared !== undefined) directives.push(`s-maxage=${delta(shared)}`);
  if (mustRevalidate) directives.push("must-revalidate");
  if (staleWhileRevalidate !== undefined) directives.push(`stale-while-revalidate=${delta(staleWhileRevalidate)}`);
  if (staleIfError !== undefined) directives.push(`stale-if-error=${delta(staleIfError)}`);
  return { name: "fresh", cacheControl: directives.join(", ") };
}
