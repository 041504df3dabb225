import { ConfigFault } from "@larder/server";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { commands } from "./commands.ts";
import { exit, exitCodes } from "./exit.ts";

const program = new Command("larder")
  .description("Says correctly, over HTTP, what has changed and what has not.")
  .version(`larder ${manifest.version}`, "--version", "print the version")
  .helpOption("--help", "print this")
  .addHelpText("after", `\n${exitCodes}`)
  .configureOutput({ outputError: () => undefined })
  .exitOverride();
// commander hands the help option down to all commands of commands
for (const { name, summary, load } of commands) {
  const command = program.command(name).summary(summary).description(`${summary}.`);
  if (process.argv.includes(name)) (await load()).define(command);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ConfigFault) exit("usage", error.message);
  if (!(error instanceof CommanderError)) throw error;
  // commander has printed the help where it was asked for, or nothing else to do was named
  if (error.exitCode === 0) process.exit(0);
  if (error.code === "commander.help") process.exit(2);
  exit("usage", error.message.replace(/^error: /, "").replaceAll("\n", " "));
}
