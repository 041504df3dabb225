// The real OpenStack Placement, its suite's runner and its command line, pinned, in a virtual environment of their own.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.ts";

const pinned = [
  "openstack-placement==16.0.0",
  "gabbi==4.2.3",
  "gunicorn",
  "python-openstackclient",
  "osc-placement==4.9.1",
];

/** @returns the folder of the virtual environment */
export const preparePlacement = (): Promise<string> => prepareVenv(".venv-placement", pinned);

/** Makes a virtual environment in the checkout once, and again only when a pin changes. @returns its folder */
export async function prepareVenv(name: string, pins: readonly string[]): Promise<string> {
  const folder = join(root, name);
  const stamp = join(folder, ".larder-installed");
  const wanted = pins.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;
  console.error(`larder: making ${name} with ${pins.join(", ")} (once; about a minute) …`);
  rmSync(folder, { recursive: true, force: true });
  for (const command of [
    ["python3", "-m", "venv", folder],
    [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...pins],
  ]) {
    const done = await run(command, { seconds: 900 });
    if (done.status !== 0) throw new Error(`${command.join(" ")} failed:\n${done.output}`);
  }
  writeFileSync(stamp, wanted);
  return folder;
}
