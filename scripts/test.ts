// `npm test [-- PATTERN …]`: runs every package's tests in one go, or only the files whose path contains a PATTERN.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const patterns = process.argv.slice(2);
const files = globSync("packages/*/test/**/*.test.ts").filter(
  (file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)),
);
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(", ") || "packages/*/test/**/*.test.ts"}`);
  process.exit(2);
}
const run = spawnSync(process.execPath, ["--import", "./scripts/seed.ts", "--test", ...files.sort()], {
  stdio: "inherit",
});
process.exit(run.status ?? 1);
