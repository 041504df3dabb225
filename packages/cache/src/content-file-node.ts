import { fstatSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Octets that one read takes from a file. */
const readSize = 65_536;

/** What tells that a file is still the one whose content was verified. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export function identityOf({ size, mtimeMs, ino }: FileIdentity): FileIdentity {
  return { size, mtimeMs, ino };
}

/** Opens a file for reading and makes sure that it is the right one. @throws when it isn't */
export type OpenFile = (path: string) => Promise<FileHandle>;

/** A file of content that is open while somebody uses it, under whatever name it has by then, or none. */
export class ContentFile {
  path: string;
  #reopen: OpenFile;
  #handle: FileHandle | undefined;
  #opening: Promise<void> | undefined;
  #users = 0;

  private constructor(path: string, handle: FileHandle, reopen: OpenFile) {
    this.path = path;
    this.#handle = handle;
    this.#reopen = reopen;
    this.#users = 1;
  }

  /** A new, empty file; whoever made it retains it. */
  static async create(path: string, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await open(path, "wx+", 0o600), reopen);
  }

  /** A file that is there, opened by `reopen`; whoever opened it retains it. */
  static async open(path: string, reopen: OpenFile): Promise<ContentFile> {
    return new ContentFile(path, await reopen(path), reopen);
  }

  /** Keeps it open until `release`. */
  retain(): Promise<void> | undefined {
    this.#users++;
    if (this.#handle !== undefined) return undefined;
    this.#opening ??= this.#open();
    return this.#opening.catch((error) => {
      this.#users--;
      throw error;
    });
  }

  release(): void {
    this.#users--;
    if (this.#users > 0 || this.#handle === undefined) return;
    // waits for reads under way; an error of closing loses nothing that was promised
    this.#handle.close().catch(() => undefined);
    this.#handle = undefined;
  }

  /** @returns from one octet to `readSize` */
  async read(position: number, end: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(readSize, end - position));
    const { bytesRead } = await this.#handle!.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error(`${this.path} ends at ${position}, before its content does`);
    return buffer.subarray(0, bytesRead);
  }

  async write(chunk: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < chunk.length)
      written += (await this.#handle!.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  }

  /** What it is now; asked for while it is retained. Doesn't touch the disk. */
  identity(): FileIdentity {
    return identityOf(fstatSync(this.#handle!.fd));
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

  async #open(): Promise<void> {
    try {
      const handle = await this.#reopen(this.path);
      if (this.#users > 0) this.#handle = handle;
      else await handle.close();
    } finally {
      this.#opening = undefined;
    }
  }
}
