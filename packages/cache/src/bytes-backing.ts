import type { Backing } from "./spool.ts";

/** Octets that are all there, in memory. */
export class BytesBacking implements Backing {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  read(position: number, end: number): Uint8Array {
    return this.bytes.subarray(position, end);
  }

  retain(): undefined {}
  release(): void {}
}
