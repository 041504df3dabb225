import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Contents } from "./contents.ts";
import { openHostedDatabase } from "./database.ts";
import { Packages } from "./packages.ts";
import { Tokens } from "./tokens.ts";

/** What a data folder has of hosted mounts. */
export interface Hosted {
  readonly packages: Packages;
  readonly tokens: Tokens;
  readonly contents: Contents;
  /** Removes what a crash left; for the gateway, at its start. */
  sweep(): void;
  close(): void;
}

/**
 * Opens what a data folder has of hosted mounts, makes it where there is nothing yet. A running gateway may have it open
 * at the same time.
 * @throws {HostedDatabaseFault} when its database can't be used
 */
export function openHosted(data: string): Hosted {
  const folder = join(data, "hosted");
  const database: DatabaseSync = openHostedDatabase(join(folder, "index.db"));
  const contents = new Contents(folder);
  const packages = new Packages(database, contents);
  return {
    packages,
    tokens: new Tokens(database),
    contents,
    sweep: () => contents.sweep((sha256) => packages.hasContent(sha256)),
    close: () => database.close(),
  };
}
