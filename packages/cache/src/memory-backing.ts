import { ChunkList } from "./chunk-list.ts";
import type { WritableBacking } from "./spool-writer.ts";

/** Octets in memory: chunks while they come, one piece afterwards. Whoever writes a chunk doesn't change it any more. */
export class MemoryBacking implements WritableBacking {
  readonly #chunks = new ChunkList();
  readonly #atMost: number;
  #bytes: Uint8Array | undefined;

  /** @param atMost octets; more is an error of the writer's */
  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  append(chunk: Uint8Array): void {
    if (this.#chunks.end + chunk.length > this.#atMost)
      throw new Error(`content of more than ${this.#atMost} octets does not fit into the memory store`);
    this.#chunks.push(chunk);
  }

  seal(): void {
    this.#bytes = this.#chunks.join();
  }

  read(position: number, end: number): Uint8Array {
    return this.#chunks.at(position, end)!;
  }

  retain(): undefined {}
  release(): void {}
  discard(): void {}
}
