import { hash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StoredResponse } from "@larder/core";
import { ContentFiles, isDamagedContent } from "./content-files-node.ts";
import { lockFolder } from "./folder-lock-node.ts";
import { nodeHasher } from "./hasher-node.ts";
import { ReadyContents } from "./ready-contents-node.ts";
import type { ResponseRow, Unused } from "./response-rows-node.ts";
import { SpillBacking } from "./spill-backing-node.ts";
import { SpoolWriter } from "./spool-writer.ts";
import { SqliteHeads } from "./sqlite-heads-node.ts";
import {
  type Content,
  type ContentWriter,
  type Expectation,
  isSameContent,
  type SameContent,
  type Store,
  type Walk,
} from "./store.ts";
import type { StoreFault } from "./store-fault.ts";

export { StoreInUse } from "./folder-lock-node.ts";
export type { StoreFault } from "./store-fault.ts";

export interface SqliteStoreOptions {
  /** where everything lies; made when it isn't there; for one process at a time */
  readonly folder: string;
  /** octets of content and heads that are kept; beyond that the least recently used responses go */
  readonly maxBytes: number;
  /** octets of heads and content that stay in memory too, about; half for each */
  readonly memoryBytes: number;
  /** told of what the store got over */
  readonly onFault: (fault: StoreFault) => void;
}

/** A store that can be looked through at once. */
export interface ListableStore extends Store {
  walk(wanted: Walk): Iterable<readonly StoredResponse[]>;
}

/**
 * Opens a store that outlives its process: heads and small content in a database, big content in files.
 * @throws {StoreInUse} when another process has the folder; any other error when it can't be used at all
 */
