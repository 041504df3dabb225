import { existsSync } from "node:fs";
import { withDatabase } from "../storage/sqlite-open.ts";
import { type SchemaStatus, schemaStatus, upgrade } from "../storage/sqlite-schema.ts";

/** Which steps the tables have taken, and which they lack. @throws {StateFailure} */
export const databaseStatus = (path: string): SchemaStatus =>
  existsSync(path) ? withDatabase(path, schemaStatus) : { taken: [], pending: ["everything: there is no such file"] };

/** Brings the tables up to date. @returns the steps that were taken @throws {StateFailure} */
export const upgradeDatabase = (path: string): readonly string[] => withDatabase(path, upgrade);
