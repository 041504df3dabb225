// `npm run placement:gabbi-reset`: (re)starts an empty Placement service on port 8778, configured as GABBI_PROFILE says,
// and leaves it running. It stops the one that it started before, found by its pid file; nothing else.
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { defaultRules } from "@larder/placement";
import { root } from "./process.ts";

const port = Number(process.env.PLACEMENT_PORT ?? 8778);
const folder = join(root, ".larder", `placement-${port}`);
const pidFile = join(folder, "pid");
const url = `http://127.0.0.1:${port}/`;

const openPolicy = Object.keys(defaultRules)
  .map((rule) => `${JSON.stringify(rule)}: "@"\n`)
  .join("");

/** Command-line options of each profile of the suite. */
const profiles: Readonly<Record<string, readonly string[]>> = {
  default: [],
  "legacy-rbac": [],
  "secure-rbac": ["--new-defaults"],
  "open-policy": ["--policy-file", join(folder, "open-policy.yaml")],
  cors: ["--cors-origin", "http://valid.example.com", "--cors-headers", "openstack-api-version"],
};

const profile = process.env.GABBI_PROFILE ?? "default";
const options = profiles[profile];
if (options === undefined) {
  console.error(`GABBI_PROFILE: there is no profile ${profile}; there are ${Object.keys(profiles).join(", ")}`);
  process.exit(2);
}

await stop();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "open-policy.yaml"), openPolicy);
const log = openSync(join(folder, "log"), "a");
const larder = join(root, "packages/cli/src/larder.ts");
const args = ["placement", "--listen", `127.0.0.1:${port}`, "--database", `sqlite:${join(folder, "placement.db")}`];
const child = spawn(process.execPath, [larder, ...args, ...options], { detached: true, stdio: ["ignore", log, log] });
child.unref();
writeFileSync(pidFile, String(child.pid));
for (let tries = 0; !(await answers()); tries++) {
  if (child.exitCode !== null || tries > 1000) {
    console.error(readFileSync(join(folder, "log"), "utf8") || `the service does not answer on ${url}`);
    process.exit(1);
  }
  await delay(10);
}
process.exit(0);

/** Ends what the pid file names, if that is still a Placement service of ours. */
async function stop(): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile, "utf8"));
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("placement")) return;
    process.kill(pid, "SIGKILL");
  } catch {
    return;
  }
  while (await answers()) await delay(10);
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
