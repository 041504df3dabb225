import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Hosted, openHosted } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";

/** Options of commands that work on a data folder's hosted mounts. */
export interface HostedOptions {
  readonly data: string;
  readonly mount?: string;
  readonly json?: true;
}

/** Adds a part of a command, such as `ls` of `larder hosted`, that works on a data folder's hosted mounts. */
export function addHostedCommand(parent: Command, name: string, help: string): Command {
  return parent
    .command(name)
    .description(help)
    .requiredOption("--data <DIR>", "the gateway's data folder")
    .option("--json", "print JSON");
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
