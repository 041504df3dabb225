// `npm run check`: types, lint and format, import directions, unused code, the ledger of requirements.
// Runs all of them, so that one run shows everything that is wrong.
import { spawnSync } from "node:child_process";

const checks: readonly [name: string, command: readonly string[]][] = [
  ["types", ["tsc", "--project", "tsconfig.json"]],
  ["lint and format", ["biome", "check", "--error-on-warnings", "."]],
  ["import directions", ["node", "scripts/check-layers.ts"]],
  ["unused code", ["knip"]],
  ["ledger of requirements", ["node", "scripts/check-ledger.ts"]],
];

const failed = checks.filter(([name, [program, ...args]]) => {
  console.log(`\n— ${name}`);
  return spawnSync(program!, args, { stdio: "inherit" }).status !== 0;
});
console.log(failed.length === 0 ? "\nall checks pass" : `\nfailed: ${failed.map(([name]) => name).join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
