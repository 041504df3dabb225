import { closeSync, fstatSync, open, renameSync, rmSync, write } from "node:fs";
import { promisify } from "node:util";
import { BlockReader } from "./block-reader-node.ts";

const openFile = promisify(open);
const writeFile = promisify(write);

/** What tells that a file is still the one whose content was verified. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export function identityOf(descriptor: number): FileIdentity {
  const { size, mtimeMs, ino } = fstatSync(descriptor);
  return { size, mtimeMs, ino };
}

/** Opens a file for reading and makes sure that it is the right one. @throws when it isn't */
export type OpenFile = (path: string) => Promise<number>;

/** For files whose user forgot them. */
const forgotten = new FinalizationRegistry<number>(closeSync);

/** A file of content that is open while somebody uses it, under whatever name it has by then, or none. */
export class ContentFile {
  path: string;
  #reopen: OpenFile;
  #descriptor: number | undefined;
  #opening: Promise<void> | undefined;
  #users = 1;
  readonly #blocks = new BlockReader();

  private constructor(path: string, descriptor: number, reopen: OpenFile) {
    this.path = path;
    this.#reopen = reopen;
    this.#own(descriptor);
  }

  /** A new, empty file; whoever made it retains it. */
  static async create(path: string, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await openFile(path, "wx+", 0o600), reopen);
  }

  /** A file that is there, opened by `reopen`; whoever opened it retains it. */
  static async open(path: string, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await reopen(path), reopen);
  }

  /** Keeps it open until `release`. */
  retain(): Promise<void> | undefined {
    this.#users++;
    if (this.#descriptor !== undefined) return undefined;
    this.#opening ??= this.#open();
    return this.#opening.catch((error) => {
      this.#users--;
      throw error;
    });
  }

  release(): void {
    this.#users--;
    // one user alone has nobody to share with
    if (this.#users < 2) this.#blocks.clear();
    if (this.#users > 0 || this.#descriptor === undefined) return;
    forgotten.unregister(this);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** See `BlockReader.read`. */
  read(position: number, end: number): Promise<Uint8Array> {
    return this.#use((descriptor) => this.#blocks.read(descriptor, position, end));
  }

  async write(chunk: Uint8Array, position: number): Promise<void> {
    await this.#use(async (descriptor) => {
      for (let at = 0; at < chunk.length; )
        at += (await writeFile(descriptor, chunk, at, chunk.length - at, position + at)).bytesWritten;
    });
  }

  /** What it is now; asked for while it is retained. Doesn't touch the disk. */
  identity(): FileIdentity {
    return identityOf(this.#descriptor!);
  }

  /** Gives it another name, in place of a file that has it; from now on it is opened in that way. */
  moveTo(path: string, reopen: OpenFile): void {
    renameSync(this.path, path);
    this.path = path;
    this.#reopen = reopen;
  }

  /** Takes the name away; whoever uses the file goes on. */
  unlink(): void {
    rmSync(this.path, { force: true });
  }

  /** A descriptor must not be closed, and given to another file, while something is done with it. */
  async #use<T>(work: (descriptor: number) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this.#descriptor!);
    } finally {
      this.release();
    }
  }

  #own(descriptor: number): void {
    this.#descriptor = descriptor;
    forgotten.register(this, descriptor, this);
  }

  async #open(): Promise<void> {
    try {
      const descriptor = await this.#reopen(this.path);
      if (this.#users > 0) this.#own(descriptor);
      else closeSync(descriptor);
    } finally {
      this.#opening = undefined;
    }
  }
}
