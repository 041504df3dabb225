import type { Spool } from "./spool.ts";
import type { ByteRange } from "./store.ts";

const ended: IteratorResult<Uint8Array> = { done: true, value: undefined };

/**
 * One reader's way through a spool. Not a generator function: its `return()` must also end a reader that waits for
 * content that may never come.
 */
export class SpoolReader implements AsyncIterator<Uint8Array> {
  readonly #spool: Spool;
  readonly #stop: number;
  #position: number;
  #open = true;
  #retained = false;
  #last: Promise<unknown> | undefined;
  #leave: (() => void) | undefined;

  constructor(spool: Spool, range: ByteRange | undefined) {
    this.#spool = spool;
    this.#position = range?.first ?? 0;
    this.#stop = range === undefined ? Number.POSITIVE_INFINITY : range.last + 1;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const result = this.#last === undefined ? this.#step() : this.#last.then(() => this.#step());
    const last = result
      .catch(() => undefined)
      .then(() => {
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
    return result;
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#end();
    return Promise.resolve(ended);
  }

  async #step(): Promise<IteratorResult<Uint8Array>> {
    try {
      while (this.#open) {
        if (this.#position >= this.#stop) break;
        if (this.#spool.failure !== undefined) throw this.#spool.failure;
        const end = Math.min(this.#stop, this.#spool.released);
        if (this.#position < end) {
          if (!(await this.#retain())) break;
          const value = await this.#spool.backing.read(this.#position, end);
          this.#position += value.length;
          if (this.#open) return { done: false, value };
        } else if (this.#spool.isComplete) break;
        else await this.#change();
      }
    } catch (error) {
      const open = this.#open;
      this.#end();
      // one that left doesn't care why its last step failed
      if (open) throw error;
      return ended;
    }
    this.#end();
    return ended;
  }

  /** @returns false when the reader left meanwhile */
  async #retain(): Promise<boolean> {
    if (this.#retained) return true;
    await this.#spool.backing.retain();
    if (this.#open) this.#retained = true;
    else this.#spool.backing.release();
    return this.#open;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.#spool.onChange(resolve);
      this.#leave = () => {
        forget();
        resolve();
      };
    });
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#leave?.();
    if (this.#retained) this.#spool.backing.release();
    this.#retained = false;
  }
}
