import type { ArrivingContent } from "@larder/cache";
import { failureOf } from "./upstream-failure.ts";

type Result = IteratorResult<Uint8Array>;

const ended: Result = { done: true, value: undefined };
/** Octets that may wait for their reader before the upstream has to. */
const mostWaiting = 65_536;

/** What a transfer can be told. */
interface Transfer {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/**
 * A response's content as it comes. To leave the loop ends the transfer at once, also before the first chunk was asked for:
 * what stays unread would keep its connection for good.
 */
export class UpstreamContent implements ArrivingContent, AsyncIterator<Uint8Array> {
  readonly #transfer: Transfer;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #begun = false;
  #ended = false;
  #error: Error | undefined;
  /** the reader that waits for a chunk */
  #step: { resolve(result: Result): void; reject(reason: unknown): void } | undefined;

  constructor(transfer: Transfer) {
    this.#transfer = transfer;
  }

  get whole(): Uint8Array | undefined {
    return this.#ended && !this.#begun && this.#chunks.length < 2 ? (this.#chunks[0] ?? nothing) : undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One step at a time. */
  next(): Promise<Result> {
    this.#begun = true;
    const value = this.#chunks.shift();
    if (value !== undefined) {
      this.#waiting -= value.length;
      if (this.#waiting === 0) this.#transfer.resume();
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) return Promise.reject(failureOf(this.#error, undefined));
    if (this.#ended) return Promise.resolve(ended);
    return new Promise((resolve, reject) => {
      this.#step = { resolve, reject };
    });
  }

  return(): Promise<Result> {
    this.#begun = true;
    this.#chunks = [];
    if (!this.#ended && this.#error === undefined) {
      this.end();
      this.#transfer.abort(new Error("nobody reads it any more"));
    }
    return Promise.resolve(ended);
  }

  give(chunk: Uint8Array): void {
    // undici goes on after a pause with a chunk of nothing
    if (chunk.length === 0 || this.#ended) return;
    const step = this.#taken();
    if (step !== undefined) {
      step.resolve({ done: false, value: chunk });
      return;
    }
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= mostWaiting) this.#transfer.pause();
  }

  end(): void {
    this.#ended = true;
    this.#taken()?.resolve(ended);
  }

  fail(error: Error): void {
    if (this.#ended) return;
    this.#error = error;
    this.#taken()?.reject(failureOf(error, undefined));
  }

  #taken() {
    const step = this.#step;
    this.#step = undefined;
    return step;
  }
}

const nothing = new Uint8Array(0);
