import { renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { StoreFault } from "./store-fault.ts";

/** "lard", so that another program's database isn't taken for a store */
const applicationId = 0x6c617264;

/** Each brings the schema from the version that is its index to the next one; what is written here stays. */
const migrations: readonly string[] = [
  // key: from the cache key's SHA-256; size: of the head; used: a count that goes up with every use;
  // uses: responses that have this content; bytes: null when the content is a file; clean: whether it was closed
  `CREATE TABLE responses (
     number INTEGER PRIMARY KEY, key INTEGER NOT NULL, content INTEGER NOT NULL,
     size INTEGER NOT NULL, used INTEGER NOT NULL, head TEXT NOT NULL);
   CREATE INDEX responses_by_key ON responses (key);
   CREATE INDEX responses_by_use ON responses (used, number);
   CREATE TABLE contents (
     number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, length INTEGER NOT NULL,
     uses INTEGER NOT NULL, bytes BLOB);
   CREATE TABLE state (bytes INTEGER NOT NULL, responses INTEGER NOT NULL, clean INTEGER NOT NULL);
   INSERT INTO state VALUES (0, 0, 0);`,
  // key: from the SHA-256 of a group's name, or of what a family of cache keys begins with; several may have the same
  `CREATE TABLE groups (key INTEGER NOT NULL, response INTEGER NOT NULL, PRIMARY KEY (key, response)) WITHOUT ROWID;
   CREATE INDEX groups_by_response ON groups (response);
   CREATE TRIGGER response_leaves_groups AFTER DELETE ON responses BEGIN
     DELETE FROM groups WHERE response = OLD.number;
   END;`,
];

/** Milliseconds that a process waits for another one's transaction. */
const patience = 5000;

class NotOurs extends Error {}

/**
 * Opens the database of a store, makes it when there is none, brings its schema up to date and begins to use it. One that is damaged,
 * newer or another program's is renamed (`….aside`, in place of an earlier one), told of as a fault, and a new one begun.
 * A commit isn't waited for until it is on the disk: after a power failure the newest responses may be missing, but
 * what is there is whole.
 * @param use whether other processes have it open too; each waits for the others' transactions then
 */
export function openDatabase<T>(
  path: string,
  onFault: (fault: StoreFault) => void,
  begin: (database: DatabaseSync) => T,
  use: "alone" | "shared" = "alone",
): T {
  try {
    return prepare(path, begin, use);
  } catch (error) {
    if (!isDamage(error)) throw new Error(`the database ${path} can't be opened`, { cause: error });
    onFault({
      kind: "database",
      message: `the database ${path} can't be used (${(error as Error).message}); it is now ${path}.aside and the store begins empty`,
      cause: error,
    });
    setAside(path);
    return prepare(path, begin, use);
  }
}

/** Renames a database that nobody has open any more. */
export function setAside(path: string): void {
  for (const suffix of ["", "-wal"]) {
    rmSync(`${path}.aside${suffix}`, { force: true });
    try {
      renameSync(path + suffix, `${path}.aside${suffix}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

/** Whether the error says that the database's file isn't what it should be. */
export function isDamage(error: unknown): boolean {
  return error instanceof NotOurs || primaryCode(error) === 11 || primaryCode(error) === 26;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** SQLite's result code without its extension; undefined for any other error. */
function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

function prepare<T>(path: string, begin: (database: DatabaseSync) => T, use: "alone" | "shared"): T {
  const database = new DatabaseSync(path, use === "alone" ? {} : { timeout: patience });
  try {
    if (use === "alone") database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // checkpoints write a page once that many commits have changed; a commit may look through all pages in memory
    check(database);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA cache_size = -8192;
      PRAGMA temp_store = MEMORY`);
    migrate(database);
    return begin(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** In one transaction: another process may be about to do the same. */
function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  const version = check(database);
  migrations.slice(version).forEach((migration, index) => {
    database.exec(`${migration}; PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${version + index + 1}`);
  });
  database.exec("COMMIT");
}

/** @returns the schema's version */
function check(database: DatabaseSync): number {
  const number = (sql: string): number => Object.values(database.prepare(sql).get()!)[0] as number;
  const version = number("PRAGMA user_version");
  if (number("SELECT count(*) FROM sqlite_schema") > 0 && number("PRAGMA application_id") !== applicationId)
    throw new NotOurs("it is another program's");
  if (version > migrations.length)
    throw new NotOurs(`its schema has version ${version}, and this program knows versions up to ${migrations.length}`);
  return version;
}
