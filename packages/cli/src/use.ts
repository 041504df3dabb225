import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigFault } from "@larder/server";
import { type Command, Option } from "commander";
import { mountUrl, usualIndex } from "./gateway-url.ts";
import { useClients } from "./use-clients.ts";

type ClientName = keyof typeof useClients;
const names = Object.keys(useClients) as readonly ClientName[];

const more = `
CLIENT is one of ${names.join(", ")}. Without --write it prints what to do by hand. With it, the client's own commands
set this user's configuration (pip, pdm) or this project's (poetry); uv has none, and its file is edited in place. What
is set besides stays.

Example:
  larder use pip
  larder use uv --write --url https://larder.example/pypi/simple/
  larder use pip --write --url https://127.0.0.1:8080/pypi/simple/ --ca ~/.cache/larder/tls/ca.pem

Exit codes:
  0  printed, or set
  2  the command line is wrong, or the client can't be set up: why is told`;

/** `larder use`: sets up a client for a gateway. */
export function define(command: Command): void {
  command
    .argument("<CLIENT>")
    .option("--write", "set it up, instead of printing how")
    .addOption(new Option("--url <URL>", `the mount, as the client reaches it (default: ${usualIndex})`))
    .option(
      "--ca <FILE>",
      "the authority of its certificate, PEM: with larder gateway --tls own, tls/ca.pem in its data folder",
    )
    .option("--json", "print the lines as JSON")
    .addHelpText("after", more)
    .action(use);
}

interface Options {
  readonly write?: true;
  readonly url?: string;
  readonly ca?: string;
  readonly json?: true;
}

function use(client: string, options: Options): void {
  const name = names.find((one) => one === client);
  if (name === undefined)
    throw new ConfigFault(`use: expected one of ${names.join(", ")}, not ${JSON.stringify(client)}`);
  const index = new URL(`${mountUrl(options.url ?? usualIndex, "--url")}simple/`);
  const ca = options.ca === undefined ? undefined : resolve(options.ca);
  if (ca !== undefined && index.protocol === "http:")
    throw new ConfigFault("--ca: there is no certificate with http; give --url as the gateway prints it");
  if (ca !== undefined && !existsSync(ca)) throw new ConfigFault(`--ca: there is no file ${ca}`);
  const lines = useClients[name][options.write ? "write" : "lines"]({ index, ca });
  const notes = index.protocol === "http:" ? (plainHttp[name] ?? []) : [];
  if (options.json) process.stdout.write(`${JSON.stringify({ index: index.href, lines, notes }, undefined, 2)}\n`);
  else {
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    process.stderr.write(notes.map((note) => `larder: ${note}\n`).join(""));
  }
}

/** What is to be known where there is no TLS. */
const plainHttp: Readonly<Partial<Record<ClientName, readonly string[]>>> = {
  pip: [
    "pip caches nothing that comes over plain http, unless it is told --trusted-host: so that is set, too; " +
      "or run larder gateway --tls own, and give the URL that it prints, and --ca",
  ],
};
