import { existsSync } from "node:fs";
import { join } from "node:path";
import { openSharedSqliteStore, type SharedStore } from "@larder/cache/sqlite-shared";
import type { StoredResponse } from "@larder/core";
import type { Command } from "commander";
import { exit } from "./exit.ts";
import { print } from "./print.ts";

const more = `
FOLDER is where a program keeps its store for several processes (openSharedSqliteStore); it may be running.

Example:
  larder cache ls ~/.cache/my-tool
  larder cache rm ~/.cache/my-tool https://api.example/packages`;

/** `larder cache`: looks into a store of @larder/client, and takes things out of it. */
export function define(command: Command): void {
  command.addHelpText("after", more);
  const add = (name: string, help: string, act: (store: SharedStore, chosen: readonly string[]) => boolean) =>
    command
      .command(`${name} <FOLDER> [URL...]`)
      .description(help)
      .action((folder: string, urls: readonly string[]) =>
        withStore(folder, (store) => act(store, keysOf(store, urls))),
      );
  add("ls", "list what is stored: status, octets, when it came, URL", (store, keys) => {
    for (const stored of responses(store, keys)) {
      const came = new Date(stored.responseTime).toISOString();
      const note = stored.invalid ? "  (must be validated)" : "";
      print(`${stored.status}  ${String(stored.content.length).padStart(10)}  ${came}  ${stored.cacheKey}${note}`);
    }
    const { bytes, responses: count } = store.size();
    print(`${count} responses, ${bytes} octets`);
    return true;
  });
  add("show", "print the fields of what is stored for these URLs", (store, keys) => {
    for (const stored of responses(store, keys)) {
      print(`${stored.cacheKey}\n${stored.status}`);
      for (const [name, value] of stored.fields) print(`${name}: ${value}`);
      for (const [name, value] of stored.varying) print(`(asked with ${name}: ${value ?? "none"})`);
      print(`(sha256 ${stored.content.sha256}, ${stored.content.length} octets)\n`);
    }
    return keys.length > 0;
  });
  add("rm", "remove what is stored for these URLs; without any, everything", (store, keys) => {
    const all = responses(store, keys);
    store.remove(all);
    print(`removed ${all.length} responses`);
    return true;
  });
  add("verify", "read everything and compare it with its digest; what is damaged goes", (store, keys) => {
    const all = responses(store, keys);
    const lost = all.filter((stored) => store.open(stored) === undefined);
    print(`${all.length} responses, ${lost.length} of them damaged and removed`);
    return lost.length === 0;
  });
}

function withStore(folder: string, act: (store: SharedStore) => boolean): void {
  if (!existsSync(join(folder, "shared.sqlite")))
    exit("usage", `${folder} has no store: there is no shared.sqlite in it`);
  const onFault = ({ message }: { message: string }) => void process.stderr.write(`larder: ${message}\n`);
  const store = openSharedSqliteStore({ folder, maxBytes: Number.MAX_SAFE_INTEGER, onFault });
  let well: boolean;
  try {
    well = act(store);
  } finally {
    store.close();
  }
  if (!well) process.exitCode = 1;
}

/** The cache keys of these URLs, whatever the credentials they were asked with; all keys where none is given. */
function keysOf(store: SharedStore, urls: readonly string[]): readonly string[] {
  const keys = [...store.keys()].sort();
  return urls.length === 0 ? keys : keys.filter((key) => urls.includes(key.slice(key.lastIndexOf(" ") + 1)));
}

const responses = (store: SharedStore, keys: readonly string[]): StoredResponse[] =>
  keys.flatMap((key) => [...store.list(key)]);
