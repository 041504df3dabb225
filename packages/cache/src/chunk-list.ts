import { concatenate } from "./octets.ts";

/** Octets in the pieces in which they came. */
export class ChunkList {
  #chunks: Uint8Array[] = [];
  /** where each chunk begins; ascending */
  #starts: number[] = [];
  #end = 0;

  /** position after the last octet */
  get end(): number {
    return this.#end;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#starts.push(this.#end);
    this.#end += chunk.length;
  }

  /** @returns what one chunk holds of [position, end), or undefined when `position` isn't here */
  at(position: number, end: number): Uint8Array | undefined {
    if (position >= this.#end) return undefined;
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    const chunk = this.#chunks[low]!;
    const start = this.#starts[low]!;
    // mostly a reader wants all of it, and all readers can have the same
    if (position === start && end - start >= chunk.length) return chunk;
    return chunk.subarray(position - start, Math.min(chunk.length, end - start));
  }

  /** Makes one chunk of all that is here, so that nothing bigger than itself is held, and gives it. */
  join(): Uint8Array {
    const all = concatenate(this.#chunks);
    this.#chunks = [all];
    this.#starts = [0];
    return all;
  }
}
