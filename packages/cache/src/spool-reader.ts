import type { Rest, Spool } from "./spool.ts";
import type { ByteRange } from "./store.ts";

type Result = IteratorResult<Uint8Array>;

const ended: Result = { done: true, value: undefined };

/**
 * One reader's way through a spool. Not a generator function, for two reasons: its `return()` must also end a reader
 * that waits for content that may never come, and hundreds of readers take a step for each chunk, so a step makes
 * little more than the promise that it is.
 */
export class SpoolReader implements AsyncIterator<Uint8Array> {
  readonly #spool: Spool;
  readonly #stop: number;
  readonly #lends: boolean;
  /** the chunk that was given last, which is to be given back */
  #lent: Uint8Array | undefined;
  #position: number;
  #open = true;
  #retained = false;
  #rest: Rest | undefined;
  /** where the rest goes on */
  #restAt = 0;
  /** the step under way */
  #step: PromiseWithResolvers<Result> | undefined;

  /** @param lends whoever reads is done with a chunk when it asks for the next one */
  constructor(spool: Spool, range: ByteRange | undefined, lends: boolean) {
    this.#spool = spool;
    this.#lends = lends;
    this.#position = range?.first ?? 0;
    this.#stop = range === undefined ? Infinity : range.last + 1;
  }

  next(): Promise<Result> {
    if (this.#step !== undefined) {
      const next = () => this.next();
      return this.#step.promise.then(next, next);
    }
    if (!this.#open) return Promise.resolve(ended);
    if (this.#lent !== undefined) {
      this.#spool.backing.giveBack?.(this.#lent);
      this.#lent = undefined;
    }
    const step = Promise.withResolvers<Result>();
    this.#step = step;
    this.wake();
    return step.promise;
  }

  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(ended);
  }

  /** Goes on with the step under way, if it can; the spool calls it when something has changed. */
  wake(): void {
    if (!this.#open) return;
    const spool = this.#spool;
    if (this.#position >= this.#stop) this.#end();
    else if (spool.failure !== undefined) this.#fail(spool.failure);
    else if (this.#position >= spool.released) {
      if (spool.isComplete) this.#end();
      else if (spool.hasRest) this.#readRest();
      else spool.wakeAtChange(this);
    } else if (this.#retained) this.#read();
    else this.#retain();
  }

  #read(): void {
    const chunk = this.#spool.backing.read(this.#position, Math.min(this.#stop, this.#spool.released));
    if (chunk instanceof Promise)
      chunk.then(
        (value) => this.#give(value),
        (error) => this.#fail(error),
      );
    else this.#give(chunk);
  }

  /** What the spool had no room for, straight from where it comes. */
  #readRest(): void {
    if (this.#rest === undefined) {
      try {
        this.#rest = this.#spool.takeRest();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#restAt = this.#spool.released;
    }
    this.#rest.iterator.next().then(
      (step) => {
        if (step.done) return this.#end();
        const from = this.#position - this.#restAt;
        this.#restAt += step.value.length;
        if (this.#restAt <= this.#position) this.#readRest();
        else this.#give(step.value.subarray(from, from + this.#stop - this.#position));
      },
      (error) => this.#fail(error),
    );
  }

  #retain(): void {
    const retaining = this.#spool.backing.retain();
    const retained = () => {
      this.#retained = true;
      if (this.#open) this.wake();
      else this.#spool.backing.release();
    };
    if (retaining === undefined) retained();
    else retaining.then(retained, (error) => this.#fail(error));
  }

  #give(value: Uint8Array): void {
    if (!this.#open) return;
    this.#position += value.length;
    if (this.#lends) this.#lent = value;
    this.#settle()?.resolve({ done: false, value });
  }

  #fail(error: unknown): void {
    const step = this.#settle();
    this.#end();
    // one that left doesn't care why its last step failed
    step?.reject(error);
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#spool.forget(this);
    if (this.#retained) this.#spool.backing.release();
    this.#rest?.whenRead();
    this.#rest?.iterator.return?.().catch(() => undefined);
    this.#settle()?.resolve(ended);
  }

  #settle(): PromiseWithResolvers<Result> | undefined {
    const step = this.#step;
    this.#step = undefined;
    return step;
  }
}
