import type { StoredResponse } from "@larder/core";

/** At once where that is possible. */
export type MaybePromise<T> = T | Promise<T>;

/** A closed range of octets, both ends included, from 0 (RFC 9110 §14.1.2 `int-range`). */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Content that can be read, any number of times, also while it is still being written. */
export interface Content {
  /** octets; undefined while it is still arriving and nobody knows how many there will be */
  readonly length: number | undefined;
  /** all of it, where it is in memory: the hit path sends it without awaiting anything */
  readonly bytes?: Uint8Array | undefined;
  /**
   * Chunks in order. A reader goes at its own pace and holds up nobody; it waits for what has not arrived yet.
   * @param lent a chunk is the reader's only until it asks for the next one: its memory may be used again then. For whoever
   * sends many a big file.
   * @throws what made the writer fail, before the last octet was given
   */
  read(range?: ByteRange, lent?: "lent"): AsyncIterable<Uint8Array>;
}

/** What the content must turn out to be, where something known beforehand says so. */
export interface Expectation {
  /** octets; from Content-Length or from an index page */
  readonly length?: number;
  /** algorithm as node:crypto names it, and the digest in lower-case hexadecimal */
  readonly digest?: { readonly algorithm: string; readonly hex: string };
  /** whether `handOver` may follow a write for which there is no room; until it does, or `abort`, readers wait */
  readonly mayOverflow?: boolean;
}

/**
 * Takes content in. Readers see it while it arrives, all but the last octets: these are held back until `finish`
 * has found the content to be as expected, so that a wrong one is never ended as if it were whole.
 */
export interface ContentWriter {
  readonly content: Content;
  /** Wait for the promise before the next write: it is how a slow disk slows the upstream down. */
  write(chunk: Uint8Array): MaybePromise<void>;
  /**
   * Ends the content: flushes it, checks it, releases the last octets to the readers.
   * @returns its length and SHA-256 (lower-case hexadecimal)
   * @throws {ContentMismatch} when it is not as expected; readers fail too, nothing is kept
   */
  finish(): Promise<{ readonly length: number; readonly sha256: string }>;
  /**
   * After a write for which there was no room, and where `mayOverflow` was said: nothing is kept, but the first reader that gets so far goes on with
   * `rest`, which begins with the octets of that write, at its own pace. Other readers fail there.
   */
  handOver(rest: AsyncIterator<Uint8Array>, why: Error): void;
  /**
   * Gives up: nothing is kept, readers fail with this error, unless `finish` had given them all. Allowed after
   * anything, once more too; after `put` it does nothing.
   */
  abort(error: Error): void;
}

/** The content of a stored response, for another one: nothing is read or written for it. */
export interface SameContent {
  readonly as: StoredResponse;
}

export const isSameContent = (content: ContentWriter | SameContent | undefined): content is SameContent =>
  content !== undefined && "as" in content;

/** Which stored responses to walk through. */
export interface Walk {
  /** those whose cache key begins so */
  readonly prefix: string;
  /** those in this group are enough (RFC 9875 §2); a store that can't tell gives the others too */
  readonly group?: string;
}

/** Content that is not what was expected of it. */
export class ContentMismatch extends Error {
  override readonly name = "ContentMismatch";
}

/**
 * Where stored responses live. Every implementation passes the same contract suite
 * (`test/store-contract.ts`). `list`, `open` answer at once where they can: a hit must not wait for nothing.
 */
export interface Store {
  /** All stored responses of a cache key, newest first (RFC 9111 §4.1 lets the newest Date win). */
  list(cacheKey: string): MaybePromise<readonly StoredResponse[]>;
  /** The content of a stored response; undefined when it is missing or damaged: then it is also removed. */
  open(stored: StoredResponse): MaybePromise<Content | undefined>;
  /** Room for new content. */
  create(expected: Expectation): ContentWriter;
  /**
   * Keeps a response: a new one with the writer that was just finished, or with the content of one that is there, or a
   * new head for an id that is there (`content` left out: what it has stays). Where what should be there is not, nothing
   * happens to it. All `replaces` go in the same step. A crash leaves all of it or nothing.
   */
  put(
    stored: StoredResponse,
    content?: ContentWriter | SameContent,
    replaces?: readonly StoredResponse[],
  ): MaybePromise<void>;
  /** Forgets these responses; readers that have their content open keep it. */
  remove(stored: readonly StoredResponse[]): MaybePromise<void>;
  /**
   * Stored responses, some at a time, so that others are served in between. Each that is there all the while comes; what
   * is put or removed meanwhile may or may not. Looking at them so is no use of them.
   */
  walk(wanted: Walk): Iterable<readonly StoredResponse[]> | AsyncIterable<readonly StoredResponse[]>;
  /** Octets kept and number of responses, for limits and metrics. */
  size(): { readonly bytes: number; readonly responses: number };
  close(): MaybePromise<void>;
}
