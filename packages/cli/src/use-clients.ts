import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { withDefaultIndex } from "@larder/formats";
import { pipPrograms, thisMachine, uvFiles } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import { replaceFile } from "./replace-file.ts";

/** How a client is told to use an index. */
interface UseClient {
  /** What a person does by hand, a line each. */
  readonly lines: (index: URL) => readonly string[];
  /**
   * Does it, without losing what is set besides.
   * @returns what was done, a line each
   * @throws {ConfigFault} with a sentence, when it can't be done
   */
  readonly write: (index: URL) => readonly string[];
}

/** Asks a client's own program; undefined where it says nothing, or isn't there. */
type Ask = (...args: readonly string[]) => string | undefined;

/** A client that edits its configuration itself. @param commands the arguments of each command that does it */
function byCommands(
  programs: readonly (readonly [string, ...string[]])[],
  commands: (index: URL, ask: Ask) => readonly (readonly string[])[],
): UseClient {
  const find = () => programs.find(([program, ...args]) => run(program, [...args, "--version"]).status === 0);
  const usual = programs.at(-1)!;
  const commandsFor = (index: URL, found: readonly [string, ...string[]] = usual) => {
    const [program, ...own] = found;
    const ask: Ask = (...args) => {
      const { status, stdout } = run(program, [...own, ...args]);
      return status === 0 ? stdout.trim() : undefined;
    };
    return commands(index, ask).map((args) => [program, ...own, ...args]);
  };
  return {
    lines: (index) => commandsFor(index, find()).map(shown),
    write(index) {
      const found = find();
      if (found === undefined) throw new ConfigFault(`${usual.join(" ")} is not installed here`);
      return commandsFor(index, found).map(([program, ...args]) => {
        const { status, output } = run(program!, args);
        const command = shown([program!, ...args]);
        if (status !== 0) throw new ConfigFault(`${command} failed: ${output.trim().split("\n").at(-1)}`);
        return command;
      });
    },
  };
}

/** Milliseconds that a program may take to start: Poetry takes seconds. */
const patience = 60_000;

function run(program: string, args: readonly string[]) {
  const ended = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: patience });
  const [stdout, stderr] = [ended.stdout ?? "", ended.stderr ?? ""];
  return { status: ended.status, stdout, output: stdout + stderr };
}

const shown = (command: readonly string[]) =>
  command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");

const isLoopback = ({ hostname }: URL) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/** pip's hosts that need no TLS, this one among them. */
function trusted({ hostname }: URL, ask: Ask): string {
  const before = (ask("config", "--user", "get", "global.trusted-host") ?? "").split(/\s+/).filter(Boolean);
  return [...new Set([...before, hostname])].join(" ");
}

const uv: UseClient = {
  lines: (index) => [`# in ${uvFile()}:`, "[[index]]", `url = ${JSON.stringify(index.href)}`, "default = true"],
  write(index) {
    const file = uvFile();
    let before = "";
    try {
      before = readFileSync(file, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") throw new ConfigFault(`${file} can't be read (${code})`);
    }
    const edited = withDefaultIndex(before, index.href);
    if ("fault" in edited) throw new ConfigFault(`${file}: ${edited.fault}`);
    if (edited.text === before) return [`${file} says so already`];
    try {
      mkdirSync(dirname(file), { recursive: true });
      replaceFile(file, edited.text);
    } catch (error) {
      throw new ConfigFault(`${file} can't be written (${(error as NodeJS.ErrnoException).code})`);
    }
    return [`${file}: its default index is ${index.href}`];
  },
};

/** The user's own; uv has no command that sets it. */
const uvFile = (): string => uvFiles(thisMachine())[0]!;

/** The clients there are; a new one is a line here. */
export const useClients = {
  uv,
  pip: byCommands(pipPrograms, (index, ask) => [
    ["config", "--user", "set", "global.index-url", index.href],
    ...(index.protocol === "http:" ? [["config", "--user", "set", "global.trusted-host", trusted(index, ask)]] : []),
  ]),
  // of one project: Poetry has no source for all
  poetry: byCommands([["poetry"]], (index) => [["source", "add", "--priority=primary", "larder", index.href]]),
  pdm: byCommands([["pdm"]], (index) => [
    ["config", "pypi.url", index.href],
    ...(index.protocol === "http:" && !isLoopback(index) ? [["config", "pypi.verify_ssl", "false"]] : []),
  ]),
} as const satisfies Record<string, UseClient>;
