import type { Fields } from "./fields.ts";

/** Seconds; freshness and age are counted in them (RFC 9111 §1.2.2). May be `Infinity`. */
export type Seconds = number;
/** Milliseconds since the epoch, as a clock gives them. */
export type Timestamp = number;

/** What a request says before its content (RFC 9110 §3.9, §7). */
export interface RequestHead {
  /** as sent; methods are case-sensitive (RFC 9110 §9.1) */
  readonly method: string;
  /** the target URI (RFC 9110 §7.1), absolute, without fragment */
  readonly target: string;
  readonly fields: Fields;
}

/** What a response says before its content. */
export interface ResponseHead {
  readonly status: number;
  readonly fields: Fields;
}

/** When an exchange took place. */
export interface Times {
  /** when the request that brought the response, or that last validated it, went out (RFC 9111 §4.2.3 `request_time`) */
  readonly requestTime: Timestamp;
  /** when that response's head came (RFC 9111 §4.2.3 `response_time`) */
  readonly responseTime: Timestamp;
}

/** A response's head, and when its exchange took place. */
export interface Received extends ResponseHead, Times {}

/**
 * The request fields that a response's Vary named, with their normalised values at the time (RFC 9111 §4.1);
 * `undefined` = the field was absent. Sorted by name. Empty = no Vary.
 */
export type Varying = readonly (readonly [name: string, value: string | undefined])[];

/** A response that a cache keeps (RFC 9111 §2): its head, when it was had, and a description of its content. */
export interface StoredResponse extends Received {
  /** unique in its store, and never used again */
  readonly id: string;
  readonly cacheKey: string;
  /** the request's method: GET, or another whose response may be kept */
  readonly method: string;
  readonly varying: Varying;
  readonly content: StoredContent;
  /**
   * Since when this very content has been what the target gives, as far as this cache has seen: unchanged by
   * freshening and by a new response with equal content, and later by at least a second with every other content.
   */
  readonly contentSince: Timestamp;
  /**
   * When the request went out that brought the content last. What a 304 says of content moves the times above; this
   * moves only when the content itself has come.
   */
  readonly verifiedAt: Timestamp;
  /** when the upstream was last caught giving other content for the same validator; absent = never (see `trust.ts`) */
  readonly caughtAt?: Timestamp;
  /** invalidated, or purged softly: only to be served after successful validation (RFC 9111 §4.4) */
  readonly invalid: boolean;
}

/** What is known about a stored response's content. */
export interface StoredContent {
  /** octets that are kept */
  readonly length: number;
  /** SHA-256 of the kept octets, lower-case hexadecimal */
  readonly sha256: string;
}
