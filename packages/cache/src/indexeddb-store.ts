import { Fields, type StoredResponse } from "@larder/core";
import { BytesBacking } from "./bytes-backing.ts";
import { webHasher } from "./hasher.ts";
import { headSize } from "./head-size.ts";
import { answerOf, type Database, type Factory, type Table } from "./indexeddb-types.ts";
import { MemoryBacking } from "./memory-backing.ts";
import { newestFirst } from "./newest-first.ts";
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

export interface IndexedDbOptions {
  /** of the database; left out: "larder" */
  readonly name?: string;
  /** octets of content and heads that are kept; beyond that the least recently used responses go */
  readonly maxBytes: number;
  /** left out: the browser's own */
  readonly factory?: Factory;
}

interface Row {
  readonly id: string;
  readonly cacheKey: string;
  /** counts up with every put and use, so that rows are in order of both */
  readonly put: number;
  readonly used: number;
  readonly size: number;
  readonly head: Omit<StoredResponse, "fields">;
  readonly raw: readonly string[];
}

interface Totals {
  readonly bytes: number;
  readonly responses: number;
  readonly count: number;
}

/** The tables in a transaction. */
interface Tables {
  readonly rows: Table;
  readonly contents: Table;
  readonly state: Table;
}

const names = ["rows", "contents", "state"] as const;
const empty: Totals = { bytes: 0, responses: 0, count: 0 };

/**
 * Opens a store in the browser's IndexedDB, for any number of tabs at once. Contents are in memory while they arrive.
 * @throws when the browser gives no database (private windows, a full disk)
 */
export async function openIndexedDbStore(options: IndexedDbOptions): Promise<Store> {
  const factory = options.factory ?? (globalThis as { indexedDB?: Factory }).indexedDB;
  if (factory === undefined) throw new Error("there is no IndexedDB here; use memoryStore");
  const asked = factory.open(options.name ?? "larder", 1);
  asked.onupgradeneeded = () => {
    const rows = asked.result.createObjectStore("rows", { keyPath: "id" });
    rows.createIndex("cacheKey", "cacheKey");
    rows.createIndex("used", "used");
    asked.result.createObjectStore("contents");
    asked.result.createObjectStore("state");
  };
  const database = await answerOf(asked);
  const store = new IndexedDbStore(database, options.maxBytes);
  await store.begin();
  return store;
}

class IndexedDbStore implements Store {
  readonly #database: Database;
  readonly #maxBytes: number;
  readonly #writers = new WeakSet<ContentWriter>();
  /** keys that were looked up since the last change */
  readonly #used = new Set<string>();
  #totals = empty;

  constructor(database: Database, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
  }

  /** Learns how much there is. */
  begin(): Promise<void> {
    return this.#change(async () => undefined);
  }

  async list(cacheKey: string): Promise<readonly StoredResponse[]> {
    const table = this.#database.transaction(["rows"], "readonly").objectStore("rows");
    const rows = (await answerOf(table.index("cacheKey").getAll(cacheKey))) as Row[];
    if (rows.length > 0) this.#used.add(cacheKey);
    return newestFirst(rows.sort((a, b) => b.put - a.put).map(storedFrom));
  }

  async open(stored: StoredResponse): Promise<Content | undefined> {
    const table = this.#database.transaction(["contents"], "readonly").objectStore("contents");
    const bytes = (await answerOf(table.get(stored.id))) as Uint8Array | undefined;
    if (bytes?.length === stored.content.length) return Spool.complete(new BytesBacking(bytes), bytes.length);
    if (bytes !== undefined) await this.remove([stored]);
    return undefined;
  }