export function openSqliteStore(options: SqliteStoreOptions): ListableStore {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(options.folder);
  try {
    return new SqliteStore(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class SqliteStore implements ListableStore {
  readonly #onFault: SqliteStoreOptions["onFault"];
  readonly #unlock: () => void;
  readonly #files: ContentFiles;
  readonly #contents: ReadyContents;
  readonly #heads: SqliteHeads;
  readonly #writers = new WeakSet<ContentWriter>();
  #sweeping: Promise<void> = Promise.resolve();

  constructor({ folder, maxBytes, memoryBytes, onFault }: SqliteStoreOptions, unlock: () => void) {
    this.#onFault = onFault;
    this.#unlock = unlock;
    this.#files = new ContentFiles(folder);
    this.#contents = new ReadyContents(this.#files, memoryBytes / 2);
    this.#heads = new SqliteHeads({
      path: join(folder, "responses.sqlite"),
      maxBytes,
      memoryBytes: memoryBytes / 2,
      onFault,
      onUnclean: () => this.#sweep(),
      onUnused: (content) => this.#drop(content),
    });
  }

  list(cacheKey: string): readonly StoredResponse[] {
    return this.#heads.list(cacheKey);
  }

  open(stored: StoredResponse): Content | undefined | Promise<Content | undefined> {
    let row = this.#heads.find(stored);
    if (row === undefined) return undefined;
    if (this.#heads.isUnwritten(row)) {
      // what was once answered from the store is there after a crash
      this.#heads.commit();
      row = this.#heads.find(stored);
      if (row === undefined) return undefined;
    }
    const ready = this.#contents.get(row.stored.content);
    if (ready !== undefined) return ready;
    const found = this.#heads.content(row.stored.content);
    if (found === "file") return this.#load(row);
    if (found !== undefined && hash("sha256", found) === row.stored.content.sha256)
      return this.#contents.addBytes(row.stored.content, found);
    this.#lost(row, "its octets in the database aren't what they were");
    return undefined;
  }

  create(expected: Expectation): ContentWriter {
    const backing = new SpillBacking(
      () => this.#files.create(),
      (file) => this.#contents.lend(file),
    );
    const writer = new SpoolWriter(backing, expected, nodeHasher);
    this.#writers.add(writer);
    return writer;
  }

  async put(
    stored: StoredResponse,
    content?: ContentWriter | SameContent,
    replaces: readonly StoredResponse[] = [],
  ): Promise<void> {
    const backing = content === undefined || isSameContent(content) ? undefined : this.#take(content);
    const before = this.#heads.find(stored);
    const remove = this.#rowsOf(replaces).filter((row) => row !== before);
    if (isSameContent(content)) {
      const insert = this.#heads.find(content.as) && { stored, bytes: "there" as const };
      await this.#heads.change({ remove: before && insert ? [...remove, before] : remove, insert }).over;
      return;
    }
    if (backing === undefined) {
      await this.#heads.change({ remove, update: before && { row: before, stored } }).over;
      return;
    }
    const { file, fault } = backing;
    // a file's name and the row that names it are one step, with which nothing else is to fail
    if (file !== undefined) this.#heads.commit();
    try {
      if (fault !== undefined) throw fault;
      const { inserted, over } = this.#heads.change({
        remove: before ? [...remove, before] : remove,
        insert: { stored, bytes: backing.bytes ?? null },
        ...(file && { onInserted: () => this.#files.keep(file, stored.content) }),
      });
      if (file !== undefined) this.#heads.commit();
      else if (inserted) this.#contents.addBytes(stored.content, backing.bytes!);
      await over;
      if (inserted && file !== undefined) this.#contents.addFile(stored.content, file);
      if (inserted) backing.settle();
      else backing.discard();
    } catch (error) {
      // the file may have its place already
      const { sha256 } = stored.content;
      if (file !== undefined) this.#drop({ sha256, isFile: true });
      backing.discard();
      throw error;
    }
  }

  async remove(stored: readonly StoredResponse[]): Promise<void> {
    const rows = this.#rowsOf(stored);
    if (rows.length > 0) await this.#heads.change({ remove: rows }).over;
  }

  walk(wanted: Walk): Iterable<readonly StoredResponse[]> {
    return this.#heads.walk(wanted);
  }

  size(): { readonly bytes: number; readonly responses: number } {
    return this.#heads.totals();
  }

  async close(): Promise<void> {
    this.#files.close();
    await this.#sweeping;
    this.#contents.clear();
    this.#heads.close();
    this.#unlock();
  }

  #rowsOf(stored: readonly StoredResponse[]): ResponseRow[] {
    return stored.map((each) => this.#heads.find(each)).filter((row) => row !== undefined);
  }

  #take(writer: ContentWriter): SpillBacking {
    if (!(writer instanceof SpoolWriter) || !this.#writers.has(writer))
      throw new Error("the content was written to another store");
    writer.take();
    return writer.backing;
  }

  #drop({ sha256, isFile }: Unused): void {
    // the same may have come again meanwhile
    if (isFile && this.#heads.hasFile(sha256)) return;
    this.#contents.remove(sha256);
    if (!isFile) return;
    try {
      this.#files.remove(sha256);
    } catch (cause) {
      this.#onFault({ kind: "disk", message: `an unused file can't be removed (${(cause as Error).message})`, cause });
    }
  }

  async #load(row: ResponseRow): Promise<Content | undefined> {
    try {
      return await this.#contents.load(row.stored.content);
    } catch (error) {
      if (!isDamagedContent(error)) throw error;
      this.#lost(row, (error as Error).message);
      return undefined;
    }
  }

  /** Forgets a response whose content isn't there any more. */
  #lost(row: ResponseRow, why: string): void {
    this.#onFault({ kind: "content", message: `the content of ${row.stored.cacheKey} is lost: ${why}` });
    this.remove([row.stored]).catch((cause) => {
      this.#heads.hide(row);
      this.#onFault({ kind: "disk", message: `${row.stored.cacheKey} can't be removed just now`, cause });
    });
  }

  #sweep(): void {
    // not before this store is whole, and after a sweep that is under way
    this.#sweeping = this.#sweeping
      .then(() => this.#files.sweep((sha256) => this.#heads.hasFile(sha256)))
      .catch((cause) =>
        this.#onFault({ kind: "disk", message: `unused files can't be removed (${(cause as Error).message})`, cause }),
      );
  }
}
