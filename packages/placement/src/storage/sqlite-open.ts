import { DatabaseSync } from "node:sqlite";
import { StateFailure } from "./state.ts";

/** The file with the settings that it needs. Until it says otherwise, it waits five seconds for a lock. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    // full: a commit is on disk before anyone is told
    db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a database, uses it, closes it. @throws {StateFailure} which names the file */
export function withDatabase<T>(path: string, use: (db: DatabaseSync) => T): T {
  let db: DatabaseSync | undefined;
  try {
    db = openDatabase(path);
    return use(db);
  } catch (error) {
    throw new StateFailure(`database ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    db?.close();
  }
}
