import { hash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StoredResponse } from "@larder/core";
import { BytesBacking } from "./bytes-backing.ts";
import { isDamage, openDatabase, setAside } from "./database-node.ts";
import { nodeHasher } from "./hasher-node.ts";
import { headSize } from "./head-size.ts";
import { MemoryBacking } from "./memory-backing.ts";
import { newestFirst } from "./newest-first.ts";
import { Recent } from "./recent.ts";
import { type ResponseRow, ResponseRows } from "./response-rows-node.ts";
import { Spool } from "./spool.ts";
import { SpoolWriter } from "./spool-writer.ts";
import {
  type Content,
  type ContentWriter,
  type Expectation,
  isSameContent,
  type SameContent,
  type Store,
  type Walk,
} from "./store.ts";
import { type StoreFault, unusable } from "./store-fault.ts";

export type { StoreFault } from "./store-fault.ts";

export interface SharedStoreOptions {
  /** where the database lies; made when it isn't there; for any number of processes at once */
  readonly folder: string;
  /** octets of content and heads that are kept; beyond that the least recently used responses go */
  readonly maxBytes: number;
  /** octets of one response's content, which is in memory while it arrives; bigger ones aren't kept (32 MB) */
  readonly maxContentBytes?: number;
  /** octets of heads and content that stay in memory too, about (16 MB) */
  readonly memoryBytes?: number;
  /** told of what the store got over */
  readonly onFault: (fault: StoreFault) => void;
}

/** A store that can also be looked through. */
export interface SharedStore extends Store {
  list(cacheKey: string): readonly StoredResponse[];
  open(stored: StoredResponse): Content | undefined;
  remove(stored: readonly StoredResponse[]): void;
  close(): void;
  /** All cache keys; looking for them is no use of them. */
  keys(): ReadonlySet<string>;
}

/**
 * Opens a store for several processes at once: one SQLite database in WAL mode that has heads and contents. What is in
 * memory is used only while no other process has changed the database.
 * @throws when it can't be used at all
 */
export function openSharedSqliteStore(options: SharedStoreOptions): SharedStore {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  return new SharedSqliteStore(options);
}

/** Uses are told apart by so many steps of what is put. */
const eras = 64;

class SharedSqliteStore implements SharedStore {
  readonly #options: SharedStoreOptions;
  readonly #path: string;
  /** newest first */
  readonly #heads: Recent<string, readonly ResponseRow[]>;
  /** by SHA-256, compared with it when they were read */
  readonly #contents: Recent<string, Content>;
  readonly #writers = new WeakSet<ContentWriter>();
  /** keys that were looked up since the last transaction */
  readonly #used = new Set<string>();
  #rows: ResponseRows;
  #version: number;
  #file: number;

  constructor(options: SharedStoreOptions) {
    this.#options = options;
    this.#path = join(options.folder, "shared.sqlite");
    const half = (options.memoryBytes ?? 16 << 20) / 2;
    this.#heads = new Recent(half, (rows) => rows.reduce((sum, row) => sum + headSize(row.stored), 100));
    this.#contents = new Recent(half, (content) => 300 + content.length!);
    [this.#rows, this.#version, this.#file] = this.#begin();
  }

  list(cacheKey: string): readonly StoredResponse[] {
    const rows = this.#look(cacheKey);
    if (rows.length > 0) this.#used.add(cacheKey);
    return rows.map((row) => row.stored);
  }

  open(stored: StoredResponse): Content | undefined {
    const row = this.#find(stored);
    if (row === undefined) return undefined;
    const { sha256 } = row.stored.content;
    const ready = this.#contents.get(sha256);
    if (ready !== undefined) return ready;
    const bytes = this.#attempt(() => this.#rows.content(row.stored.content), undefined);
    if (bytes instanceof Uint8Array && hash("sha256", bytes) === sha256) {
      const content = Spool.complete(new BytesBacking(bytes), bytes.length);
      this.#contents.set(sha256, content);
      return content;
    }
    this.#options.onFault({ kind: "content", message: `the content of ${stored.cacheKey} is lost; it is removed` });
    this.#attempt(() => this.remove([stored]), undefined);
    return undefined;
  }

  create(expected: Expectation): ContentWriter {
    const most = Math.min(this.#options.maxContentBytes ?? 32 << 20, this.#options.maxBytes);
    const writer = new SpoolWriter(new MemoryBacking(most), expected, nodeHasher);
    this.#writers.add(writer);
    return writer;
  }

  put(stored: StoredResponse, content?: ContentWriter | SameContent, replaces: readonly StoredResponse[] = []): void {
    const same = isSameContent(content) ? content.as : undefined;
    const written = content === undefined || isSameContent(content) ? undefined : this.#take(content);
    this.#change((rows, touch) => {
      const before = this.#find(stored);
      const bytes = same && this.#find(same) ? "there" : written;
      touch(stored.cacheKey);
      // before anything goes that may be the last to have the same content
      if (bytes !== undefined) rows.insert(stored, bytes, this.#options.maxBytes);
      else if (before !== undefined && same === undefined) rows.update(before, stored);
      for (const other of replaces) if (other.id !== stored.id) this.#delete(rows, other, touch);
      if (bytes === undefined) return;
      if (before !== undefined) rows.delete(before.number);
      for (const { number, cacheKey } of rows.leastUsed(this.#options.maxBytes)) {
        rows.delete(number);
        if (cacheKey !== undefined) touch(cacheKey);
      }
    });
  }

  remove(stored: readonly StoredResponse[]): void {
    this.#change((rows, touch) => {
      for (const one of stored) this.#delete(rows, one, touch);
    });
  }

