// `npm run conformance:faults [-- --only TEXT] [-- --client uv|pip] [-- --json] [-- --direct] [-- --verbose]`:
// the real uv and pip, for some rows Poetry and PDM, too, install through Larder from an upstream that is wrong in every
// way of upstream/faults.ts.
// A row passes when each of its steps shows what is expected of it. `--direct` leaves Larder out, for comparison.
import { parseArgs } from "node:util";
import { type Case, cases } from "./faults/cases.ts";
import { usual } from "./faults/clients.ts";
import { type Report, runCase } from "./faults/run.ts";
import { preparePython } from "./python.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    client: { type: "string" },
    json: { type: "boolean", default: false },
    direct: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

await preparePython();
const chosen = cases.filter((row) => row.fault.includes(options.only));
const queue: (() => Promise<void>)[] = [];
const reports: Report[] = [];
for (const row of chosen)
  for (const client of (row.clients ?? usual).filter((name) => (options.client ?? name) === name))
    queue.push(async () => {
      const report = await runCase(row, client, options.direct);
      reports.push(report);
      if (!options.json) print(row, report);
    });
const started = performance.now();
await Promise.all(
  [1, 2, 3].map(async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  }),
);

const failed = reports.filter((report) => report.faults.length > 0);
if (options.json) console.log(JSON.stringify(reports, undefined, 2));
else {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${reports.length - failed.length} passed, ${failed.length} failed (${seconds} s)`);
}
process.exit(failed.length === 0 && reports.length > 0 ? 0 : 1);

/** One line a case; what is wrong with it below. */
function print(row: Case, { client, steps, faults, seconds, log }: Report): void {
  const shown = Object.entries(steps).map(([step, version]) => `${step} ${version}`);
  const verdict = faults.length === 0 ? "pass" : "FAIL";
  console.log(`${verdict}  ${row.fault.padEnd(45)} ${client.padEnd(6)} ${shown.join("  ")}  (${seconds.toFixed(1)} s)`);
  for (const fault of faults) console.log(`      ${fault}`);
  if (options.verbose && faults.length > 0) console.log(log);
}
