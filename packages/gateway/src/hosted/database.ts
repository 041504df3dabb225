import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** "larh", so that another program's database isn't taken for an index */
const applicationId = 0x6c617268;

/** Milliseconds that a process waits for another one's transaction. */
const patience = 5000;

/** Each brings the schema from the version that is its index to the next one; what is written here stays. */
const migrations: readonly string[] = [
  // space: the mount's prefix; since, uploaded, deleted, created, expires, revoked: milliseconds since the epoch;
  // key: one for all spellings of a file's name; yanked: the reason, '' = none given, NULL = not yanked;
  // a deleted file keeps its row without metadata, so that its name is never used again;
  // secret: SHA-256 of what the token's bearer knows, hexadecimal; spaces, projects: JSON, lists
  `CREATE TABLE projects (
     space TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (space, name)) WITHOUT ROWID;
   CREATE TABLE files (
     space TEXT NOT NULL, project TEXT NOT NULL, key TEXT NOT NULL, filename TEXT NOT NULL, version TEXT NOT NULL,
     sha256 TEXT NOT NULL, size INTEGER NOT NULL, uploaded INTEGER NOT NULL, uploader TEXT NOT NULL,
     requires_python TEXT, metadata BLOB, metadata_sha256 TEXT, yanked TEXT, deleted INTEGER,
     UNIQUE (space, project, key));
   CREATE INDEX files_by_content ON files (sha256);
   CREATE TABLE tokens (
     id TEXT PRIMARY KEY, secret TEXT NOT NULL, spaces TEXT NOT NULL, projects TEXT NOT NULL, may TEXT NOT NULL,
     note TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER, revoked INTEGER) WITHOUT ROWID;`,
];

/** The database of hosted packages is another program's, newer, or damaged; nothing was done to it. */
class HostedDatabaseFault extends Error {
  override readonly name = "HostedDatabaseFault";
}

/**
 * Opens the database of hosted packages and tokens, makes it where there is none, and brings its schema up to date.
 * Several processes may have it open: the gateway, and commands that change something while it runs. What is committed
 * is on the disk.
 * @param path of its file, or ":memory:"
 * @throws {HostedDatabaseFault} when it can't be used: what it holds is nowhere else, so it is left as it is
 */
export function openHostedDatabase(path: string): DatabaseSync {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: patience });
  try {
    check(database);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    database.exec("BEGIN IMMEDIATE");
    const version = check(database);
    for (const [index, migration] of migrations.slice(version).entries())
      database.exec(
        `${migration} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + index + 1}`,
      );
    database.exec("COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw new HostedDatabaseFault(
      `the database of hosted packages ${path} can't be used (${(error as Error).message}); it was left as it is`,
      { cause: error },
    );
  }
}

/** @returns the schema's version */
function check(database: DatabaseSync): number {
  const number = (sql: string): number => Object.values(database.prepare(sql).get()!)[0] as number;
  const version = number("PRAGMA user_version");
  if (number("SELECT count(*) FROM sqlite_schema") > 0 && number("PRAGMA application_id") !== applicationId)
    throw new Error("it is another program's");
  if (version > migrations.length)
    throw new Error(`its schema has version ${version}, and this program knows versions up to ${migrations.length}`);
  return version;
}

/** A database's statements by their text, each prepared once: a request asks two or three. */
export function statementsOf(database: DatabaseSync): (sql: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (sql) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
}

/** Does the work in one transaction, which others wait for; an error undoes it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
