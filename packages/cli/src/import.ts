import { importArchive } from "@larder/gateway";
import type { Command } from "commander";
import { addArchiveOptions, archiveOptions, orExit } from "./archive-command.ts";

const more = `
SOURCE is what larder export made; MOUNT the prefix of the mount to fill, by default the one that it was exported from.
The mount must have the same upstream, which is not asked. All contents are compared with their digests before anything
is imported; what is damaged is named, and then nothing is. What the mount keeps already and is newer stays. The gateway
must not run meanwhile.

Example:
  larder import larder.tar --mount /pypi/=pypi:https://index.example/simple/
  larder gateway --mount /pypi/=pypi:https://index.example/simple/ --offline

Exit codes:
  0  all of it is there
  1  it can't be imported, and nothing was
  2  the command line or the configuration is wrong`;

/** `larder import`: fills a mount with what another one kept. */
export function define(command: Command): void {
  addArchiveOptions(command.argument("<SOURCE>").argument("[MOUNT]")).addHelpText("after", more).action(run);
}

async function run(
  path: string,
  prefix: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { config, watcher, end } = archiveOptions(options);
  const done = await orExit(() => importArchive(config, prefix, path, watcher).finally(end));
  const text = `${path}: ${done.imported} responses imported, ${done.there} were there\n`;
  process.stdout.write(options.json ? `${JSON.stringify(done, undefined, 2)}\n` : text);
}
