import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { withDefaultIndex } from "@larder/formats";
import { pipPrograms, thisMachine, uvFiles } from "@larder/gateway";
import { ConfigFault } from "@larder/server";
import { replaceFile } from "./replace-file.ts";

/** Which index, and the file with the authority of its certificate where nobody knows that. */
interface Wanted {
  readonly index: URL;
  /** an absolute path */
  readonly ca: string | undefined;
}

/** How a client is told to use an index. */
interface UseClient {
  /** What a person does by hand, a line each. */
  readonly lines: (wanted: Wanted) => readonly string[];
  /**
   * Does it, without losing what is set besides.
   * @returns what was done, a line each
   * @throws {ConfigFault} with a sentence, when it can't be done
   */
  readonly write: (wanted: Wanted) => readonly string[];
}

/** Asks a client's own program; undefined where it says nothing, or isn't there. */
type Ask = (...args: readonly string[]) => string | undefined;

/** A client that edits its configuration itself. @param commands the arguments of each command that does it */
function byCommands(
  programs: readonly (readonly [string, ...string[]])[],
  commands: (wanted: Wanted, ask: Ask) => readonly (readonly string[])[],
): UseClient {
  const find = () => programs.find(([program, ...args]) => run(program, [...args, "--version"]).status === 0);
  const usual = programs.at(-1)!;
  const commandsFor = (wanted: Wanted, found: readonly [string, ...string[]] = usual) => {
    const [program, ...own] = found;
    const ask: Ask = (...args) => {
      const { status, stdout } = run(program, [...own, ...args]);
      return status === 0 ? stdout.trim() : undefined;
    };
    return commands(wanted, ask).map((args) => [program, ...own, ...args]);
  };
  return {
    lines: (wanted) => commandsFor(wanted, find()).map(shown),
    write(wanted) {
      const found = find();
      if (found === undefined) throw new ConfigFault(`${usual.join(" ")} is not installed here`);
      return commandsFor(wanted, found).map(([program, ...args]) => {
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
  lines: ({ index, ca }) => [
    `# in ${uvFile()}:`,
    "[[index]]",
    `url = ${JSON.stringify(index.href)}`,
    "default = true",
    ...(ca === undefined ? [] : ["# in the environment:", `export SSL_CERT_FILE=${shown([ca])}`]),
  ],
  write({ index, ca }) {
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
    const more = ca === undefined ? [] : [`no file of uv's can name ${ca}; set SSL_CERT_FILE=${shown([ca])}`];
    if (edited.text === before) return [`${file} says so already`, ...more];
    try {
      mkdirSync(dirname(file), { recursive: true });
      replaceFile(file, edited.text);
    } catch (error) {
      throw new ConfigFault(`${file} can't be written (${(error as NodeJS.ErrnoException).code})`);
    }
    return [`${file}: its default index is ${index.href}`, ...more];
  },
};

/** The user's own; uv has no command that sets it. */
const uvFile = (): string => uvFiles(thisMachine())[0]!;

/** The clients there are; a new one is a line here. */
export const useClients = {
  uv,
  pip: byCommands(pipPrograms, ({ index, ca }, ask) => [
    ["config", "--user", "set", "global.index-url", index.href],
    ...(index.protocol === "http:" ? [["config", "--user", "set", "global.trusted-host", trusted(index, ask)]] : []),
    ...(ca === undefined ? [] : [["config", "--user", "set", "global.cert", ca]]),
  ]),
  // of one project: Poetry has no source for all
  poetry: byCommands([["poetry"]], ({ index, ca }) => [
    ["source", "add", "--priority=primary", "larder", index.href],
    ...(ca === undefined ? [] : [["config", "certificates.larder.cert", ca]]),
  ]),
  pdm: byCommands([["pdm"]], ({ index, ca }) => [
    ["config", "pypi.url", index.href],
    ...(index.protocol === "http:" && !isLoopback(index) ? [["config", "pypi.verify_ssl", "false"]] : []),
    ...(ca === undefined ? [] : [["config", "pypi.ca_certs", ca]]),
  ]),
} as const satisfies Record<string, UseClient>;
