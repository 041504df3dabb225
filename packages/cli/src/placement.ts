import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  checkDatabase,
  databaseStatus,
  exportState,
  importState,
  placementSettings,
  readDatabase,
  readPlacementConfig,
  startPlacement,
  upgradeDatabase,
} from "@larder/placement";
import { openLogs, untilStopped } from "@larder/server";
import type { Command } from "commander";
import { exit, exitCodes, explain } from "./exit.ts";
import { addSettings, describeSettings, optionValues } from "./options.ts";

const more = `
Example:
  larder placement --listen 127.0.0.1:8778 --database sqlite:placement.db
  openstack --os-auth-type admin_token --os-endpoint http://127.0.0.1:8778 --os-token admin resource provider list

A configuration file is TOML, with these at its top:
${describeSettings(placementSettings)}

${exitCodes}`;

/** `larder placement`: runs the service; its subcommands are the tools for its database. */
export function define(command: Command): void {
  command.option("--config <FILE>", "read more from a TOML file; the command line counts before it");
  addSettings(command, placementSettings)
    .addHelpText("after", more)
    .action((options: Record<string, unknown>) => run(options));
  const db = command.command("db").description("the tables of the database");
  tool(db, "status", "which steps the tables have taken, and which they lack", (path) => {
    const { taken, pending } = databaseStatus(path);
    print([...taken.map((name) => `taken    ${name}`), ...pending.map((name) => `pending  ${name}`)]);
    return pending.length === 0;
  });
  tool(db, "upgrade", "bring the tables up to date", (path) => {
    const steps = upgradeDatabase(path);
    print(steps.length === 0 ? ["the tables are up to date"] : steps.map((name) => `taken    ${name}`));
    return true;
  });
  tool(
    command,
    "check",
    "look a database through: broken trees, orphaned allocations, over-committed providers",
    (path) => {
      const findings = checkDatabase(path);
      print(findings.map(({ level, kind, says }) => `${level.padEnd(7)}  ${kind}: ${says}`));
      return !findings.some(({ level }) => level === "failure");
    },
  );
  tool(command, "export", "write the whole state to standard output, as lines of JSON", (path) => {
    exportState(path, (line) => process.stdout.write(line));
    return true;
  });
  const importing = command.command("import").description("fill a new database from an export");
  withDatabase(importing)
    .argument("[FILE]", "the export; standard input where none is named")
    .action(async (file: string | undefined, _: unknown, own: Command) => {
      const input = file === undefined ? process.stdin : createReadStream(file);
      const count = await orExit(() => importState(database(own), createInterface({ input })));
      process.stderr.write(`larder: ${count} facts\n`);
    });
}

/** A subcommand about the database. @param use returns whether all is well */
function tool(parent: Command, name: string, says: string, use: (path: string) => boolean): void {
  withDatabase(parent.command(name).description(says)).action(async (_: unknown, own: Command) => {
    const well = await orExit(async () => use(database(own)));
    if (!well) process.exitCode = 1;
  });
}

function withDatabase(command: Command): Command {
  const { database: setting } = placementSettings;
  return addSettings(command, { database: setting }).option("--config <FILE>", "read it from a TOML file");
}

/** The path that is named here, or further up the command line. */
const database = (command: Command): string => readDatabase(sources(command.optsWithGlobals()));

const sources = (options: Record<string, unknown>) => ({
  options: optionValues(options, placementSettings),
  file: options.config as string | undefined,
  folder: process.cwd(),
  interactive: process.stdout.isTTY === true,
  env: process.env,
});

const print = (lines: readonly string[]): void => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
};

async function orExit<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if ((error as Error).name === "ConfigFault") throw error;
    return exit("failed", explain(error));
  }
}

async function run(options: Record<string, unknown>): Promise<void> {
  const { logFormat, grace, auth, ...config } = readPlacementConfig(sources(options));
  const logs = openLogs(logFormat, { interactive: process.stdout.isTTY === true });
  process.on("exit", logs.flush);
  await orExit(async () => {
    const service = await startPlacement({ ...config, log: logs.log, access: logs.access });
    process.stderr.write(
      `larder placement listens on ${service.url}${config.prefix ?? ""}\n  database: ${config.database}\n  auth:     ${auth}\n`,
    );
    await untilStopped(
      () => service.close(grace * 1000),
      (signal) =>
        logs.log.info(`told to stop (${signal}): finishing what runs, ${grace} s at most; once more ends it at once`),
    );
  });
  process.exit(0);
}
