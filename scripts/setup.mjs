// Makes a checkout ready to run: installs what the lock file pins, once, and again only when that is not what is there.
// Plain JavaScript and no dependency, because it runs on whatever node the machine has, before anything is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Whether node_modules has what the lock file pins; npm notes what it has put there in a lock file of its own. */
function installed() {
  const packages = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  try {
    const there = packages("node_modules/.package-lock.json");
    return Object.entries(packages("package-lock.json")).every(
      ([path, { version, optional }]) =>
        !path.includes("node_modules/") || optional || (path in there && there[path].version === version),
    );
  } catch {
    return false; // nothing is installed yet, or the installation was cut short
  }
}

if (!installed()) {
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
}
