import type { CacheStatus, Timestamp } from "@larder/core";

/** What a cached fetch did. */
export type CacheEvent =
  /** a request was answered; `status` is undefined where it failed instead */
  | {
      readonly type: "answer";
      readonly at: Timestamp;
      readonly method: string;
      /** without credentials and fragment */
      readonly url: string;
      readonly status: number | undefined;
      /** what the cache did and why (RFC 9211) */
      readonly cacheStatus: CacheStatus;
    }
  /** something went wrong that no answer shows: a background validation, a store that can't take content */
  | { readonly type: "fault"; readonly at: Timestamp; readonly what: string; readonly error: unknown };

/** Events that nobody has read yet and that are kept, for each reader; the oldest go first. */
const mostWaiting = 1000;

/** Hands events to a function and to any number of readers, none of which can hold up a request. */
export class Events {
  readonly #told: ((event: CacheEvent) => void) | undefined;
  readonly #readers = new Set<Reader>();

  constructor(told: ((event: CacheEvent) => void) | undefined) {
    this.#told = told;
  }

  /** whether anybody listens: where not, no event need be made */
  get wanted(): boolean {
    return this.#told !== undefined || this.#readers.size > 0;
  }

  emit(event: CacheEvent): void {
    this.#told?.(event);
    for (const reader of this.#readers) reader.give(event);
  }

  /** Events from now on, until the loop is left. */
  read(): AsyncIterableIterator<CacheEvent> {
    const reader = new Reader(() => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  /** Ends all readers. */
  close(): void {
    for (const reader of this.#readers) void reader.return();
  }
}

class Reader implements AsyncIterableIterator<CacheEvent> {
  readonly #left: () => void;
  readonly #waiting: CacheEvent[] = [];
  #asked: ((result: IteratorResult<CacheEvent>) => void)[] = [];
  #open = true;

  constructor(left: () => void) {
    this.#left = left;
  }

  give(event: CacheEvent): void {
    const asked = this.#asked.shift();
    if (asked !== undefined) asked({ done: false, value: event });
    else this.#waiting.push(event);
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
  }

  next(): Promise<IteratorResult<CacheEvent>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (!this.#open) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#asked.push(resolve));
  }

  return(): Promise<IteratorResult<CacheEvent>> {
    this.#open = false;
    this.#left();
    for (const asked of this.#asked) asked({ done: true, value: undefined });
    this.#asked = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
