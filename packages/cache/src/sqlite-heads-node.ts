import type { StoredContent, StoredResponse } from "@larder/core";
import { isDamage, openDatabase, setAside } from "./database-node.ts";
import { headSize } from "./head-size.ts";
import { newestFirst } from "./newest-first.ts";
import { Recent } from "./recent.ts";
import { type ResponseRow, ResponseRows, type Totals, type Unused } from "./response-rows-node.ts";
import type { Walk } from "./store.ts";
import { type StoreFault, unusable } from "./store-fault.ts";
import { Turn } from "./turn-node.ts";

interface HeadsOptions {
  /** of the database's file */
  readonly path: string;
  readonly maxBytes: number;
  /** octets of heads in memory, about */
  readonly memoryBytes: number;
  readonly onFault: (fault: StoreFault) => void;
  /** The database isn't what was left: told at once, and whenever it was damaged and begun anew. */
  readonly onUnclean: () => void;
  /** Told of content that no response has any more, when that is written. */
  readonly onUnused: (content: Unused) => void;
}

/** What one step changes. */
export interface HeadChange {
  readonly update?: { readonly row: ResponseRow; readonly stored: StoredResponse } | undefined;
  readonly insert?: { readonly stored: StoredResponse; readonly bytes: Uint8Array | null | "there" } | undefined;
  readonly remove: readonly ResponseRow[];
  /** done when the response is in and everything else went well; when it throws nothing has changed */
  readonly onInserted?: () => void;
}

/** A cache key's responses, as they are in memory. */
interface Entry {
  readonly cacheKey: string;
  readonly stored: readonly StoredResponse[];
  readonly rows: readonly ResponseRow[];
  /** in which era it was used last; see `ResponseRows.era` */
  used: number;
}

/** Uses are written together: after so many keys, or milliseconds. */
const usedAtMost = 1000;
const usedFor = 5000;
/** So finely is told when responses were used. */
const eras = 64;

