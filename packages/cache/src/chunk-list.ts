import { concatenate } from "./octets.ts";

/** The octets from some position on, in the pieces in which they came; the earlier ones may have been let go. */
export class ChunkList {
  #chunks: Uint8Array[] = [];
  /** where each chunk begins; ascending */
  #starts: number[] = [];
  #end = 0;

  /** position of the first octet that is here */
  get start(): number {
    return this.#starts[0] ?? this.#end;
  }

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
    if (position < this.start || position >= this.#end) return undefined;
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

  /** Lets go of the oldest chunks while at least `octets` stay. */
  keepLast(octets: number): void {
    let gone = 0;
    while (gone < this.#chunks.length - 1 && this.#end - this.#starts[gone + 1]! >= octets) gone++;
    if (gone === 0) return;
    this.#chunks.splice(0, gone);
    this.#starts.splice(0, gone);
  }

  /** Makes one chunk of all that is here, so that nothing bigger than itself is held, and gives it. */
  join(): Uint8Array {
    const start = this.start;
    const all = concatenate(this.#chunks);
    this.#chunks = [all];
    this.#starts = [start];
    return all;
  }
}
