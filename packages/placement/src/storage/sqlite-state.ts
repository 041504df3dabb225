import { randomUUID } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { World } from "../domain/world.ts";
import type { Change } from "../domain/world-change.ts";
import { factWriter, snapshotFacts } from "./sqlite-facts.ts";
import { openDatabase } from "./sqlite-open.ts";
import { schemaStatus, upgrade } from "./sqlite-schema.ts";
import { type Decision, type State, StateFailure } from "./state.ts";

/** How many writes share one transaction at most: it bounds how long reads wait for it. */
const batchSize = 64;
/** How many change numbers the log reaches back; a reader that is further behind starts again from the tables. */
const kept = 10_000;
/** Milliseconds between two attempts to become the one writer, and how long it is tried. */
const retryEvery = 2;
const retryFor = 30_000;

interface Job {
  readonly decide: (world: World) => Decision<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One SQLite file in WAL mode. Whoever holds its write lock brings the world up to date, judges by it, and writes;
 * so the world under the lock is the database. Writes that come together share a transaction and its flush to disk;
 * each has its own number, and none is answered before it is on disk (synchronous=full). Other processes may use the
 * same file.
 */
export class SqliteState implements State {
  id = "";
  readonly #db: DatabaseSync;
  readonly #dataVersion: StatementSync;
  readonly #after: StatementSync;
  readonly #log: StatementSync;
  readonly #setNumber: StatementSync;
  readonly #database: StatementSync;
  readonly #writeFact: (change: Change) => void;
  #world = new World();
  #seen: unknown;
  #stale = false;
  #queue: Job[] = [];
  #waiting = false;
  #busySince: number | undefined;
  #closed = false;

  /**
   * Opens or makes the file and brings its tables up to date.
   * @param path a file, or `:memory:`
   * @param options.upgrade false = refuse a file whose tables are of an older version
   * @throws {StateFailure}
   */
  constructor(path: string, options: { readonly upgrade?: boolean } = {}) {
    try {
      this.#db = openDatabase(path);
      if (options.upgrade === false && schemaStatus(this.#db).pending.length > 0)
        throw new StateFailure("its tables are of an older version: run 'larder placement db upgrade' first");
      upgrade(this.#db);
      this.#db.prepare("update database set id = ?").run(randomUUID());
      // from here on nobody waits inside of SQLite: waiting would hold up the reads
      this.#db.exec("pragma busy_timeout = 0");
      this.#dataVersion = this.#db.prepare("pragma data_version");
      this.#after = this.#db.prepare("select number, facts from changes where number > ? order by number");
      this.#log = this.#db.prepare("insert into changes values (?, ?)");
      this.#setNumber = this.#db.prepare("update database set number = ?");
      this.#database = this.#db.prepare("select id, number from database");
      this.#writeFact = factWriter(this.#db);
      this.#load();
    } catch (error) {
      throw new StateFailure(`database ${path}: ${(error as Error).message}`, { cause: error });
    }
  }

  read(): World {
    const version = this.#dataVersion.get()?.data_version;
    if (version !== this.#seen || this.#stale) {
      this.#catchUp();
      this.#seen = version;
    }
    return this.#world;
  }

  write<T>(decide: (world: World) => Decision<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new StateFailure("the database is closed"));
      this.#queue.push({ decide, resolve: resolve as (result: unknown) => void, reject });
      if (!this.#waiting) {
        this.#waiting = true;
        setImmediate(() => this.#flush());
      }
    });
  }

  /** Writes what is queued, then closes. */
  close(): void {
    if (this.#closed) return;
    while (this.#queue.length > 0 && this.#busySince === undefined) this.#flush();
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(new StateFailure("the database is closed"));
    this.#db.close();
  }

  #flush(): void {
    this.#waiting = false;
    if (this.#closed || this.#queue.length === 0 || !this.#begin()) return;
    const jobs = this.#queue.splice(0, batchSize);
    try {
      this.#catchUp();
      const before = this.#world.number;
      const settle = jobs.map((job) => this.#judge(job));
      this.#end(before);
      for (const done of settle) done();
    } catch (cause) {
      this.#rollback();
      const failure = new StateFailure(`the database could not be written: ${(cause as Error).message}`, { cause });
      for (const { reject } of jobs) reject(failure);
    }
    if (this.#queue.length > 0) {
      this.#waiting = true;
      setImmediate(() => this.#flush());
    }
  }

  /** @returns what tells the caller, once the batch is on disk */
  #judge({ decide, resolve, reject }: Job): () => void {
    let decision: Decision<unknown>;
    try {
      decision = decide(this.#world);
    } catch (refusal) {
      return () => reject(refusal);
    }
    const { changes, result } = decision;
    if (changes.length > 0) {
      const number = this.#world.number + 1;
      for (const change of changes) this.#writeFact(change);
      this.#log.run(number, JSON.stringify(changes));
      this.#world.apply(number, changes);
    }
    return () => resolve(result);
  }

  /** Takes the write lock, or sees to it that it is tried again soon. */
  #begin(): boolean {
    try {
      this.#db.exec("begin immediate");
      this.#busySince = undefined;
      return true;
    } catch (error) {
      const busy = (error as { errcode?: number }).errcode === 5;
      this.#busySince ??= performance.now();
      if (!busy || performance.now() - this.#busySince > retryFor) {
        this.#busySince = undefined;
        const failure = new StateFailure(`the database can't be written: ${(error as Error).message}`);
        for (const { reject } of this.#queue.splice(0)) reject(failure);
      } else {
        this.#waiting = true;
        setTimeout(() => this.#flush(), retryEvery);
      }
      return false;
    }
  }

  #end(before: number): void {
    const { number } = this.#world;
    if (number === before) {
      this.#db.exec("rollback");
      return;
    }
    this.#setNumber.run(number);
    if (Math.floor(number / 1000) !== Math.floor(before / 1000))
      this.#db.prepare("delete from changes where number <= ?").run(number - kept);
    this.#db.exec("commit");
  }

  /** The world may hold what is not on disk: it is read again before anyone looks at it. */
  #rollback(): void {
    this.#stale = true;
    try {
      if (this.#db.isTransaction) this.#db.exec("rollback");
    } catch {
      // the disk is in trouble: the next transaction will say so
    }
  }

  /** Applies what other processes have written; from the tables when the log does not reach back far enough. */
  #catchUp(): void {
    if (this.#stale) {
      this.#load();
      return;
    }
    const complete = this.#atOnce(() => {
      const { id, number } = this.#head();
      for (const row of this.#after.iterate(this.#world.number)) {
        const { number: next, facts } = row as { number: number; facts: string };
        if (next !== this.#world.number + 1) return false;
        this.#world.apply(next, JSON.parse(facts) as Change[]);
      }
      this.id = id;
      // whoever filled the database without a log (import) has raised the number
      return this.#world.number === number;
    });
    if (!complete) this.#load();
  }

  #load(): void {
    this.#world = this.#atOnce(() => {
      const world = new World();
      const { id, number } = this.#head();
      world.apply(number, snapshotFacts(this.#db));
      world.settle(number);
      this.id = id;
      return world;
    });
    this.#stale = false;
  }

  #head(): { readonly id: string; readonly number: number } {
    return this.#database.get() as { id: string; number: number };
  }

  /** Reads several things of one moment. */
  #atOnce<T>(read: () => T): T {
    if (this.#db.isTransaction) return read();
    this.#db.exec("begin");
    try {
      return read();
    } finally {
      this.#db.exec("commit");
    }
  }
}
