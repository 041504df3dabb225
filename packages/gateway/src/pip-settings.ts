import type { Machine } from "./machine.ts";
import type { NamedIndex } from "./named-index.ts";

/** What a machine's pip says. */
interface PipSays {
  /** the index that its environment variables or its configuration files name */
  readonly configured: NamedIndex | undefined;
  /** the index that it uses where nothing names one */
  readonly builtIn: NamedIndex | undefined;
}

/** Ways to start a pip, the usual first. */
export const pipPrograms: readonly (readonly [program: string, ...args: string[]])[] = [
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["pip3"],
  ["pip"],
];

/** pip's help and its settings in a form that does not depend on the terminal. */
const plain = { COLUMNS: "400", NO_COLOR: "1", PIP_NO_COLOR: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", LC_ALL: "C" };

const asked = new WeakMap<Machine, PipSays>();

/** Asks the machine's pip, once, by its public commands: `config list` for what is set, `--help` for the default. */
export function askPip(machine: Machine): PipSays {
  const before = asked.get(machine);
  if (before !== undefined) return before;
  const says = ask(machine);
  asked.set(machine, says);
  return says;
}

function ask(machine: Machine): PipSays {
  for (const [program, ...args] of [...pipPrograms, ...uvPythons(machine)]) {
    const list = machine.run(program, [...args, "config", "list"], plain);
    if (list === undefined) continue;
    const set = settingsOf(list);
    const more = { caFile: set("cert"), proxy: set("proxy") };
    const index = set("index-url");
    // without environment and files the help shows what is built in
    const isolated = { ...plain, PIP_CONFIG_FILE: machine.platform === "win32" ? "nul" : "/dev/null" };
    const help = machine.run(program, [...args, "install", "--help", "--isolated"], isolated) ?? "";
    const builtIn = /--index-url\b[\s\S]*?\(default:?\s+(https?:\/\/[^\s)]+)\)/.exec(help)?.[1];
    return {
      configured: index === undefined ? undefined : { url: index, from: "pip's configuration", ...more },
      builtIn: builtIn === undefined ? undefined : { url: builtIn, from: "pip's own default", ...more },
    };
  }
  return { configured: undefined, builtIn: undefined };
}

/**
 * Reads `pip config list`: lines such as `global.index-url='…'`, the value as Python writes a string. For installing
 * the environment counts before the section `install`, and that before `global`.
 */
function settingsOf(list: string): (name: string) => string | undefined {
  const values = new Map<string, string>();
  for (const line of list.split("\n")) {
    const match = /^([^=]+?)=(['"])(.*)\2\s*$/.exec(line);
    if (match !== null) values.set(match[1]!, match[3]!.replace(/\\(['"\\])/g, "$1"));
  }
  return (name) => {
    const found = values.get(`:env:.${name}`) ?? values.get(`install.${name}`) ?? values.get(`global.${name}`);
    return found === "" ? undefined : found;
  };
}

/** The python that uv would use: it may be the only one, and it brings a pip. */
function* uvPythons(machine: Machine): Generator<readonly [string, ...string[]]> {
  const python = machine.run("uv", ["python", "find"], {})?.trim();
  if (python) yield [python, "-m", "pip"];
}
