import { SpoolReader } from "./spool-reader.ts";
import type { ByteRange, Content, MaybePromise } from "./store.ts";

/** Where a spool's octets lie. Positions count from 0; `end` is the position after the last. */
export interface Backing {
  /** all octets, where they are in memory in one piece */
  readonly bytes: Uint8Array | undefined;
  /** At least one octet from `position` on, none from `end` on. Asked only between `retain` and `release`. */
  read(position: number, end: number): MaybePromise<Uint8Array>;
  /** What was read isn't looked at any more: its memory may be used for other octets. */
  giveBack?(octets: Uint8Array): void;
  /** A reader begins: what it needs (an open file) stays until `release`. */
  retain(): Promise<void> | undefined;
  release(): void;
}

/** What comes after what a spool keeps: for one reader alone. */
export interface Rest {
  readonly iterator: AsyncIterator<Uint8Array>;
  /** what the other readers fail with */
  readonly why: Error;
  /** told when that reader is through */
  readonly whenRead: () => void;
}

/**
 * Content that can be read while it arrives. The writer tells how far readers may go; each reader keeps its own
 * position and asks the backing, so that none of them holds up the writer or another one.
 */
export class Spool implements Content {
  readonly backing: Backing;
  #length: number | undefined;
  #released = 0;
  #complete = false;
  #failure: Error | undefined;
  #waiting: Set<SpoolReader> | undefined;
  #rest: Rest | undefined;
  #restIsTaken = false;

  /** @param length octets that there will be, where that is known */
  constructor(backing: Backing, length: number | undefined) {
    this.backing = backing;
    this.#length = length;
  }

  /** Content that is all there. */
  static complete(backing: Backing, length: number): Spool {
    const spool = new Spool(backing, length);
    spool.complete(length);
    return spool;
  }

  get length(): number | undefined {
    return this.#length;
  }

  get bytes(): Uint8Array | undefined {
    return this.#complete ? this.backing.bytes : undefined;
  }

  /** octets that readers may have by now */
  get released(): number {
    return this.#released;
  }

  /** nothing more will come, and what came is as expected */
  get isComplete(): boolean {
    return this.#complete;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  read(range?: ByteRange, lent?: "lent"): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => new SpoolReader(this, range, lent === "lent") };
  }

  /** Lets readers go on up to this position. */
  release(position: number): void {
    if (position === this.#released) return;
    this.#released = position;
    this.#wake();
  }

  /** Lets readers have all, and their end. */
  complete(length: number): void {
    this.#length = length;
    this.#released = length;
    this.#complete = true;
    this.#wake();
  }

  /** Makes readers fail that aren't at their end. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  /** What comes after what is released isn't kept here. */
  continueWith(rest: Rest): void {
    this.#rest = rest;
    this.#wake();
  }

  /** whether more comes that isn't kept here */
  get hasRest(): boolean {
    return this.#rest !== undefined;
  }

  /** The rest, for the first that asks. @throws for all others */
  takeRest(): Rest {
    if (this.#restIsTaken) throw this.#rest!.why;
    this.#restIsTaken = true;
    return this.#rest!;
  }

  /** Wakes the reader once, at the next change. */
  wakeAtChange(reader: SpoolReader): void {
    this.#waiting ??= new Set();
    this.#waiting.add(reader);
  }

  forget(reader: SpoolReader): void {
    this.#waiting?.delete(reader);
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const reader of waiting) reader.wake();
  }
}
