import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { cacheGroups, type StoredContent, type StoredResponse } from "@larder/core";
import { familyOf } from "./key-family.ts";
import { prepareAll } from "./response-statements-node.ts";
import type { Walk } from "./store.ts";
import { storedFromJson, storedToJson } from "./stored-json.ts";

/** A stored response and where it stands in the database. */
export interface ResponseRow {
  readonly number: number;
  /** see `ResponseRows.era` */
  readonly used: number;
  /** octets of its head in the database */
  readonly size: number;
  readonly stored: StoredResponse;
}

/** Content that no response has any more. */
export interface Unused {
  readonly sha256: string;
  readonly isFile: boolean;
}

export interface Totals {
  readonly bytes: number;
  readonly responses: number;
}

/** The database's sentences. Each method is one step; `transaction` makes one of several. */
export class ResponseRows {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof prepareAll>;
  #bytes: number;
  #responses: number;
  #era: number;
  /** octets and responses before the transaction under way */
  #before: readonly [bytes: number, responses: number] = [0, 0];
  /** octets that were put in this era */
  #put = 0;
  readonly #eraBytes: number;
  readonly #shared: boolean;

  /**
   * @param eraBytes octets of new responses with which an era ends
   * @param shared whether other processes change it too, so that a transaction begins with a look at the counters
   */
  constructor(database: DatabaseSync, eraBytes: number, shared = false) {
    this.#database = database;
    this.#shared = shared;
    this.#eraBytes = eraBytes;
    this.#sql = prepareAll(database);
    [this.#bytes, this.#responses, this.#era] = this.#counters();
  }

  #counters(): [bytes: number, responses: number, era: number] {
    const { bytes, responses } = this.#sql.totals.get() as unknown as Totals;
    return [bytes, responses, this.#sql.lastUsed.get()!.used as number];
  }

  /** Changes whenever another process has changed anything. */
  version(): number {
    return this.#sql.dataVersion.get()!.data_version as number;
  }

  totals(): Totals {
    if (this.#shared && !this.#database.isTransaction) [this.#bytes, this.#responses] = this.#counters();
    return { bytes: this.#bytes, responses: this.#responses };
  }

  /**
   * A number that goes up with what is put, also after a restart. By it the order of use is kept, since that matters
   * only where something new drives something old out: a look-up need not be written down when nothing was put.
   */
  get era(): number {
    return this.#era;
  }

  /** All of it happens, or nothing. */
  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** What follows happens with `commit`, or not at all. */
  begin(): void {
    this.#sql.begin.run();
    if (this.#shared) [this.#bytes, this.#responses, this.#era] = this.#counters();
    this.#before = [this.#bytes, this.#responses];
  }

  /** @throws when the disk doesn't take it; `rollback` has to follow then */
  commit(): void {
    const [bytes, responses] = this.#before;
    if (this.#bytes !== bytes || this.#responses !== responses) this.#sql.setTotals.run(this.#bytes, this.#responses);
    this.#sql.commit.run();
  }

  rollback(): void {
    [this.#bytes, this.#responses] = this.#before;
    try {
      // some errors have ended it already
      if (this.#database.isTransaction) this.#sql.rollback.run();
    } catch {
      // it fails only where it has been ended
    }
  }

  /** @returns what was put last first, and the numbers of rows that can't be read */
  list(cacheKey: string): { rows: ResponseRow[]; unreadable: number[] } {
    const rows: ResponseRow[] = [];
    const unreadable: number[] = [];
    for (const row of this.#sql.list.all(keyNumber(cacheKey))) {
      const { number, used, head } = row as { number: number; used: number; head: string };
      const stored = read(head);
      if (stored === undefined) unreadable.push(number);
      else if (stored.cacheKey === cacheKey) rows.push({ number, used, size: head.length, stored });
    }
    return { rows, unreadable };
  }

  /** In the order of their numbers, so many at a time, which may be none; nobody else waits for longer than for these. */
  *walk({ prefix, group }: Walk): Generator<readonly ResponseRow[]> {
    const key = JSON.stringify(prefix).slice(0, -1);
    const index = group ?? (familyOf(prefix) === prefix ? prefix : undefined);
    for (let after = -1; ; ) {
      const found =
        index === undefined
          ? this.#sql.walk.all(after, walkedAtOnce)
          : this.#sql.walkGroup.all(keyNumber(index), after, walkedAtOnce);
      if (found.length === 0) return;
      const rows: ResponseRow[] = [];
      for (const row of found) {
        const { number, used, head } = row as { number: number; used: number; head: string };
        after = number;
        // most heads need not be read to know that they are of others
        const stored = head.includes(key) ? read(head) : undefined;
        if (stored?.cacheKey.startsWith(prefix)) rows.push({ number, used, size: head.length, stored });
      }
      yield rows;
    }
  }

  /**
   * @param bytes null when the content is a file, "there" when another response has it already
   * @returns its row; undefined, and nothing is done, when that one alone is more than `atMost` octets, or its content
   *   isn't there
   */
  insert(stored: StoredResponse, bytes: Uint8Array | null | "there", atMost: number): ResponseRow | undefined {
    const { length } = stored.content;
    const head = write(stored);
    if (length + head.length > atMost) return undefined;
    const content = this.#useContent(stored, bytes);
    if (content === undefined) return undefined;
    this.#put += (bytes === "there" ? 0 : length) + head.length;
    if (this.#put >= this.#eraBytes) {
      this.#put = 0;
      this.#era++;
    }
    const { lastInsertRowid } = this.#sql.insert.run(keyNumber(stored.cacheKey), content, head.length, this.#era, head);
    this.#addGroups(lastInsertRowid, stored);
    this.#bytes += head.length;
    this.#responses++;
    return { number: Number(lastInsertRowid), used: this.#era, size: head.length, stored };
  }

  /** @returns the number of its content, with one use more; undefined when it should be there and isn't */
  #useContent({ content: { sha256, length } }: StoredResponse, bytes: Uint8Array | null | "there"): number | undefined {
    const number = this.#sql.contentNumber.get(sha256)?.number as number | undefined;
    if (number !== undefined) {
      this.#sql.addUse.run(number);
      if (bytes !== "there") this.#sql.healContent.run(bytes, number, bytes);
      return number;
    }
    if (bytes === "there") return undefined;
    this.#bytes += length;
    return Number(this.#sql.addContent.run(sha256, length, bytes).lastInsertRowid);
  }

  /** The row's response with another head. @returns the row as it is now */
  update(row: ResponseRow, stored: StoredResponse): ResponseRow {
    const head = write(stored);
    this.#sql.update.run(head.length, head, row.number);
    this.#bytes += head.length - row.size;
    if (row.stored.fields.get(cacheGroups.name) !== stored.fields.get(cacheGroups.name)) {
      this.#sql.leaveGroups.run(row.number);
      this.#addGroups(row.number, stored);
    }
    return { ...row, size: head.length, stored };
  }

  #addGroups(number: number | bigint, { cacheKey, fields }: StoredResponse): void {
    for (const group of fields.read(cacheGroups)) this.#sql.addGroup.run(keyNumber(group), number);
    const family = familyOf(cacheKey);
    if (family !== undefined) this.#sql.addGroup.run(keyNumber(family), number);
  }

  /** @returns its content, if no other response has it */
  delete(number: number): Unused | undefined {
    const gone = this.#sql.place.get(number);
    if (gone === undefined) return undefined;
    this.#sql.delete.run(number);
    this.#responses--;
    this.#bytes -= gone.size as number;
    const content = this.#sql.contentOf.get(gone.content!);
    if (content === undefined) return undefined;
    if ((content.uses as number) > 1) {
      this.#sql.leaveContent.run(gone.content!);
      return undefined;
    }
    this.#sql.deleteContent.run(gone.content!);
    this.#bytes -= content.length as number;
    return { sha256: content.sha256 as string, isFile: content.isFile === 1 };
  }

  /** The least recently used response, again and again until no more than `atMost` octets are kept. */
  *leastUsed(atMost: number): Generator<{ number: number; cacheKey: string | undefined }> {
    while (this.#bytes > atMost) {
      const row = this.#sql.leastUsed.get();
      if (row === undefined) return;
      yield { number: row.number as number, cacheKey: read(row.head as string)?.cacheKey };
    }
  }

  /** Makes all responses of a key used in this era. */
  use(cacheKey: string): void {
    this.#sql.use.run(this.#era, keyNumber(cacheKey));
  }

  /** @returns octets, "file", or undefined when there is no such content */
  content({ sha256, length }: StoredContent): Uint8Array | "file" | undefined {
    const row = this.#sql.content.get(sha256);
    if (row === undefined || row.length !== length) return undefined;
    return (row.bytes as Uint8Array | null) ?? "file";
  }

  hasFile(sha256: string): boolean {
    return this.#sql.hasFile.get(sha256) !== undefined;
  }

  /** Whether it was closed in good order; from now on it counts as not. */
  openedClean(): boolean {
    const { clean } = this.#sql.clean.get()!;
    this.#sql.setClean.run(0);
    return clean === 1;
  }

  /** Closes a database that can't be used any more. */
  abandon(): void {
    try {
      this.#database.close();
    } catch {
      // nothing more can be done with it
    }
  }

  close(): void {
    this.#sql.setClean.run(1);
    this.#database.close();
  }
}

/** Responses that are looked at in one step of a walk: some milliseconds, also where each is changed. */
const walkedAtOnce = 100;

/** 48 bits, which a number holds exactly; keys that share them are told apart by their heads. */
function keyNumber(cacheKey: string): number {
  return hash("sha256", cacheKey, "buffer").readUIntBE(0, 6);
}

const write = (stored: StoredResponse): string => JSON.stringify(storedToJson(stored));

function read(head: string): StoredResponse | undefined {
  try {
    return storedFromJson(JSON.parse(head));
  } catch {
    return undefined;
  }
}
