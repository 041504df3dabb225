import { closeSync, fstatSync, open, read, renameSync, rmSync, write } from "node:fs";
import { promisify } from "node:util";
import { type Block, blockSize, forgetBlock, giveBack, keepBlock, newBlock, pieceOf } from "./blocks-node.ts";

const openFile = promisify(open);
const readFile = promisify(read);
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
  /** octets that it has */
  #length: number;
  /** by number; those that are in memory or on their way there */
  readonly #blocks = new Map<number, Block>();

  private constructor(path: string, descriptor: number, length: number, reopen: OpenFile) {
    this.path = path;
    this.#length = length;
    this.#reopen = reopen;
    this.#own(descriptor);
  }

  /** A new, empty file; whoever made it retains it. */
  static async create(path: string, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await openFile(path, "wx+", 0o600), 0, reopen);
  }

  /** A file that is there, of so many octets, opened by `reopen`; whoever opened it retains it. */
  static async open(path: string, length: number, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await reopen(path), length, reopen);
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
    if (this.#users > 0 || this.#descriptor === undefined) return;
    for (const block of this.#blocks.values()) forgetBlock(block);
    forgotten.unregister(this);
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** @returns at least one octet from `position` on, none from `end` on, to be given back with `giveBack` or never */
  read(position: number, end: number): Uint8Array | Promise<Uint8Array> {
    const number = Math.floor(position / blockSize);
    const block = this.#blocks.get(number) ?? this.#load(number);
    return pieceOf(block, position - number * blockSize, end - position);
  }

  /** Appends the first octets of a block, which others find from then on. They are at most `blockSize`. */
  async append(block: Block, length: number): Promise<void> {
    const start = block.number * blockSize;
    await this.#use(async (descriptor) => {
      for (let at = 0; at < length; )
        at += (await writeFile(descriptor, block.octets, at, length - at, start + at)).bytesWritten;
    });
    this.#length = start + length;
    keepBlock(block, this.#blocks);
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

  /** Reads a block, for all who want it meanwhile. */
  #load(number: number): Block {
    const block = newBlock(number);
    const start = number * blockSize;
    const length = Math.min(blockSize, this.#length - start);
    block.ready = this.#use(async (descriptor) => {
      for (let at = 0; at < length; ) {
        const { bytesRead } = await readFile(descriptor, block.octets, at, length - at, start + at);
        if (bytesRead === 0) throw new Error(`the file ends at ${start + at}, before its content does`);
        at += bytesRead;
      }
      block.ready = undefined;
      if (this.#blocks.get(number) === block) keepBlock(block, this.#blocks);
      giveBack(block.octets);
    });
    this.#blocks.set(number, block);
    block.ready.catch(() => this.#blocks.delete(number));
    return block;
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
