import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./database-node.ts";

/** Another process, or another store of this one, works on the folder. */
export class StoreInUse extends Error {
  override readonly name = "StoreInUse";
}

/**
 * Takes a folder for this process alone. The lock is an exclusive transaction on an empty database, so the system
 * takes it back whenever the process ends, however it ends, and nothing is left to be cleaned up.
 * @returns what gives the folder back
 * @throws {StoreInUse} when somebody has it
 */
export function lockFolder(folder: string): () => void {
  const holder = join(folder, "pid");
  const database = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw new Error(`${folder} can't be locked`, { cause: error });
    throw new StoreInUse(
      `the data folder ${folder} is in use by another process${processIn(holder)}: stop it, or choose another folder`,
    );
  }
  writeFileSync(holder, `${process.pid}\n`);
  return () => database.close();
}

function processIn(file: string): string {
  try {
    return ` (${readFileSync(file, "utf8").trim()})`;
  } catch {
    return "";
  }
}
