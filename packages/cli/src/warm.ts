import { dirname, join, matchesGlob } from "node:path";
import type { LockFile } from "@larder/formats";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";
import { mountUrl, usualIndex } from "./gateway-url.ts";
import { repeated } from "./options.ts";
import { createProgress } from "./progress.ts";
import { readLockFile } from "./read-lock-file.ts";
import { type Warmed, warm } from "./warm-run.ts";

const more = `
FILE is a uv.lock, a pylock.toml or pylock.NAME.toml (PEP 751), a poetry.lock, or a NAME.txt of requirements. Of each
package its page, its files and their metadata are fetched through the gateway, which keeps them: all files that a lock
file names, for all platforms; of a requirement all files of its version, or of the newest where it leaves that open.
What a requirement depends on is not looked for: lock first, or list all.

What the gateway keeps already is not fetched again, so an interrupted run goes on where it was. The gateway's
size-limit must have room for it all.

Example:
  larder warm uv.lock --gateway ${usualIndex}
  larder warm requirements.txt --only '*-none-any.whl' --only '*cp312*manylinux*x86_64*'

Exit codes:
  0  the gateway keeps all of it
  1  something is missing, which is told
  2  the command line or a file is wrong`;

interface Options {
  readonly gateway?: string;
  readonly only?: readonly string[];
  readonly concurrency?: string;
  readonly json?: true;
}

/** `larder warm`: has a gateway fetch all that lock files name, before it is asked for or there is no network. */
export function define(command: Command): void {
  command
    .argument("<FILE...>")
    .option("--gateway <URL>", `the mount to fetch through (default: ${usualIndex})`)
    .option("--only <PATTERN>", "only files whose name matches; may be repeated", repeated)
    .option("--concurrency <N>", "so many requests at once (default: 8)")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", more)
    .action(run);
}

async function run(paths: readonly string[], options: Options): Promise<void> {
  const mount = mountUrl(options.gateway ?? usualIndex, "--gateway");
  const concurrency = Number(options.concurrency ?? 8);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64)
    throw new ConfigFault("--concurrency: expected a number from 1 to 64");
  const locks = readAllLocks(paths);
  const { only } = options;
  const progress = createProgress(process.stderr);
  const wanted = locks.flatMap(({ projects }) => projects);
  const isWanted = (name: string) => only === undefined || only.some((pattern) => matchesGlob(name, pattern));
  const warmed = await warm({ mount, wanted, isWanted, concurrency, progress });
  progress.end();
  const elsewhere = locks.flatMap((lock) => lock.elsewhere).map(({ name, from }) => `${name} (${from})`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...warmed, elsewhere }, undefined, 2)}\n`);
  else process.stdout.write(summary(warmed, elsewhere));
  if (warmed.missing.length > 0) process.exitCode = 1;
}

function summary({ fetched, stored, bytes, missing }: Warmed, elsewhere: readonly string[]): string {
  const lines = [
    `${fetched + stored} files: ${fetched} fetched (${(bytes / 1e6).toFixed(1)} MB), ${stored} were there, ${missing.length} missing`,
    ...missing.map(({ what, because }) => `  missing: ${what}: ${because}`),
    ...elsewhere.map((what) => `  not from an index: ${what}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** All of these files, and the requirements that they include, each once. */
function readAllLocks(paths: readonly string[]): LockFile[] {
  const read = new Map<string, LockFile>();
  const left = [...paths];
  for (let path = left.shift(); path !== undefined; path = left.shift()) {
    if (read.has(path)) continue;
    const { lock } = readLockFile(path);
    const folder = dirname(path);
    read.set(path, lock);
    left.push(...lock.includes.map((file) => join(folder, file)));
  }
  return [...read.values()];
}
