import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Content } from "@larder/cache";
import type { Octets } from "../zip-member.ts";

/** What a file turned out to be; digests in lower-case hexadecimal. */
export interface Digested {
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
}

/** A file on its way in: nothing else has it until `Contents.keep`. */
export interface ArrivingFile {
  write(chunk: Uint8Array): Promise<void>;
  /** Ends it: it is on the disk as a whole when the promise is fulfilled. */
  finish(): Promise<Digested>;
  /** any part of it, after `finish` */
  octets(): Octets;
  /** Closes it, and removes it unless it was kept; allowed at any time, and again. */
  discard(): Promise<void>;
}

/**
 * The files of hosted packages, each named by its SHA-256. Nothing here is ever evicted; a file has its name only when
 * all of it is on the disk.
 */
export class Contents {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #arriving = new WeakMap<ArrivingFile, string>();

  /** @param folder for these files alone */
  constructor(folder: string) {
    this.#folder = join(folder, "content");
    this.#temporary = join(folder, "tmp");
    mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Room for a new file. */
  async create(): Promise<ArrivingFile> {
    const path = join(this.#temporary, randomUUID());
    const file = new TemporaryFile(path, await open(path, "wx+", 0o600));
    this.#arriving.set(file, path);
    return file;
  }

  /** Gives a finished file its name, in one step that outlives a crash. */
  keep(file: ArrivingFile, sha256: string): void {
    const folder = join(this.#folder, sha256.slice(0, 2));
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) flushFolder(this.#folder);
    renameSync(this.#arriving.get(file)!, this.#path(sha256));
    flushFolder(folder);
  }

  /** A kept file; nothing is opened before it is read. @param length octets; another number is damage, and breaks off */
  content(sha256: string, length: number): Content {
    const path = this.#path(sha256);
    return {
      length,
      async *read(range) {
        await using file = await open(path);
        const { size } = await file.stat();
        if (size !== length) throw new Error(`${path} has ${size} octets instead of ${length}`);
        const bounds = range === undefined ? {} : { start: range.first, end: range.last };
        yield* file.createReadStream({ ...bounds, autoClose: false }) as AsyncIterable<Uint8Array>;
      },
    };
  }

  remove(sha256: string): void {
    rmSync(this.#path(sha256), { force: true });
  }

  /** Removes what a crash left: files that were arriving, and files that nothing names. For who is alone with it. */
  sweep(isKnown: (sha256: string) => boolean): void {
    for (const name of readdirSync(this.#temporary)) rmSync(join(this.#temporary, name), { force: true });
    for (const folder of readdirSync(this.#folder))
      for (const name of readdirSync(join(this.#folder, folder))) if (!isKnown(name)) this.remove(name);
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

class TemporaryFile implements ArrivingFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #sha256 = createHash("sha256");
  readonly #md5 = createHash("md5");
  #size = 0;
  #closed = false;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#sha256.update(chunk);
    this.#md5.update(chunk);
    for (let at = 0; at < chunk.length; )
      at += (await this.#handle.write(chunk, at, chunk.length - at, this.#size + at)).bytesWritten;
    this.#size += chunk.length;
  }

  async finish(): Promise<Digested> {
    await this.#handle.sync();
    return { size: this.#size, sha256: this.#sha256.digest("hex"), md5: this.#md5.digest("hex") };
  }

  octets(): Octets {
    return {
      size: this.#size,
      read: async (start, end) => {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, start);
        return buffer.subarray(0, bytesRead);
      },
    };
  }

  async discard(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
    rmSync(this.#path, { force: true });
  }
}

/** A name that was made in a folder is there after a crash only when the folder is on the disk. */
function flushFolder(path: string): void {
  if (process.platform === "win32") return; // which has no such thing
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
