import { read } from "node:fs";
import { promisify } from "node:util";

const readFile = promisify(read);

/** Octets that are read from a file at once. */
const blockSize = 65_536;
/** Blocks that stay for other readers. */
const shared = 16;

/**
 * Reads a file in blocks, the newest of which are shared: many readers of the same content are mostly near each other,
 * and each with octets of its own would be work for the collector of garbage.
 */
export class BlockReader {
  /** by number; the oldest read comes first */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  /** @returns at least one octet from `position` on, none from `end` on; the file has all of them */
  async read(descriptor: number, position: number, end: number): Promise<Uint8Array> {
    const number = Math.floor(position / blockSize);
    const start = number * blockSize;
    if (start + blockSize > end) return readAt(descriptor, position, end - position);
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = readAt(descriptor, start, blockSize);
      this.#blocks.set(number, block);
      block.catch(() => this.#blocks.delete(number));
      if (this.#blocks.size > shared) this.#blocks.delete(this.#blocks.keys().next().value!);
    }
    const octets = await block;
    return position === start ? octets : octets.subarray(position - start);
  }

  /** Forgets all blocks. */
  clear(): void {
    this.#blocks.clear();
  }
}

/** @throws when the file ends before all octets were read */
async function readAt(descriptor: number, position: number, length: number): Promise<Uint8Array> {
  const octets = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await readFile(descriptor, octets, at, length - at, position + at);
    if (bytesRead === 0) throw new Error(`the file ends at ${position + at}, before its content does`);
    at += bytesRead;
  }
  return octets;
}
