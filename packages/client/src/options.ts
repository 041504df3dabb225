import type { Store } from "@larder/cache";
import type { Seconds, Timestamp } from "@larder/core";
import type { CacheEvent } from "./events.ts";
import type { Refresh } from "./refresh.ts";

/** What may be decided beyond RFC 9111's rules, as plain data. */
export interface ClientPolicy {
  /**
   * A 304 that carries no validator by which a stored response could be told (RFC 9111 §4.3.4): `accept` it as said of
   * the one response that was asked about, `retry` once without conditions, or `strict`: the request fails.
   */
  readonly bareNotModified: "accept" | "retry" | "strict";
  /** whether freshness may be guessed from Last-Modified where nothing is said: a tenth of the age, a day at most (§4.2.2) */
  readonly heuristics: boolean;
  /** seconds past its lifetime that a response may answer while it is validated, where it doesn't say itself (RFC 5861 §3) */
  readonly staleWhileRevalidate: Seconds;
  /** seconds past its lifetime that a response may answer for a server that fails, where it doesn't say itself (RFC 5861 §4) */
  readonly staleIfError: Seconds;
  /** seconds past its lifetime that a response may answer when no response came at all (RFC 9111 §4.2.4) */
  readonly staleIfDisconnected: Seconds;
  /**
   * Request fields, lower case, each value of which has stored responses of its own, whatever Vary says: what one user's
   * token brought is never seen by another's. A program that acts for several users by their cookies adds `cookie`.
   */
  readonly separateBy: readonly string[];
}

/** The policy that holds where nothing else is given. */
export const defaultPolicy: ClientPolicy = {
  bareNotModified: "accept",
  heuristics: true,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  staleIfDisconnected: 86_400,
  separateBy: ["authorization"],
};

/** What a private cache takes; all of it may be left out. */
export interface ClientOptions {
  /** where responses are kept; left out: 64 MB of memory. Closed by `close`. */
  readonly store?: Store;
  readonly policy?: Partial<ClientPolicy>;
  /** what must be validated before it is used again, as `refresh` of the cached fetch has it */
  readonly refresh?: Refresh;
  /** answers from the store alone, stale or not; what isn't there fails */
  readonly offline?: boolean;
  /** milliseconds since the epoch; left out: `Date.now` */
  readonly now?: () => Timestamp;
  /** told of everything that happens, as it happens */
  readonly onEvent?: (event: CacheEvent) => void;
  /** Told once when the store can't be used as it should; left out: `console.warn`. Requests go on without it. */
  readonly onWarning?: (message: string) => void;
}

/** What `createCachedFetch` takes; all of it may be left out. */
export interface CachedFetchOptions extends ClientOptions {
  /** what asks the network; left out: the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
}
