import type { StoredContent } from "@larder/core";
import { giveBack } from "./blocks-node.ts";
import { BytesBacking } from "./bytes-backing.ts";
import type { ContentFile } from "./content-file-node.ts";
import type { ContentFiles } from "./content-files-node.ts";
import { Recent } from "./recent.ts";
import { FileBacking } from "./spill-backing-node.ts";
import { Spool } from "./spool.ts";
import type { Content } from "./store.ts";

/** Bigger content stays in its file. */
const biggestInMemory = 2 << 20;
/** Files that stay open for the next reader. */
const openFiles = 64;
/** Files without a name that stay open for those who have their content and not begun to read; they still take disk. */
const lentFiles = 8;

interface Open {
  readonly file: ContentFile;
  readonly content: Content;
}

/** Content that can be read at once: in memory, or in a file that is open. All of it is verified. */
export class ReadyContents {
  readonly #files: ContentFiles;
  readonly #biggest: number;
  readonly #inMemory: Recent<string, Content>;
  /** by SHA-256, least recently used first; each retained */
  readonly #open = new Map<string, Open>();
  /** each retained; the oldest first */
  readonly #lent: ContentFile[] = [];
  readonly #loading = new Map<string, Promise<Content>>();

  constructor(files: ContentFiles, memoryBytes: number) {
    this.#files = files;
    this.#biggest = Math.min(biggestInMemory, memoryBytes / 8);
    this.#inMemory = new Recent(memoryBytes, (content) => 300 + content.length!);
  }

  get({ sha256, length }: StoredContent): Content | undefined {
    const content = this.#inMemory.get(sha256);
    if (content !== undefined || length <= this.#biggest) return content;
    const open = this.#open.get(sha256);
    if (open === undefined) return undefined;
    this.#open.delete(sha256);
    if (this.#files.isUnchanged(open.file, sha256)) {
      this.#open.set(sha256, open);
      return open.content;
    }
    open.file.release();
    return undefined;
  }

  /** @param bytes verified */
  addBytes({ sha256 }: StoredContent, bytes: Uint8Array): Content {
    const content = Spool.complete(new BytesBacking(bytes), bytes.length);
    this.#inMemory.set(sha256, content);
    return content;
  }

  /** @param file verified, and retained by the caller, who may release it afterwards */
  addFile({ sha256, length }: StoredContent, file: ContentFile): Content {
    this.remove(sha256);
    const content = Spool.complete(new FileBacking(file), length);
    file.retain();
    this.#open.set(sha256, { file, content });
    for (const [other, oldest] of this.#open) {
      if (this.#open.size <= openFiles) break;
      this.#open.delete(other);
      oldest.file.release();
    }
    return content;
  }

  /** Keeps a file open for a while for those who have its content already. The caller has retained it. */
  lend(file: ContentFile): void {
    file.retain();
    this.#lent.push(file);
    if (this.#lent.length > lentFiles) this.#lent.shift()!.release();
  }

  /** Opens a file and verifies it, and reads it into memory where it is small enough. @throws as `ContentFiles.open` */
  load(content: StoredContent): Promise<Content> {
    const { sha256 } = content;
    let loading = this.#loading.get(sha256);
    if (loading === undefined) {
      loading = this.#load(content).finally(() => this.#loading.delete(sha256));
      this.#loading.set(sha256, loading);
    }
    return loading;
  }

  /** Content that is removed isn't given any more; who has it can still read it. */
  remove(sha256: string): void {
    this.#inMemory.delete(sha256);
    const open = this.#open.get(sha256);
    if (open === undefined) return;
    this.#open.delete(sha256);
    this.lend(open.file);
    open.file.release();
  }

  clear(): void {
    this.#inMemory.clear();
    for (const { file } of this.#open.values()) file.release();
    for (const file of this.#lent) file.release();
    this.#open.clear();
    this.#lent.length = 0;
  }

  async #load(content: StoredContent): Promise<Content> {
    const file = await this.#files.open(content);
    try {
      if (content.length > this.#biggest) return this.addFile(content, file);
      const bytes = new Uint8Array(content.length);
      for (let position = 0; position < bytes.length; ) {
        const chunk = await file.read(position, bytes.length);
        bytes.set(chunk, position);
        position += chunk.length;
        giveBack(chunk);
      }
      return this.addBytes(content, bytes);
    } finally {
      file.release();
    }
  }
}
