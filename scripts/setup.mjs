// Makes a checkout ready to run: installs what the lock file pins, once, and again only when the lock file changes.
// Plain JavaScript and no dependency, because it runs on whatever node the machine has, before anything is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".larder-installed");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;

if (!installed) {
  console.error("larder: installing what package-lock.json pins (once; about half a minute) …");
  const npm = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (npm.status !== 0) {
    console.error("larder: 'npm ci' failed; its message is above. Run it by hand in this folder to see all of it.");
    process.exit(1);
  }
  const version = execFileSync(join(root, "node_modules", ".bin", "node"), ["--version"], { encoding: "utf8" });
  if (Number(version.slice(1).split(".")[0]) < 24) {
    console.error(
      `larder: the pinned node did not install (node_modules/.bin/node is ${version.trim()}, 24 is needed).`,
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
