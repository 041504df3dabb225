// `npm run bench:index [-- --rounds N] [-- --seconds N] [-- --latency MS] [-- --servers larder,nginx,…] [-- --json]`: what a
// project of 85 packages costs through Larder and its peers, in front of the same index, in turn within one run. uv resolves
// and installs with nothing stored anywhere, then with a server that has all, then with a client that has all, too; and
// a big page and a wheel of 1 MB are asked for as fast as can be. Times also as a ratio to the index itself.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scratch } from "../conformance/process.ts";
import { type Came, compile } from "../conformance/projects/commands.ts";
import { clients, prepareDebian, preparePython } from "../conformance/python.ts";
import { big, heavy, jsonType, tree } from "./index/content.ts";
import { type Server, servers, startIndex, startStatic } from "./index/servers.ts";
import { median, wrk } from "./wrk.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    latency: { type: "string", default: "50" },
    servers: { type: "string", default: Object.keys(servers).join(",") },
    json: { type: "boolean", default: false },
  },
});

/** Of each measure and server, a number for each round. */
const samples = new Map<string, Map<string, number[]>>();

function note(measure: string, server: string, value: number): void {
  const of = samples.get(measure) ?? new Map<string, number[]>();
  samples.set(measure, of.set(server, [...(of.get(server) ?? []), value]));
}

/** @returns seconds; a benchmark of a wrong answer would be worth nothing */
async function resolved(index: string, cache: string): Promise<number> {
  const { done, versions }: Came = await compile({ index, wanted: tree.root, cache });
  if (versions.size !== tree.chosen.size) throw new Error(`${index}: ${versions.size} packages\n${done.output}`);
  return done.seconds;
}

async function installed(index: string, cache: string): Promise<number> {
  const target = join(scratch("target"), "site");
  const done = await clients.uv({ index, wanted: [tree.root], cache, target });
  if (done.status !== 0) throw new Error(`${index}: ${done.output.slice(-2000)}`);
  return done.seconds;
}

/** What uv needs: both programs, each with nothing stored, with a server that has all, and with a client that has all. */
async function measureClients(name: string, index: string): Promise<void> {
  for (const [what, run] of [
    ["uv pip compile", resolved],
    ["uv pip install", installed],
  ] as const) {
    const server = await servers[name]!(index);
    try {
      note(`${what}, all cold (s)`, name, await run(server.index, scratch("cache")));
      const cache = scratch("cache");
      note(`${what}, warm server (s)`, name, await run(server.index, cache));
      note(`${what}, warm client (s)`, name, await run(server.index, cache));
    } finally {
      await server.stop();
    }
  }
}

/** Where a server says that the only file of a project is. */
async function fileOf(index: string, project: string): Promise<string> {
  const page = `${index}${project}/`;
  const text = await (await fetch(page, { headers: { accept: `${jsonType}, text/html;q=0.1` } })).text();
  const [, link] = /(?:"url": ?|href=)"([^"#]+\.whl)/.exec(text) ?? [];
  if (link === undefined) throw new Error(`${page} links no wheel: ${text.slice(0, 500)}`);
  return new URL(link, page).href;
}

/** Requests per second: the big page whole, as a 304, and with gzip; and the wheel. */
async function measureRequests(name: string, { index }: Server): Promise<void> {
  const page = `${index}${big}/`;
  const accept = { accept: jsonType };
  const { headers } = await fetch(page, { headers: { ...accept, "accept-encoding": "identity" } });
  const tag = headers.get("etag");
  note("big page, 200 (1/s)", name, (await wrk(page, accept, options.seconds)).perSecond);
  const zipped = { ...accept, "accept-encoding": "gzip" };
  note("big page, gzip (1/s)", name, (await wrk(page, zipped, options.seconds)).perSecond);
  if (tag !== null) {
    const conditional = { ...accept, "if-none-match": tag };
    note("big page, 304 (1/s)", name, (await wrk(page, conditional, options.seconds)).perSecond);
  }
  const file = await fileOf(index, heavy);
  note("wheel of 1 MB (1/s)", name, (await wrk(file, {}, options.seconds)).perSecond);
}

const names = options.servers.split(",");
await preparePython();
await prepareDebian({ wrk: "wrk", taskset: "util-linux", nginx: "nginx-light" });
const index = await startIndex(Number(options.latency));
const files = await startStatic();
for (let round = 0; round < Number(options.rounds); round++) {
  for (const name of names) await measureClients(name, index.index);
  await measureRequests("static nginx", files);
  for (const name of names.filter((name) => name !== "direct")) {
    const server = await servers[name]!(index.index);
    await measureRequests(name, server).finally(server.stop);
  }
  console.error(`round ${round + 1} of ${options.rounds}`);
}
await files.stop();
await index.stop();

const results = [...samples].flatMap(([measure, of]) => {
  const [base] = [...of.values()];
  return [...of].map(([server, values]) => {
    const spread = [Math.min(...values), Math.max(...values)] as const;
    return { measure, server, median: median(values), spread, ratio: median(values) / median(base!) };
  });
});
if (options.json) console.log(JSON.stringify(results, undefined, 2));
else
  for (const { measure, server, median: middle, spread, ratio } of results) {
    const digits = measure.endsWith("(s)") ? 2 : 0;
    const [least, most] = spread.map((value) => value.toFixed(digits));
    console.log(
      `${measure.padEnd(30)} ${server.padEnd(25)} ${middle.toFixed(digits).padStart(7)} (${least}–${most})  ${ratio.toFixed(2)} ×`,
    );
  }
process.exit(0);
