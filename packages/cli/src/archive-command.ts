import { ArchiveFault, gatewaySettings, readConfig } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";
import { exit, explain } from "./exit.ts";
import { addSettings, optionValues, repeated } from "./options.ts";
import { createProgress } from "./progress.ts";

const { data } = gatewaySettings;

/** Adds what says which data folder and which mounts a command is about, as `larder gateway` has it. */
export function addArchiveOptions(command: Command): Command {
  command
    .option("--mount <PREFIX=FORMAT:WHAT>", "a mount as the gateway has it; may be repeated", repeated)
    .option("--config <FILE>", "the gateway's configuration file");
  return addSettings(command, { data }).option("--json", "print what was done as JSON");
}

/** The gateway's configuration, and who watches: a bar on a terminal, else nothing but what went wrong. */
export function archiveOptions(options: Readonly<Record<string, unknown>>) {
  const { config } = readConfig({
    options: optionValues(options, { data }),
    mounts: (options.mount ?? []) as readonly string[],
    file: options.config as string | undefined,
    interactive: false,
    folder: process.cwd(),
  });
  const progress = createProgress(process.stderr);
  const onFault = (message: string) => void process.stderr.write(`larder: ${message}\n`);
  const onStep = process.stderr.isTTY ? progress.step : () => undefined;
  return { config, watcher: { onStep, onFault }, end: progress.end };
}

/** Does the work, and ends the process with a sentence where it can't be done. */
export async function orExit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigFault) throw error;
    return exit("failed", error instanceof ArchiveFault ? error.message : explain(error));
  }
}
