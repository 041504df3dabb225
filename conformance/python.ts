// The real Python clients, pinned, in a virtual environment of the checkout's own; and Debian's programs where needed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Finished, root, run, scratch } from "./process.ts";
import { must, prepareVenv } from "./venv.ts";

const pinned = ["uv==0.13.9", "pip==26.3", "twine==7.0.0"];
const folder = join(root, ".venv");
/** The path of a program there. */
export const bin = (program: string) => join(folder, "bin", program);

/** Makes `.venv` with the pinned uv, pip and twine, once, and again only when a pin changes. */
export async function preparePython(): Promise<void> {
  await prepareVenv(".venv", pinned);
}

/** Installs Debian packages whose program is missing. @throws when that is not possible, with what to do by hand */
export async function prepareDebian(programs: Readonly<Record<string, string>>): Promise<void> {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin"];
  const missing = Object.entries(programs).filter(([program]) => !folders.some((at) => existsSync(join(at, program))));
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  const advice = `install ${names.join(" and ")} by hand (apt-get install ${names.join(" ")}), as root`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw new Error(`programs are missing: ${advice}`);
  console.error(`larder: installing ${names.join(", ")} with apt-get (once) …`);
  // Run level 1 keeps Debian's scripts from starting the servers that they install.
  const env = { ...(process.env as Record<string, string>), DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await must(["apt-get", "update", "-qq"], advice, env);
  await must(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...names], advice, env);
}

export interface Install {
  /** of the index, `http://127.0.0.1:…/simple/` */
  readonly index: string;
  /** requirements */
  readonly wanted: readonly string[];
  /** its cache folder */
  readonly cache: string;
  /** where to install to; new or empty */
  readonly target: string;
  /** further arguments */
  readonly args?: readonly string[];
}

/** How a client installs: a clean environment, so that no setting of the machine has a say. */
export type Client = (install: Install) => Promise<Finished>;

const home = scratch("home");
export const environment = { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, HOME: home, LC_ALL: "C.UTF-8" };

/**
 * Runs a program of `.venv` in a clean environment.
 * @param environs what its environment has besides
 */
export function runPython(
  [program, ...args]: readonly string[],
  cwd: string,
  environs: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return run([bin(program!), ...args], { cwd, env: { ...environment, UV_NO_PROGRESS: "1", ...environs } });
}

async function uv({ index, wanted, cache, target, args = [] }: Install): Promise<Finished> {
  const where = ["--target", target, "--cache-dir", cache, "--index-url", index, "--python", bin("python")];
  const env = { ...environment, UV_NO_CONFIG: "1", UV_NO_PROGRESS: "1", UV_HTTP_RETRIES: "1" };
  return run([bin("uv"), "pip", "install", "-v", ...where, ...args, ...wanted], { env, cwd: home });
}

async function pip({ index, wanted, cache, target, args = [] }: Install): Promise<Finished> {
  // pip keeps nothing that came over plain http from a host that it was not told to trust
  const where = ["--target", target, "--cache-dir", cache, "--index-url", index, "--trusted-host", "127.0.0.1"];
  const quiet = ["--no-input", "--disable-pip-version-check", "--no-compile", "--retries", "1", "--timeout", "60"];
  const env = { ...environment, PIP_CONFIG_FILE: "/dev/null" };
  return run([bin("python"), "-m", "pip", "install", "-v", ...where, ...quiet, ...args, ...wanted], { env, cwd: home });
}

export const clients: Readonly<Record<"uv" | "pip", Client>> = { uv, pip };
