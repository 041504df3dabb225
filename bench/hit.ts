// `npm run bench:hit [-- --rounds N] [-- --seconds N] [-- --only TEXT] [-- --caches larder,nginx,varnish] [-- --json]
// [-- --workers 2]`: answers from a warm cache, misses and validations, one core each, the same content, the caches in turn within one run. Needs two cores: the
// cache has one, the client (wrk) the other; caches of several workers and their client share both.
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { prepareDebian } from "../conformance/python.ts";
import { type Case, cases, type Origin, startOrigin, usual } from "./hit/cases.ts";
import { type Cache, caches, packages, prefixOf } from "./hit/servers.ts";
import { median, processorSeconds, type Sample, wrk } from "./wrk.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    caches: { type: "string", default: "larder,nginx" },
    workers: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

/** One answer, looked at: a benchmark of a wrong answer would be worth nothing. */
async function verify(cache: Cache, row: Case): Promise<void> {
  // a condition of the first request would be the origin's to judge, and nothing be stored
  await (await fetch(cache.url + row.path, { headers: usual })).bytes();
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(cache.url + row.path, { headers: { ...usual, ...row.fields } });
    const { length } = await answer.bytes();
    if (answer.status !== row.status || length !== row.length)
      throw new Error(`${cache.url}${row.path}: status ${answer.status} with ${length} octets, not ${row.status}`);
  }
}

interface Measured extends Sample {
  /** microseconds of the cache's processor time for one request */
  readonly cost: number;
  /** share of the requests that the upstream answered as the case says */
  readonly forwarded: number;
}

let run = 0;
const workers = Number(options.workers);
const shared = workers > 1 ? [prefixOf(workers)] : [];

async function measure(cache: Cache, row: Case, seconds: string): Promise<Measured> {
  const before = processorSeconds(cache.pid);
  const asked = row.upstream && origin.answered(row.upstream);
  const sample = await wrk(cache.url + row.path, { ...usual, ...row.fields }, seconds, row.script?.(++run), ...shared);
  const cost = ((processorSeconds(cache.pid) - before) / sample.requests) * 1e6;
  const forwarded = asked === undefined ? 0 : (origin.answered(row.upstream!) - asked) / sample.requests;
  return { ...sample, cost, forwarded };
}

/** Until what is to be validated is stored. */
async function warm(cache: Cache, row: Case): Promise<void> {
  for (let time = 0; time < 10; time++) {
    const before = origin.answered(200);
    await measure(cache, row, "3");
    if (row.upstream !== 304 || origin.answered(200) === before) return;
  }
}

const names = options.caches.split(",");
for (const name of names) await prepareDebian({ wrk: "wrk", taskset: "util-linux", ...packages[name] });
const chosen = cases.filter((row) => row.name.includes(options.only));
const origin: Origin = await startOrigin();
const running = new Map<string, Cache>();
for (const name of names) running.set(name, await caches[name]!(origin.url, workers));
const samples = new Map<string, Measured[]>();
for (const row of chosen)
  for (const [name, cache] of running) {
    await verify(cache, row);
    await warm(cache, row);
    samples.set(`${row.name} ${name}`, []);
  }
for (let round = 0; round < Number(options.rounds); round++)
  for (const row of chosen)
    for (const [name, cache] of running) {
      // what was validated in the round before has to be stale again
      if (row.upstream === 304) await delay(2100);
      const sample = await measure(cache, row, options.seconds);
      if (row.upstream !== undefined && sample.forwarded < 0.95)
        throw new Error(`${name}, ${row.name}: the upstream was asked for ${sample.forwarded} of the requests only`);
      samples.get(`${row.name} ${name}`)!.push(sample);
    }
for (const cache of running.values()) await cache.stop();

const results = chosen.flatMap((row) =>
  names.map((name) => {
    const of = samples.get(`${row.name} ${name}`)!;
    const rates = of.map(({ perSecond }) => perSecond);
    const spread = [Math.min(...rates), Math.max(...rates)];
    const middle = (pick: (sample: Measured) => number) => median(of.map(pick));
    return {
      case: row.name,
      cache: name,
      perSecond: median(rates),
      spread,
      cost: middle((one) => one.cost),
      p99: middle((one) => one.p99),
    };
  }),
);
if (options.json) console.log(JSON.stringify(results, undefined, 2));
else
  for (const { case: name, cache, perSecond, spread, cost, p99 } of results) {
    const other = results.find((one) => one.case === name && one.cache === "nginx");
    const ratio = other === undefined ? "" : `${(perSecond / other.perSecond).toFixed(2)} × nginx`;
    const cheaper = other === undefined ? "" : `${(other.cost / cost).toFixed(2)} × nginx`;
    console.log(
      `${name.padEnd(32)} ${cache.padEnd(8)} ${perSecond.toFixed(0).padStart(7)}/s ` +
        `(${spread.map((rate) => rate.toFixed(0)).join("–")}) ${ratio}  p99 ${p99.toFixed(2)} ms  ` +
        `${cost.toFixed(1)} µs of processor time each, that is ${cheaper}`,
    );
  }
process.exit(0);
