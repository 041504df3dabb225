import { type Block, blockSize, giveBack, newBlock, pieceOf } from "./blocks-node.ts";
import { ChunkList } from "./chunk-list.ts";
import type { ContentFile } from "./content-file-node.ts";
import type { Backing } from "./spool.ts";
import type { WritableBacking } from "./spool-writer.ts";

/** Content up to this many octets never sees a file. */
const smallContent = 65_536;

/** A file that is all there. */
export class FileBacking implements Backing {
  readonly bytes = undefined;
  readonly giveBack = giveBack;
  readonly #file: ContentFile;

  constructor(file: ContentFile) {
    this.#file = file;
  }

  read(position: number, end: number): Uint8Array | Promise<Uint8Array> {
    return this.#file.read(position, end);
  }

  retain(): Promise<void> | undefined {
    return this.#file.retain();
  }

  release(): void {
    this.#file.release();
  }
}

/** Octets in memory while they are few, then in a file, whose newest blocks are in memory as well. */
export class SpillBacking implements WritableBacking {
  readonly giveBack = giveBack;
  readonly #create: () => Promise<ContentFile>;
  readonly #lend: (file: ContentFile) => void;
  /** all octets, until they are in blocks */
  #small: ChunkList | undefined = new ChunkList();
  /** the block that isn't in the file yet, and how many octets it has */
  #tip: Block | undefined;
  #filled = 0;
  #readers = 0;
  /** the first reader's retaining of a settled file, for those that come before it is open */
  #retaining: Promise<void> | undefined;
  #discarded = false;
  #bytes: Uint8Array | undefined;
  #sealed = false;
  /** why the last octets are in memory only, so that the content can be read and not kept */
  fault: Error | undefined;
  /** retained by this backing from its creation until `settle` or `discard`, and while there are readers */
  file: ContentFile | undefined;
  #writing = true;

  /** @param lend keeps a whole file open for readers to come, although it isn't kept */
  constructor(create: () => Promise<ContentFile>, lend: (file: ContentFile) => void) {
    this.#create = create;
    this.#lend = lend;
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  append(chunk: Uint8Array): void | Promise<void> {
    const small = this.#small;
    if (small === undefined) {
      const at = this.#fill(chunk, 0);
      return at === chunk.length ? undefined : this.#write(chunk, at);
    }
    small.push(chunk);
    if (small.end > smallContent) return this.#spill(small);
  }

  async seal(): Promise<void> {
    this.#sealed = true;
    if (this.#small !== undefined) {
      this.#bytes = this.#small.join();
      return;
    }
    try {
      await this.#flush();
    } catch (error) {
      this.fault = error as Error;
    }
  }

  read(position: number, end: number): Uint8Array | Promise<Uint8Array> {
    if (this.#small !== undefined) return this.#small.at(position, end)!;
    const tip = this.#tip;
    const first = tip === undefined ? -1 : position - tip.number * blockSize;
    return first >= 0 ? pieceOf(tip!, first, end - position) : this.file!.read(position, end);
  }

  retain(): Promise<void> | undefined {
    this.#readers++;
    if (this.#writing || this.file === undefined) return undefined;
    if (this.#readers === 1) this.#retaining = this.file.retain();
    return this.#retaining?.catch((error) => {
      this.#readers--;
      throw error;
    });
  }

  release(): void {
    this.#readers--;
    if (!this.#writing) this.#leaveFile();
  }

  discard(): void {
    this.#discarded = true;
    if (this.file !== undefined && this.#writing) {
      if (this.#sealed) this.#lend(this.file);
      this.file.unlink();
    }
    this.settle();
  }

  /** The writer's part is over. */
  settle(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#leaveFile();
  }

  #leaveFile(): void {
    if (this.#readers === 0) this.file?.release();
  }

  /** The content is no longer small: what there is goes into a file. */
  async #spill(small: ChunkList): Promise<void> {
    this.file = await this.#create();
    if (this.#discarded) {
      this.file.unlink();
      this.#leaveFile();
      return;
    }
    this.#tip = newBlock(0);
    for (let at = 0; at < small.end && !this.#discarded; ) {
      const chunk = small.at(at, small.end)!;
      await this.#write(chunk, 0);
      at += chunk.length;
    }
    this.#small = undefined;
  }

  /** Puts octets of a chunk, from `at` on, into the tip while it has room. @returns where the rest begins */
  #fill(chunk: Uint8Array, at: number): number {
    const taken = Math.min(chunk.length - at, blockSize - this.#filled);
    this.#tip!.octets.set(chunk.subarray(at, at + taken), this.#filled);
    this.#filled += taken;
    return at + taken;
  }

  async #write(chunk: Uint8Array, from: number): Promise<void> {
    for (let at = this.#fill(chunk, from); at < chunk.length && !this.#discarded; at = this.#fill(chunk, at)) {
      const { number } = this.#tip!;
      await this.#flush();
      this.#tip = newBlock(number + 1);
      this.#filled = 0;
    }
  }

  async #flush(): Promise<void> {
    const tip = this.#tip!;
    await this.file!.append(tip, this.#filled);
    this.#tip = undefined;
    // from now on it is found in the file
    giveBack(tip.octets);
  }
}
