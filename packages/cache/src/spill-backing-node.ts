import { ChunkList } from "./chunk-list.ts";
import type { ContentFile } from "./content-file-node.ts";
import type { Backing } from "./spool.ts";
import type { WritableBacking } from "./spool-writer.ts";
import type { Tails } from "./tails.ts";

/** Content up to this many octets never sees a file. */
const smallContent = 65_536;

/** A file that is all there. */
export class FileBacking implements Backing {
  readonly bytes = undefined;
  readonly #file: ContentFile;

  constructor(file: ContentFile) {
    this.#file = file;
  }

  read(position: number, end: number): Promise<Uint8Array> {
    return this.#file.read(position, end);
  }

  retain(): Promise<void> | undefined {
    return this.#file.retain();
  }

  release(): void {
    this.#file.release();
  }
}

/** Octets in memory while they are few, then in a file, with the newest in memory as well. */
export class SpillBacking implements WritableBacking {
  readonly #tail = new ChunkList();
  readonly #tails: Tails;
  readonly #create: () => Promise<ContentFile>;
  readonly #lend: (file: ContentFile) => void;
  #leaveTails: (() => void) | undefined;
  #onDisk = 0;
  #readers = 0;
  /** the first reader's retaining of a settled file, for those that come before it is open */
  #retaining: Promise<void> | undefined;
  #discarded = false;
  #bytes: Uint8Array | undefined;
  #sealed = false;
  /** retained by this backing from its creation until `settle` or `discard`, and while there are readers */
  file: ContentFile | undefined;
  #writing = true;

  /** @param lend keeps a whole file open for readers to come, although it isn't kept */
  constructor(tails: Tails, create: () => Promise<ContentFile>, lend: (file: ContentFile) => void) {
    this.#tails = tails;
    this.#create = create;
    this.#lend = lend;
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  append(chunk: Uint8Array): void | Promise<void> {
    this.#tail.push(chunk);
    if (this.file !== undefined || this.#tail.end > smallContent) return this.#flush();
  }

  seal(): void {
    this.#sealed = true;
    if (this.file === undefined) this.#bytes = this.#tail.join();
  }

  read(position: number, end: number): Uint8Array | Promise<Uint8Array> {
    return this.#tail.at(position, end) ?? this.file!.read(position, end);
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
    if (this.#readers > 0 || this.file === undefined) return;
    this.file.release();
    this.#tail.keepLast(0);
    this.#leaveTails?.();
    this.#leaveTails = undefined;
  }

  async #flush(): Promise<void> {
    if (this.file === undefined) {
      this.file = await this.#create();
      this.#leaveTails = this.#tails.enter();
      if (this.#discarded) {
        this.file.unlink();
        this.#leaveFile();
      }
    }
    while (this.#onDisk < this.#tail.end && !this.#discarded) {
      const chunk = this.#tail.at(this.#onDisk, this.#tail.end)!;
      await this.file.write(chunk, this.#onDisk);
      this.#onDisk += chunk.length;
    }
    this.#tail.keepLast(this.#tails.share());
  }
}
