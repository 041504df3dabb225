import { normalizeName } from "@larder/formats";
import { type Change, change, type Hosted, type HostedFile } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import type { Command } from "commander";
import { exit, exitCodes } from "./exit.ts";
import { addHostedCommand, type HostedOptions, prefixOf, withHosted } from "./hosted-folder.ts";
import { printTable } from "./print.ts";

const more = `
VERSION-OR-FILE is one file's name, or a version: all its files. The gateway may be running: clients see the change at
their next request. What is deleted leaves a trace, so that its name is never used again.

Examples:
  larder hosted ls --data /srv/larder acme-web
  larder hosted yank --data /srv/larder acme-web 1.4.1 --reason "breaks on Windows"
  larder hosted delete --data /srv/larder acme-web acme_web-1.4.1-py3-none-any.whl

${exitCodes}`;

interface ChangeOptions extends HostedOptions {
  readonly reason?: string;
}

/** `larder hosted`: looks at the packages of hosted mounts, and yanks, unyanks, deletes them. */
export function define(command: Command): void {
  command.addHelpText("after", more);
  const add = (name: string, help: string) =>
    addHostedCommand(command, name, help).option(
      "--mount <PREFIX>",
      "the hosted mount; may be left out where there is only one",
    );
  add("ls", "list projects, or the files of one: version, octets, upload, state, name")
    .argument("[PROJECT]")
    .action(list);
  const what = (name: Change["act"], help: string) =>
    add(name, help)
      .argument("<PROJECT>")
      .argument("<VERSION-OR-FILE>")
      .action((project: string, target: string, options: ChangeOptions) =>
        run({ act: name, project, what: target }, options),
      );
  what("yank", "let installers pass files over, unless they are asked for by exact version (PEP 592)").option(
    "--reason <TEXT>",
    "shown by installers",
  );
  what("unyank", "take a yank back");
  what("delete", "delete files for good");
}

function list(project: string | undefined, options: HostedOptions): void {
  withHosted(options.data, false, (hosted) => {
    const space = spaceOf(hosted, options);
    if (project === undefined) {
      const names = hosted.packages.projects(space);
      return printTable(
        names.map((name) => ({ name })),
        names.map((name) => [name]),
        options.json ?? false,
      );
    }
    const files = hosted.packages.files(space, normalizeName(project));
    if (files.length === 0) exit("failed", `${space} has no project ${project}`);
    printTable(files, files.map(row), options.json ?? false);
  });
}

const row = (file: HostedFile): string[] => [
  file.version,
  String(file.size),
  new Date(file.uploaded).toISOString(),
  file.deleted !== undefined ? "deleted" : file.yanked === false ? "" : "yanked",
  file.filename,
  typeof file.yanked === "string" && file.deleted === undefined ? `(${file.yanked})` : "",
];

function run(asked: Change, options: ChangeOptions): void {
  withHosted(options.data, false, (hosted) => {
    const space = spaceOf(hosted, options);
    const changed = change(hosted, space, asked, options.reason ?? "", Date.now());
    if (changed.length === 0) exit("failed", `${space} has no file and no version ${asked.what} of ${asked.project}`);
    printTable(
      changed,
      changed.map(({ filename }) => [asked.act, filename]),
      options.json ?? false,
    );
  });
}

/** @throws {ConfigFault} where it isn't clear which mount is meant */
function spaceOf({ packages }: Hosted, { mount }: HostedOptions): string {
  if (mount !== undefined) return prefixOf(mount);
  const [only, ...others] = packages.spaces();
  if (only === undefined || others.length > 0)
    throw new ConfigFault(
      `--mount: say which mount is meant; there is ${[only, ...others].join(", ") || "nothing yet"}`,
    );
  return only;
}