/** The database of stored responses, with those in memory that were used lately: what they are is answered at once. */
export class SqliteHeads {
  readonly #options: HeadsOptions;
  readonly #entries: Recent<string, Entry>;
  #rows: ResponseRows;
  /** what was changed and is not yet written */
  #turn: Turn | undefined;
  /** numbers of rows that should be gone and could not be deleted */
  readonly #hidden = new Set<number>();
  /** keys whose use is not yet in the database */
  #used: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeadsOptions) {
    this.#options = options;
    this.#entries = new Recent(options.memoryBytes, cost);
    this.#rows = this.#begin();
  }

  /** Newest first; the key counts as used. */
  list(cacheKey: string): readonly StoredResponse[] {
    const entry = this.#entry(cacheKey);
    if (entry === undefined) return none;
    if (entry.stored.length > 0 && entry.used !== this.#rows.era) {
      entry.used = this.#rows.era;
      this.#used.push(cacheKey);
      if (this.#used.length >= usedAtMost) this.#flush();
      this.#timer ??= setTimeout(() => this.#flush(), usedFor).unref();
    }
    return entry.stored;
  }

  find(stored: StoredResponse): ResponseRow | undefined {
    return this.#entry(stored.cacheKey)?.rows.find((row) => row.stored.id === stored.id);
  }

  /** @returns octets, "file", or undefined when there is no such content */
  content(content: StoredContent): Uint8Array | "file" | undefined {
    return this.#read(() => this.#rows.content(content), undefined);
  }

  hasFile(sha256: string): boolean {
    return this.#rows.hasFile(sha256);
  }

  /** See `Store.walk`. */
  *walk(wanted: Walk): Generator<readonly StoredResponse[]> {
    const iterator = this.#rows.walk(wanted);
    for (;;) {
      const step = this.#read(() => iterator.next(), { done: true, value: undefined });
      if (step.done) return;
      yield step.value.filter(({ number }) => !this.#hidden.has(number)).map(({ stored }) => stored);
    }
  }

  totals(): Totals {
    return this.#rows.totals();
  }

  /**
   * Changes what is in the database, at once for whoever reads it. When `over` is settled it is written, and when that is
   * rejected nothing of it has happened. What must go so that the bound holds goes, too.
   * @returns whether the response went in: one that is bigger than all that may be kept doesn't
   * @throws when it can't be done; then nothing has changed since the last commit
   */
  change({ update, insert, remove, onInserted }: HeadChange): { inserted: boolean; over: Promise<void> } {
    try {
      return this.#inTurn((turn) => {
        const updated = update && this.#rows.update(update.row, update.stored);
        if (updated !== undefined) this.#replace(turn, updated, [updated]);
        const inserted = insert && this.#rows.insert(insert.stored, insert.bytes, this.#options.maxBytes);
        if (inserted !== undefined) {
          turn.inserted.add(inserted.number);
          this.#replace(turn, inserted, [inserted]);
        }
        for (const row of remove) {
          turn.unused.push(this.#rows.delete(row.number));
          this.#replace(turn, row, []);
        }
        if (this.#rows.totals().bytes > this.#options.maxBytes) this.#makeRoom(turn);
        if (inserted !== undefined) onInserted?.();
        return { inserted: inserted !== undefined, over: turn.over };
      });
    } catch (error) {
      if (isDamage(error)) this.#startOver(error);
      throw error;
    }
  }

  /** Whether a row is one that a failing commit would take away. */
  isUnwritten(row: ResponseRow): boolean {
    return this.#turn?.inserted.has(row.number) === true;
  }

  /** Writes what was changed, now and not at the end of this turn of the event loop. What fails is told by `over`. */
  commit(): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    try {
      turn.commit();
    } catch (error) {
      this.#fail(error);
      if (isDamage(error)) this.#startOver(error);
      return;
    }
    this.#turn = undefined;
    for (const content of turn.unused) if (content !== undefined) this.#options.onUnused(content);
  }

  /** Lets a row be as if it were removed, until the database is opened again. */
  hide(row: ResponseRow): void {
    this.#hidden.add(row.number);
    this.#entries.delete(row.stored.cacheKey);
  }

  close(): void {
    this.#flush();
    this.commit();
    this.#rows.close();
  }

  /** Does something in the transaction of this turn of the event loop; when it throws, that is lost. */
  #inTurn<T>(work: (turn: Turn) => T): T {
    try {
      this.#turn ??= new Turn(this.#rows, () => this.#read(() => this.commit(), undefined));
      return work(this.#turn);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** Nothing of this turn happens. */
  #fail(error: unknown): void {
    const turn = this.#turn;
    this.#turn = undefined;
    for (const key of turn?.keys ?? []) this.#entries.delete(key);
    turn?.fail(error);
  }

  /** Lets a key's responses in memory be what they are in the database: a row is new, or another, or gone. */
  #replace(turn: Turn, { number, stored }: ResponseRow, by: readonly ResponseRow[]): void {
    const { cacheKey } = stored;
    turn.keys.add(cacheKey);
    const entry = this.#entries.get(cacheKey);
    if (entry === undefined) return;
    // what is new is read when it is asked for: most of it may never be
    if (entry.rows.length === 0) {
      this.#entries.delete(cacheKey);
      return;
    }
    const rows = [...by, ...entry.rows.filter((row) => row.number !== number)];
    this.#entries.set(cacheKey, entryOf(cacheKey, rows, entry.used));
  }

  #makeRoom(turn: Turn): void {
    this.#writeUses();
    for (const { number, cacheKey } of this.#rows.leastUsed(this.#options.maxBytes)) {
      turn.unused.push(this.#rows.delete(number));
      turn.inserted.delete(number);
      if (cacheKey === undefined) continue;
      turn.keys.add(cacheKey);
      this.#entries.delete(cacheKey);
    }
  }

  #entry(cacheKey: string): Entry | undefined {
    return this.#entries.get(cacheKey) ?? this.#read(() => this.#load(cacheKey), undefined);
  }

  #load(cacheKey: string): Entry | undefined {
    const { rows: all, unreadable } = this.#rows.list(cacheKey);
    const rows = this.#hidden.size === 0 ? all : all.filter(({ number }) => !this.#hidden.has(number));
    for (const number of unreadable) {
      this.#options.onFault({
        kind: "database",
        message: `a response in ${this.#options.path} can't be read; it is removed`,
      });
      this.#inTurn((turn) => turn.unused.push(this.#rows.delete(number)));
    }
    const entry = entryOf(cacheKey, rows, Math.min(...rows.map((row) => row.used)));
    this.#entries.set(cacheKey, entry);
    return entry;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#read(() => this.#inTurn(() => this.#writeUses()), undefined);
  }

  #writeUses(): void {
    for (const cacheKey of this.#used) this.#rows.use(cacheKey);
    this.#used = [];
  }

  /** What a database that can't be read gives is nothing. */
  #read<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.#startOver(error);
      else this.#options.onFault(unusable(this.#options.path, error));
      return otherwise;
    }
  }

  #begin(): ResponseRows {
    const { path, maxBytes, onFault, onUnclean } = this.#options;
    return openDatabase(path, onFault, (database) => {
      const rows = new ResponseRows(database, maxBytes / eras);
      if (!rows.openedClean()) onUnclean();
      return rows;
    });
  }

  #startOver(error: unknown): void {
    this.#fail(error);
    const { path, onFault } = this.#options;
    onFault({
      kind: "database",
      message: `the database ${path} is damaged (${(error as Error).message}); it is now ${path}.aside and the store begins empty`,
      cause: error,
    });
    this.#rows.abandon();
    setAside(path);
    this.#entries.clear();
    this.#hidden.clear();
    this.#used = [];
    this.#rows = this.#begin();
  }
}

const none: readonly StoredResponse[] = [];

function entryOf(cacheKey: string, rows: readonly ResponseRow[], used: number): Entry {
  return { cacheKey, stored: newestFirst(rows.map((row) => row.stored)), rows, used };
}

function cost({ cacheKey, stored }: Entry): number {
  return stored.reduce((sum, each) => sum + headSize(each), 300 + cacheKey.length);
}
