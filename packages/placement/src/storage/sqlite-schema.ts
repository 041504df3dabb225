import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Migration, migrations } from "./migrations.ts";
import { StateFailure } from "./state.ts";

/** Which steps a database has taken, and which it lacks. */
export interface SchemaStatus {
  readonly taken: readonly string[];
  readonly pending: readonly string[];
}

/** @throws {StateFailure} when the database was made by a newer Larder */
export function schemaStatus(db: DatabaseSync): SchemaStatus {
  const { user_version: version } = db.prepare("pragma user_version").get() as { user_version: number };
  if (version > migrations.length)
    throw new StateFailure(
      `the database has tables of version ${version}, this Larder knows ${migrations.length}: use the newer Larder`,
    );
  const names = migrations.map(({ name }) => name);
  return { taken: names.slice(0, version), pending: names.slice(version) };
}

/** Takes the steps that are missing, all or none. @returns their names */
export function upgrade(db: DatabaseSync): readonly string[] {
  db.exec("begin immediate");
  try {
    const { taken, pending } = schemaStatus(db);
    for (const step of migrations.slice(taken.length)) db.exec((step satisfies Migration).sql);
    if (taken.length === 0) db.prepare("insert into database (one, id, number) values (1, ?, 0)").run(randomUUID());
    db.exec(`pragma user_version = ${migrations.length}`);
    db.exec("commit");
    return pending;
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}
