// `npm run conformance:osc`: the real `openstack resource provider …` command line says the same against Larder and
// against the real Placement service, which is started beside it.
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { preparePlacement } from "./placement-python.ts";
import { root, run, scratch, start } from "./process.ts";

const shared = join(root, "../shared/placement");
if (!existsSync(shared)) {
  console.error(`the script is missing: ${shared}. It comes with the folder shared/ beside the checkout.`);
  process.exit(1);
}
const venv = await preparePlacement();
const folder = scratch("placement-osc");
const ports = { larder: 21603, real: 21604 };

const larder = await start(
  [
    process.execPath,
    join(root, "packages/cli/src/larder.ts"),
    "placement",
    "--listen",
    `127.0.0.1:${ports.larder}`,
    "--database",
    "sqlite::memory:",
  ],
  `http://127.0.0.1:${ports.larder}/`,
);
// the scripts write beside themselves
cpSync(shared, folder, { recursive: true });
const starter = ["bash", join(folder, "start-real.sh"), "--port", String(ports.real), "--workers", "1"];
const env = { ...(process.env as Record<string, string>), VENV: venv, OS: join(venv, "bin/openstack") };
const started = await run(starter, { env, seconds: 120 });
if (started.status !== 0) throw new Error(`the real service did not start:\n${started.output}`);

const smoke = async (port: number): Promise<string> => {
  const done = await run(["bash", join(shared, "osc-smoke.sh"), `http://127.0.0.1:${port}`], { env, seconds: 300 });
  return done.output;
};
const [ours, real] = [await smoke(ports.larder), await smoke(ports.real)];
await run([...starter, "--stop"], { env });
await larder.stop();

const lines = ours.split("\n");
const different = real
  .split("\n")
  .flatMap((line, i) => (line === lines[i] ? [] : [`real: ${line}\nours: ${lines[i]}`]));
const commands = lines.filter((line) => line.startsWith("$ openstack")).length;
console.log(different.length === 0 ? `${commands} commands, same output` : different.join("\n"));
process.exit(different.length === 0 && commands > 15 && ours.length === real.length ? 0 : 1);