  keys(): ReadonlySet<string> {
    return new Set([...this.walk({ prefix: "" })].flat().map(({ cacheKey }) => cacheKey));
  }

  *walk(wanted: Walk): Generator<readonly StoredResponse[]> {
    const iterator = this.#rows.walk(wanted);
    for (;;) {
      const step = this.#attempt(() => iterator.next(), { done: true, value: undefined });
      if (step.done) return;
      yield step.value.map(({ stored }) => stored);
    }
  }

  size(): { readonly bytes: number; readonly responses: number } {
    return this.#attempt(() => this.#rows.totals(), { bytes: 0, responses: 0 });
  }

  close(): void {
    this.#attempt(() => this.#change(() => undefined), undefined);
    this.#rows.close();
  }

  #look(cacheKey: string): readonly ResponseRow[] {
    return this.#attempt<readonly ResponseRow[]>(() => {
      this.#notice();
      const known = this.#heads.get(cacheKey);
      if (known !== undefined) return known;
      const { rows, unreadable } = this.#rows.list(cacheKey);
      if (unreadable.length > 0)
        this.#options.onFault({ kind: "database", message: `a response in ${this.#path} can't be read` });
      const order = newestFirst(rows.map((row) => row.stored));
      const found = rows.toSorted((a, b) => order.indexOf(a.stored) - order.indexOf(b.stored));
      this.#heads.set(cacheKey, found);
      return found;
    }, []);
  }

  #find(stored: StoredResponse): ResponseRow | undefined {
    return this.#look(stored.cacheKey).find((row) => row.stored.id === stored.id);
  }

  #delete(rows: ResponseRows, stored: StoredResponse, touch: (cacheKey: string) => void): void {
    const row = this.#find(stored);
    if (row === undefined) return;
    rows.delete(row.number);
    touch(stored.cacheKey);
  }

  /** What other processes have changed since the last look makes all that is in memory doubtful. */
  #notice(): void {
    const version = this.#rows.version();
    if (version === this.#version) return;
    this.#version = version;
    this.#heads.clear();
  }

  /** One transaction; what it touches is read anew afterwards. */
  #change(work: (rows: ResponseRows, touch: (cacheKey: string) => void) => void): void {
    const touched = new Set<string>();
    try {
      this.#rows.transaction(() => {
        for (const cacheKey of this.#used) this.#rows.use(cacheKey);
        work(this.#rows, (cacheKey) => touched.add(cacheKey));
      });
      this.#used.clear();
    } catch (error) {
      if (isDamage(error)) this.#startOver(error);
      throw error;
    } finally {
      for (const cacheKey of touched) this.#heads.delete(cacheKey);
    }
  }

  /** What a database that can't be read gives is nothing. */
  #attempt<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.#startOver(error);
      else this.#options.onFault(unusable(this.#path, error));
      return otherwise;
    }
  }

  #take(writer: ContentWriter): Uint8Array {
    if (!(writer instanceof SpoolWriter) || !this.#writers.has(writer))
      throw new Error("the content was written to another store");
    writer.take();
    return writer.backing.bytes;
  }

  #begin(): [ResponseRows, version: number, file: number] {
    const { onFault, maxBytes } = this.#options;
    const rows = openDatabase(this.#path, onFault, (db) => new ResponseRows(db, maxBytes / eras, true), "shared");
    return [rows, rows.version(), statSync(this.#path).ino];
  }

  /** Another process may have begun anew already; then that is the database. */
  #startOver(error: unknown): void {
    this.#rows.abandon();
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#file) {
      this.#options.onFault({
        kind: "database",
        message: `the database ${this.#path} is damaged (${(error as Error).message}); it is now ${this.#path}.aside and the store begins empty`,
        cause: error,
      });
      setAside(this.#path);
    }
    this.#heads.clear();
    [this.#rows, this.#version, this.#file] = this.#begin();
  }
}
