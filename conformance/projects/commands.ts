// What people do with a project's dependencies, each by the real program, and which versions came of it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, scratch } from "../process.ts";
import { lock } from "../project-clients.ts";
import { clients, runPython } from "../python.ts";

export interface Ask {
  /** of the index, `http://127.0.0.1:…/simple/` */
  readonly index: string;
  /** the one requirement of the project */
  readonly wanted: string;
  /** the program's cache folder */
  readonly cache: string;
}

export interface Came {
  readonly done: Finished;
  /** version by project */
  readonly versions: ReadonlyMap<string, string>;
}

const settings = { UV_NO_CONFIG: "1" };

/** Pairs of a name and a version in a text; names normalised. */
function found(text: string, pattern: RegExp): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(pattern)].map(([, name, version]) => [name!.replaceAll("_", "-"), version!]));
}

const inToml = /^name = "(lib-\d+)"\nversion = "([^"]+)"/gm;
const inFileNames = /^(lib_\d+)-([^-]+?)(?:\.dist-info|-py3.*)$/gm;
const namesIn = (folder: string) => readdirSync(folder).join("\n");

/** `uv pip compile`. @param more further arguments */
export async function compile({ index, wanted, cache }: Ask, more: readonly string[] = []): Promise<Came> {
  const folder = scratch("compile");
  writeFileSync(join(folder, "requirements.in"), `${wanted}\n`);
  const where = ["--default-index", index, "--cache-dir", cache];
  const command = ["uv", "pip", "compile", "requirements.in", "--no-header", "--no-annotate", ...where, ...more];
  const done = await runPython(command, folder, settings);
  return { done, versions: found(done.stdout, /^(lib-\d+)==(\S+)/gm) };
}

/** `uv lock`, then `uv sync` of what was locked into a virtual environment. */
async function uvProject({ index, wanted, cache }: Ask, sync: boolean): Promise<Came> {
  const folder = scratch("uv-project");
  const project = `[project]\nname = "wants"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["${wanted}"]\n`;
  writeFileSync(join(folder, "pyproject.toml"), `${project}[tool.uv]\npackage = false\n`);
  const done = await runPython(
    ["uv", sync ? "sync" : "lock", "--default-index", index, "--cache-dir", cache],
    folder,
    settings,
  );
  if (done.status !== 0) return { done, versions: new Map() };
  if (!sync) return { done, versions: found(readFileSync(join(folder, "uv.lock"), "utf8"), inToml) };
  const [python] = readdirSync(join(folder, ".venv/lib"));
  return { done, versions: found(namesIn(join(folder, ".venv/lib", python!, "site-packages")), inFileNames) };
}

async function pipInstall({ index, wanted, cache }: Ask): Promise<Came> {
  const target = join(scratch("target"), "site");
  const done = await clients.pip({ index, wanted: [wanted], cache, target });
  return { done, versions: done.status === 0 ? found(namesIn(target), inFileNames) : new Map() };
}

async function pipDownload({ index, wanted, cache }: Ask): Promise<Came> {
  const folder = scratch("download");
  const where = ["--dest", folder, "--cache-dir", cache, "--index-url", index, "--trusted-host", "127.0.0.1"];
  const quiet = ["--no-input", "--disable-pip-version-check"];
  const env = { PIP_CONFIG_FILE: "/dev/null" };
  const done = await runPython(["python", "-m", "pip", "download", ...where, ...quiet, wanted], folder, env);
  return { done, versions: found(namesIn(folder), inFileNames) };
}

async function locked(name: "poetry" | "pdm", { index, wanted, cache }: Ask): Promise<Came> {
  const done = await lock(name, { index, wanted: [wanted], cache });
  return { done, versions: done.status === 0 ? found(readFileSync(done.file, "utf8"), inToml) : new Map() };
}

/** By what people type. */
export const commands: Readonly<Record<string, (ask: Ask) => Promise<Came>>> = {
  "uv pip compile": compile,
  "uv lock": (ask) => uvProject(ask, false),
  "uv sync": (ask) => uvProject(ask, true),
  "pip install": pipInstall,
  "pip download": pipDownload,
  "poetry lock": (ask) => locked("poetry", ask),
  "pdm lock": (ask) => locked("pdm", ask),
};