  create(expected: Expectation): ContentWriter {
    const writer = new SpoolWriter(new MemoryBacking(this.#maxBytes), expected, webHasher);
    this.#writers.add(writer);
    return writer;
  }

  async put(
    stored: StoredResponse,
    content?: ContentWriter | SameContent,
    replaces: readonly StoredResponse[] = [],
  ): Promise<void> {
    const written = content === undefined || isSameContent(content) ? undefined : this.#take(content);
    await this.#change(async (tables) => {
      const before = await rowOf(tables, stored.id);
      const same = isSameContent(content) ? await bytesOf(tables, content.as.id) : undefined;
      const bytes = written ?? same;
      for (const { id } of replaces) if (id !== stored.id) await this.#delete(tables, id);
      if (bytes === undefined && (before === undefined || content !== undefined)) return;
      const { fields, ...head } = stored;
      const size = stored.content.length + headSize(stored);
      await this.#delete(tables, stored.id, bytes === undefined);
      if (size > this.#maxBytes) return;
      const count = this.#count();
      const row: Row = {
        id: stored.id,
        cacheKey: stored.cacheKey,
        put: before?.put ?? count,
        used: count,
        size,
        head,
        raw: fields.raw,
      };
      await answerOf(tables.rows.put(row));
      if (bytes !== undefined) await answerOf(tables.contents.put(bytes, stored.id));
      this.#add(size, 1);
      await this.#evict(tables);
    });
  }

  remove(stored: readonly StoredResponse[]): Promise<void> {
    return this.#change(async (tables) => {
      for (const { id } of stored) await this.#delete(tables, id);
    });
  }

  async *walk({ prefix }: Walk): AsyncGenerator<readonly StoredResponse[]> {
    const table = this.#database.transaction(["rows"], "readonly").objectStore("rows");
    const rows = (await answerOf(table.getAll())) as Row[];
    yield rows.map(storedFrom).filter(({ cacheKey }) => cacheKey.startsWith(prefix));
  }

  size(): { readonly bytes: number; readonly responses: number } {
    return { bytes: this.#totals.bytes, responses: this.#totals.responses };
  }

  close(): void {
    this.#database.close();
  }

  #take(writer: ContentWriter): Uint8Array {
    if (!(writer instanceof SpoolWriter) || !this.#writers.has(writer))
      throw new Error("the content was written to another store");
    writer.take();
    return writer.backing.bytes;
  }

  #count(): number {
    this.#totals = { ...this.#totals, count: this.#totals.count + 1 };
    return this.#totals.count;
  }

  #add(bytes: number, responses: number): void {
    const { bytes: b, responses: r, count } = this.#totals;
    this.#totals = { bytes: b + bytes, responses: r + responses, count };
  }

  async #delete({ rows, contents }: Tables, id: string, keepContent = false): Promise<void> {
    const row = (await answerOf(rows.get(id))) as Row | undefined;
    if (row === undefined) return;
    await answerOf(rows.delete(id));
    if (!keepContent) await answerOf(contents.delete(id));
    this.#add(-row.size, -1);
  }

  /** The least recently used go until what stays fits. */
  async #evict(tables: Tables): Promise<void> {
    const cursor = tables.rows.index("used").openCursor();
    while (this.#totals.bytes > this.#maxBytes) {
      const at = await answerOf(cursor);
      if (at === null) return;
      const { id, size } = at.value as Row;
      await answerOf(tables.rows.delete(id));
      await answerOf(tables.contents.delete(id));
      this.#add(-size, -1);
      at.continue();
    }
  }

  /** One transaction: all of the work is done, or nothing, and the totals with it. */
  async #change(work: (tables: Tables) => Promise<void>): Promise<void> {
    const transaction = this.#database.transaction(names, "readwrite");
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB gave up a transaction"));
    });
    ended.catch(() => undefined);
    const [rows, contents, state] = names.map((name) => transaction.objectStore(name)) as [Table, Table, Table];
    const before = this.#totals;
    try {
      // other tabs change them too
      this.#totals = ((await answerOf(state.get("totals"))) as Totals | undefined) ?? empty;
      await this.#writeUses(rows);
      await work({ rows, contents, state });
      await answerOf(state.put(this.#totals, "totals"));
    } catch (error) {
      this.#totals = before;
      transaction.abort();
      throw error;
    }
    await ended;
  }

  async #writeUses(rows: Table): Promise<void> {
    const keys = [...this.#used];
    this.#used.clear();
    for (const key of keys)
      for (const row of (await answerOf(rows.index("cacheKey").getAll(key))) as Row[])
        await answerOf(rows.put({ ...row, used: this.#count() }));
  }
}

const rowOf = async ({ rows }: Tables, id: string) => (await answerOf(rows.get(id))) as Row | undefined;

const bytesOf = async ({ contents }: Tables, id: string) =>
  (await answerOf(contents.get(id))) as Uint8Array | undefined;

const storedFrom = ({ head, raw }: Row): StoredResponse => ({ ...head, fields: Fields.fromRaw(raw) });
