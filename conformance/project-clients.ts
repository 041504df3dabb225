// Poetry and PDM, pinned, each run on a project of its own: they lock, and install into a virtual environment.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, run, scratch } from "./process.ts";
import { environment, type Install } from "./python.ts";
import { must, prepareVenv } from "./venv.ts";

// pdm 2.29.3 does not run with the newest of what it takes: these two are as in its own lock
const pinned = ["poetry==2.5.1", "pdm==2.29.3", "hishel==1.2.1", "unearth==0.18.2"];
let prepared: Promise<(program: string) => string> | undefined;

/** Makes `.venv-projects` with both, once. @returns the path of a program in it */
export function prepareProjectClients(): Promise<(program: string) => string> {
  prepared ??= prepareVenv(".venv-projects", pinned);
  return prepared;
}

/** What a project wants, and where from. */
export interface Wanted {
  /** of the index, `http://127.0.0.1:…/simple/` */
  readonly index: string;
  /** requirements */
  readonly wanted: readonly string[];
  /** the program's cache folder */
  readonly cache: string;
}

interface Program {
  /** of its own in pyproject.toml */
  readonly table: (index: string) => readonly string[];
  readonly lock: readonly string[];
  readonly install: readonly string[];
  readonly env: (cache: string) => Readonly<Record<string, string>>;
}

const programs = {
  poetry: {
    table: (index) => [
      "[tool.poetry]",
      "package-mode = false",
      "[[tool.poetry.source]]",
      'name = "larder"',
      `url = "${index}"`,
      'priority = "primary"',
    ],
    lock: ["lock", "--no-interaction", "-v"],
    install: ["install", "--no-interaction", "-v"],
    env: (cache) => ({ POETRY_CACHE_DIR: cache, POETRY_REQUESTS_MAX_RETRIES: "1" }),
  },
  pdm: {
    table: (index) => [
      "[tool.pdm]",
      "distribution = false",
      "[[tool.pdm.source]]",
      'name = "pypi"',
      `url = "${index}"`,
      "verify_ssl = false",
    ],
    lock: ["lock", "-v"],
    install: ["install", "--no-self", "-v"],
    env: (cache) => ({ PDM_CACHE_DIR: cache, PDM_CHECK_UPDATE: "false", PDM_IGNORE_SAVED_PYTHON: "1" }),
  },
} as const satisfies Record<string, Program>;

export type ProjectClient = keyof typeof programs;

/** Makes the project, and a virtual environment without anything in it; runs one command there. */
async function inProject(name: ProjectClient, what: "lock" | "install", { index, wanted, cache }: Wanted) {
  const bin = await prepareProjectClients();
  const { table, env, [what]: args }: Program = programs[name];
  const folder = scratch(name);
  const list = wanted.map((requirement) => JSON.stringify(requirement)).join(", ");
  const project = ["[project]", 'name = "wants"', 'version = "1"', 'requires-python = ">=3.9,<4"'];
  const text = [...project, `dependencies = [${list}]`, ...table(index), ""].join("\n");
  writeFileSync(join(folder, "pyproject.toml"), text);
  const venv = join(folder, ".venv");
  await must([bin("python"), "-m", "venv", "--without-pip", venv], "is python3-venv installed?");
  const own = { ...environment, ...env(cache), VIRTUAL_ENV: venv, PATH: `${join(venv, "bin")}:${environment.PATH}` };
  const done = await run([bin(name), ...args], { env: own, cwd: folder, seconds: 300 });
  return { done, folder, venv };
}

/** Locks a project. @returns how it went, and where the lock file is */
export async function lock(name: ProjectClient, wanted: Wanted): Promise<Finished & { readonly file: string }> {
  const { done, folder } = await inProject(name, "lock", wanted);
  return { ...done, file: join(folder, `${name}.lock`) };
}

/** Locks and installs, as a client of the fault table. */
export const installer =
  (name: ProjectClient) =>
  async ({ target, ...wanted }: Install): Promise<Finished> => {
    const { done, venv } = await inProject(name, "install", wanted);
    const { stdout } = await run([join(venv, "bin/python"), "-c", "import site; print(site.getsitepackages()[0])"]);
    mkdirSync(join(target, ".."), { recursive: true });
    renameSync(stdout.trim(), target);
    return done;
  };
