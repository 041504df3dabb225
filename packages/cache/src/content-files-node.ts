import { createHash } from "node:crypto";
import { closeSync, mkdirSync, open as openCallback, read as readCallback, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { StoredContent } from "@larder/core";
import { ContentFile, type FileIdentity, identityOf, type OpenFile } from "./content-file-node.ts";
import { Recent } from "./recent.ts";

const open = promisify(openCallback);
const read = promisify(readCallback);

/** A file that isn't the content that it is named for. */
class DamagedContent extends Error {}

/**
 * The files of big content, each named by its SHA-256, in 256 folders, and those that are still being written.
 * Nothing waits for the disk to have them: instead a file is read and compared with its name before its first use in
 * this process, and again when its size, time or number has changed since.
 */
export class ContentFiles {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #verified = new Recent<string, FileIdentity>(100_000, () => 1);
  #count = 0;
  #closed = false;

  /** What an earlier process was writing goes away. */
  constructor(folder: string) {
    this.#folder = join(folder, "content");
    this.#temporary = join(folder, "tmp");
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** A file to be written, retained. */
  create(): Promise<ContentFile> {
    if (this.#closed) throw new Error("the store is closed");
    return ContentFile.create(join(this.#temporary, `${this.#count++}`), (path) => open(path, "r"));
  }

  /** Gives a file its place, in one step. It is open, and its content is what was counted and hashed as it came. */
  keep(file: ContentFile, content: StoredContent): void {
    const path = this.#path(content.sha256);
    const identity = file.identity();
    const reopen = this.#opener(content);
    try {
      file.moveTo(path, reopen);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      file.moveTo(path, reopen);
    }
    this.#verified.set(content.sha256, identity);
  }

  /** @returns the file, retained; @throws when it is missing or damaged (see `isDamagedContent`) */
  open(content: StoredContent): Promise<ContentFile> {
    return ContentFile.open(this.#path(content.sha256), content.length, this.#opener(content));
  }

  /** Whether an open file is still what was verified. */
  isUnchanged(file: ContentFile, sha256: string): boolean {
    return same(file.identity(), this.#verified.get(sha256));
  }

  remove(sha256: string): void {
    this.#verified.delete(sha256);
    rmSync(this.#path(sha256), { force: true, recursive: true });
  }

  /** Removes files that no response has: what a process leaves that ended between two steps. */
  async sweep(isKnown: (sha256: string) => boolean): Promise<void> {
    for (const folder of await readdir(this.#folder)) {
      if (this.#closed) return;
      const names = await readdir(join(this.#folder, folder));
      if (this.#closed) return;
      for (const name of names)
        if (!isKnown(name)) rmSync(join(this.#folder, folder, name), { force: true, recursive: true });
    }
  }

  close(): void {
    this.#closed = true;
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  #opener({ sha256, length }: StoredContent): OpenFile {
    return async (path) => {
      const descriptor = await open(path, "r");
      try {
        const identity = identityOf(descriptor);
        if (!same(identity, this.#verified.get(sha256))) {
          if (identity.size !== length)
            throw new DamagedContent(`${path} has ${identity.size} octets instead of ${length}`);
          if ((await digest(descriptor)) !== sha256) throw new DamagedContent(`${path} isn't what its name says`);
          this.#verified.set(sha256, identity);
        }
        return descriptor;
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    };
  }
}

/** Whether opening failed because of the file, so that another try would fail too. */
export function isDamagedContent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof DamagedContent || code === "ENOENT" || code === "EIO" || code === "EISDIR";
}

function same(a: FileIdentity, b: FileIdentity | undefined): boolean {
  return b !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

async function digest(descriptor: number): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(262_144);
  for (let position = 0; ; ) {
    const { bytesRead } = await read(descriptor, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
