import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Hosted, openHosted } from "@larder/gateway";
import { ConfigFault } from "@larder/server";

/** Options of commands that work on a data folder's hosted mounts. */
export interface HostedOptions {
  readonly data: string;
  readonly mount?: string;
  readonly json?: true;
}

/**
 * Opens what a data folder has of hosted mounts, does the work, and closes it. A gateway may be running on it.
 * @param make whether to make it where there is nothing yet
 * @throws {ConfigFault} where there is nothing
 */
export function withHosted<T>(data: string, make: boolean, work: (hosted: Hosted) => T): T {
  const folder = resolve(data);
  if (!make && !existsSync(join(folder, "hosted", "index.db")))
    throw new ConfigFault(
      `--data: ${folder} has no hosted packages; name the data folder of a gateway with such a mount`,
    );
  const hosted = openHosted(folder);
  try {
    return work(hosted);
  } finally {
    hosted.close();
  }
}

/** A mount's prefix as the gateway has it, however many slashes it was written with. */
export const prefixOf = (text: string): string => `/${text.replace(/^\/+|\/+$/g, "")}/`.replace("//", "/");

/** Prints rows of text in columns, or the values as JSON. */
export function printTable(values: readonly object[], rows: readonly (readonly string[])[], asJson: boolean): void {
  if (asJson) {
    print(JSON.stringify(values, undefined, 2));
    return;
  }
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)), []);
  for (const row of rows)
    print(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    );
}

export const print = (line: string) => void process.stdout.write(`${line}\n`);
