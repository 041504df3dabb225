// Python programs, pinned, each set in a virtual environment of the checkout's own.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.ts";

/**
 * Makes a virtual environment, once, and again only when a pin changes.
 * @param name of its folder in the checkout; `.venv` or `.venv-…`, which git doesn't see
 * @param pinned requirements, `name==version`
 * @returns the path of a program in it
 * @throws when it can't be made, with what to do by hand
 */
export async function prepareVenv(name: string, pinned: readonly string[]): Promise<(program: string) => string> {
  const folder = join(root, name);
  const bin = (program: string) => join(folder, "bin", program);
  const stamp = join(folder, ".larder-installed");
  const wanted = pinned.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return bin;
  console.error(`larder: making ${name} with ${pinned.join(", ")} (once; about half a minute) …`);
  rmSync(folder, { recursive: true, force: true });
  await must(["python3", "-m", "venv", folder], "is python3 with its venv module installed (Debian: python3-venv)?");
  await must([bin("pip"), "install", "--quiet", "--disable-pip-version-check", ...pinned], "is an index reachable?");
  writeFileSync(stamp, wanted);
  return bin;
}

/**
 * Runs a program that has to succeed.
 * @param advice what may be wrong, for the message
 */
export async function must(
  command: readonly string[],
  advice: string,
  env?: Readonly<Record<string, string>>,
): Promise<void> {
  const done = await run(command, { seconds: 600, ...(env === undefined ? {} : { env }) });
  if (done.status !== 0) throw new Error(`${command.join(" ")} failed; ${advice}\n${done.output}`);
}
