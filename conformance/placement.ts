// `npm run conformance:placement [-- GABBI-LIVE OPTIONS]`: the public suite of OpenStack Placement (79 files, 1316
// requests, from the PyPI wheel) over HTTP against `larder placement`, in all five configurations that it needs.
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { preparePlacement } from "./placement-python.ts";
import { root, run } from "./process.ts";

const driver = join(root, "../shared/placement/gabbi-live.py");
if (!existsSync(driver)) {
  console.error(`the suite's driver is missing: ${driver}. It comes with the folder shared/ beside the checkout.`);
  process.exit(1);
}
const venv = await preparePlacement();
const [gabbits] = globSync(join(venv, "lib/python3*/site-packages/placement/tests/functional/gabbits"));
const reset = `${process.execPath} ${join(root, "conformance/placement-reset.ts")}`;
const options = process.argv.slice(2);
const done = await run(
  [
    join(venv, "bin/python"),
    driver,
    "--base",
    "http://127.0.0.1:8778",
    "--gabbits",
    gabbits!,
    "--reset",
    reset,
    "-v",
    ...options,
  ],
  { seconds: 1800 },
);
process.stdout.write(done.output);
const last = done.stdout.trimEnd().split("\n").at(-1);
const all = options.length === 0;
if (all && last !== "1316 passed, 0 failed") console.error(`expected 1316 passed, 0 failed; got ${last}`);
process.exit(done.status === 0 && (!all || last === "1316 passed, 0 failed") ? 0 : 1);
