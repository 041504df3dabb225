import { exportArchive } from "@larder/gateway";
import type { Command } from "commander";
import { addArchiveOptions, archiveOptions, orExit } from "./archive-command.ts";

const more = `
MOUNT is the prefix of a mount, TARGET a folder to be made, or a tar file where its name ends with .tar. It holds all
that the mount keeps: pages, files, what was learned about them; each content under its SHA-256, verified, and a
manifest, larder-export.json. The gateway must not run meanwhile. Credentials are not in it; what they brought is.

Example:
  larder export /pypi/ larder.tar --config larder.toml
  larder import larder.tar --config larder.toml       (there)

Exit codes:
  0  the archive is whole
  1  it can't be made, or something that the mount kept was damaged and is left out
  2  the command line or the configuration is wrong`;

/** `larder export`: what a mount keeps, for a place without a network. */
export function define(command: Command): void {
  addArchiveOptions(command.argument("<MOUNT>").argument("<TARGET>")).addHelpText("after", more).action(run);
}

async function run(prefix: string, path: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config, watcher, end } = archiveOptions(options);
  const done = await orExit(() => exportArchive(config, prefix, path, watcher).finally(end));
  const lines = [
    `${path}: ${done.responses} responses, ${(done.bytes / 1e6).toFixed(1)} MB`,
    ...done.lost.map((target) => `  damaged, left out: ${target}`),
  ];
  process.stdout.write(options.json ? `${JSON.stringify(done, undefined, 2)}\n` : `${lines.join("\n")}\n`);
  if (done.lost.length > 0) process.exitCode = 1;
}
