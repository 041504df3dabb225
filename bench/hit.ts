// `npm run bench:hit [-- --rounds N] [-- --seconds N] [-- --only TEXT] [-- --caches larder,nginx,varnish] [-- --json]`:
// answers from a warm cache, one core each, the same content, the caches in turn within one run. Needs two cores: the
// cache has one, the client (wrk) the other.
import { parseArgs } from "node:util";
import { prepareDebian } from "../conformance/python.ts";
import { type Case, cases, startOrigin, usual } from "./hit/cases.ts";
import { type Cache, caches, packages } from "./hit/servers.ts";
import { median, type Sample, wrk } from "./wrk.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    caches: { type: "string", default: "larder,nginx" },
    json: { type: "boolean", default: false },
  },
});

/** One answer, looked at: a benchmark of a wrong answer would be worth nothing. */
async function verify(cache: Cache, row: Case): Promise<void> {
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(cache.url + row.path, { headers: { ...usual, ...row.fields } });
    const { length } = await answer.bytes();
    if (answer.status !== row.status || length !== row.length)
      throw new Error(`${cache.url}${row.path}: status ${answer.status} with ${length} octets, not ${row.status}`);
  }
}

const measure = (cache: Cache, row: Case, seconds: string) =>
  wrk(cache.url + row.path, { ...usual, ...row.fields }, seconds);

const names = options.caches.split(",");
for (const name of names) await prepareDebian({ wrk: "wrk", taskset: "util-linux", ...packages[name] });
const chosen = cases.filter((row) => row.name.includes(options.only));
const origin = await startOrigin();
const running = new Map<string, Cache>();
for (const name of names) running.set(name, await caches[name]!(origin));
const samples = new Map<string, Sample[]>();
for (const row of chosen)
  for (const [name, cache] of running) {
    await verify(cache, row);
    await measure(cache, row, "1"); // to warm up
    samples.set(`${row.name} ${name}`, []);
  }
for (let round = 0; round < Number(options.rounds); round++)
  for (const row of chosen)
    for (const [name, cache] of running)
      samples.get(`${row.name} ${name}`)!.push(await measure(cache, row, options.seconds));
for (const cache of running.values()) await cache.stop();

const results = chosen.flatMap((row) =>
  names.map((name) => {
    const of = samples.get(`${row.name} ${name}`)!;
    const rates = of.map(({ perSecond }) => perSecond);
    const spread = [Math.min(...rates), Math.max(...rates)];
    return { case: row.name, cache: name, perSecond: median(rates), spread, p99: median(of.map(({ p99 }) => p99)) };
  }),
);
if (options.json) console.log(JSON.stringify(results, undefined, 2));
else
  for (const result of results) {
    const other = results.find((one) => one.case === result.case && one.cache === "nginx");
    const ratio = other === undefined ? "" : `${(result.perSecond / other.perSecond).toFixed(2)} × nginx`;
    console.log(
      `${result.case.padEnd(12)} ${result.cache.padEnd(8)} ${result.perSecond.toFixed(0).padStart(7)}/s ` +
        `(${result.spread.map((rate) => rate.toFixed(0)).join("–")})  p99 ${result.p99.toFixed(2)} ms  ${ratio}`,
    );
  }
process.exit(0);
