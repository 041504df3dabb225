/** The whole state as lines of JSON, and back: for moving, keeping and comparing. */

import { randomUUID } from "node:crypto";
import { World } from "../domain/world.ts";
import type { Change } from "../domain/world-change.ts";
import { factWriter, snapshotFacts } from "../storage/sqlite-facts.ts";
import { withDatabase } from "../storage/sqlite-open.ts";
import { schemaStatus, upgrade } from "../storage/sqlite-schema.ts";
import { StateFailure } from "../storage/state.ts";

/** The first line says what the others are. */
const header = { larder: "placement", version: 1 };

/** @param write takes one line at a time, with its end @returns how many facts @throws {StateFailure} */
export function exportState(path: string, write: (line: string) => void): number {
  return withDatabase(path, (db) => {
    requireTables(db);
    write(`${JSON.stringify(header)}\n`);
    let count = 0;
    db.exec("begin");
    for (const fact of snapshotFacts(db)) {
      write(`${JSON.stringify(fact)}\n`);
      count++;
    }
    db.exec("commit");
    return count;
  });
}

/**
 * Fills an empty database, all or nothing.
 * @returns how many facts
 * @throws {StateFailure} when it is not empty, or a line is none of an export: then nothing has changed
 */
export async function importState(path: string, lines: AsyncIterable<string>): Promise<number> {
  const facts: Change[] = [];
  const world = new World();
  let number = 0;
  let begun = false;
  for await (const line of lines) {
    number++;
    if (line === "") continue;
    const fact = parseLine(line, number);
    if (!begun) {
      if (JSON.stringify(fact) !== JSON.stringify(header))
        throw new StateFailure(`line ${number}: this is no export of Larder`);
      begun = true;
      continue;
    }
    try {
      // the world finds what does not hang together
      world.apply(1, [fact]);
    } catch (error) {
      throw new StateFailure(`line ${number}: ${(error as Error).message}`, { cause: error });
    }
    facts.push(fact);
  }
  if (!begun) throw new StateFailure("there is nothing to import: the input is empty");
  withDatabase(path, (db) => {
    upgrade(db);
    db.exec("begin immediate");
    const { used } = db
      .prepare("select (select count(*) from resource_providers) + (select count(*) from consumers) as used")
      .get() as { used: number };
    if (used > 0) throw new Error("there is something in it already; import into a new one");
    db.exec("delete from resource_classes; delete from traits; delete from changes");
    const write = factWriter(db);
    for (const fact of facts) write(fact);
    db.prepare("update database set number = number + 1, id = ?").run(randomUUID());
    db.exec("commit");
  });
  return facts.length;
}

function parseLine(line: string, number: number): Change {
  try {
    return JSON.parse(line) as Change;
  } catch {
    throw new StateFailure(`line ${number}: this is no JSON`);
  }
}

function requireTables(db: Parameters<typeof schemaStatus>[0]): void {
  if (schemaStatus(db).pending.length > 0)
    throw new Error("its tables are not there or of an older version: run 'larder placement db upgrade' first");
}
