// `npm run bench:placement [-- --sides ours,real] [-- --sizes "1000 10000"] [-- --nested 1000] [-- --seconds N] [-- --json]`:
// the cases of ../shared/placement/bench/run-all.sh on the real Placement service and on ours in turn, with its client and
// data on the same machine; the candidates of a wide tree; and what a 304 costs beside its 200.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type PlacementService, sharedPlacement, startOurs, startReal } from "../conformance/placement-services.ts";
import { run, scratch } from "../conformance/process.ts";
import { prepareDebian } from "../conformance/python.ts";

const { values: options } = parseArgs({
  options: {
    sides: { type: "string", default: "ours,real" },
    /** numbers of flat hosts, ascending */
    sizes: { type: "string", default: "1000 10000" },
    /** numbers of nested hosts */
    nested: { type: "string", default: "1000" },
    /** of each measurement */
    seconds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});

/** A line of bench.py's results. */
interface Row {
  readonly name: string;
  readonly first_ms?: number;
  readonly rps?: number;
  readonly p50_ms?: number;
  readonly errors_status?: number;
  readonly requests?: number;
  readonly candidates?: number;
}

const folder = join(sharedPlacement(), "bench");
const results = scratch("bench-placement");
const starters: Readonly<Record<string, () => Promise<PlacementService>>> = {
  ours: () => startOurs(join(scratch("placement"), "placement.db")),
  real: () => startReal(["--workers", "2"]),
};

async function must(command: readonly string[]): Promise<string> {
  const { status, output } = await run(command, { seconds: 3600 });
  if (status !== 0) throw new Error(`${command.join(" ")} failed:\n${output}`);
  return output;
}

/** One empty service, given to `measure`, and stopped after it. */
async function fresh(side: string, measure: (service: PlacementService) => Promise<void>): Promise<void> {
  const service = await starters[side]!();
  try {
    await measure(service);
  } finally {
    await service.stop();
  }
}

/** Hosts number `from` up to `to` of a kind, over HTTP, or straight into the real one's database. */
async function load({ url, database }: PlacementService, kind: string, from: number, to: number): Promise<void> {
  const data = ["--kind", kind, "--start", `${from}`, "--count", `${to}`];
  if (database === undefined) await must(["python3", join(folder, "load.py"), "--base", url, ...data]);
  else await must(["python3", join(folder, "load-sql.py"), "--sqlite", database, ...data]);
}

/** Requests per second of a GET with these fields, all with this status. */
async function perSecond(url: string, fields: Readonly<Record<string, string>>, status: number): Promise<number> {
  const answer = await fetch(url, { headers: fields });
  await answer.bytes();
  if (answer.status !== status) throw new Error(`${url}: ${answer.status}, not ${status}`);
  const given = Object.entries(fields).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const output = await must([
    "wrk",
    "-t",
    "1",
    "-c",
    "4",
    "-d",
    `${options.seconds}s`,
    "--timeout",
    "60s",
    ...given,
    url,
  ]);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

/** Candidates of 8 equal children, limit 10: one request after the other for the seconds, at least one. */
async function oneByOne({ url }: PlacementService, groups: number): Promise<Row> {
  const granular = Array.from({ length: groups }, (_, i) => `resources${i + 1}=VGPU:1`);
  const path = `/allocation_candidates?resources=VCPU:1&${granular.join("&")}&group_policy=none&limit=10`;
  const fields = { "x-auth-token": "admin", "openstack-api-version": "placement 1.36" };
  const name = `AC wide (8 children), ${groups} groups, limit=10`;
  const times: number[] = [];
  const started = performance.now();
  while (times.length === 0 || performance.now() - started < Number(options.seconds) * 1000) {
    const from = performance.now();
    const answer = await fetch(url + path, { headers: fields, signal: AbortSignal.timeout(280_000) });
    const { allocation_requests: found } = (await answer.json()) as { allocation_requests: unknown[] };
    if (found.length !== 10) throw new Error(`${url}${path}: ${found.length} candidates, not 10`);
    times.push(performance.now() - from);
  }
  const middle = times.sort((a, b) => a - b)[times.length >> 1]!;
  return { name, rps: 1000 / middle, p50_ms: middle };
}

async function measureSide(side: string): Promise<Row[]> {
  const out = join(results, `${side}.json`);
  const more: Row[] = [];
  const measure = async ({ url }: PlacementService, what: string, ...counts: string[]): Promise<void> => {
    const where = ["--base", url, "--label", side, "--out", out, "--seconds", options.seconds];
    await must(["python3", join(folder, "bench.py"), ...where, "--what", what, ...counts]);
  };
  await fresh(side, async (service) => {
    let hosts = 0;
    for (const size of options.sizes.split(" ").map(Number)) {
      await load(service, "flat", hosts, size);
      await measure(service, hosts === 0 ? "root,rp,inv,ac-flat" : "ac-flat", "--flat-count", `${size}`);
      hosts = size;
    }
    const list = `${service.url}/resource_providers`;
    const fields = { "x-auth-token": "admin", "openstack-api-version": "placement 1.39" };
    more.push({ name: `GET the list of ${hosts} providers: 200`, rps: await perSecond(list, fields, 200) });
    const etag = (await fetch(list, { headers: fields })).headers.get("etag");
    if (etag !== null)
      more.push({
        name: `GET the list of ${hosts} providers: 304`,
        rps: await perSecond(list, { ...fields, "if-none-match": etag }, 304),
      });
    await measure(service, "put", "--flat-count", options.sizes.split(" ")[0]!);
  });
  const nested = options.nested.split(" ").filter(Boolean);
  if (nested.length > 0)
    await fresh(side, async (service) => {
      let hosts = 0;
      for (const size of nested.map(Number)) {
        await load(service, "nested", hosts, size);
        await measure(service, "ac-nest1,ac-nest2", "--nested-count", `${size}`);
        hosts = size;
      }
    });
  await fresh(side, async (service) => {
    await load(service, "wide", 0, 1);
    for (const groups of [4, 6]) more.push(await oneByOne(service, groups));
  });
  return [...(JSON.parse(readFileSync(out, "utf8")) as Row[]), ...more];
}

await prepareDebian({ wrk: "wrk" });
const bySide = new Map<string, Row[]>();
for (const side of options.sides.split(",")) {
  console.error(`larder: measuring ${side} …`);
  bySide.set(side, await measureSide(side));
}
if (options.json) {
  console.log(JSON.stringify(Object.fromEntries(bySide), undefined, 2));
  process.exit(0);
}
const number = (value: number | undefined) =>
  value === undefined ? "" : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
const shown = (row: Row | undefined) => {
  if (row === undefined) return ["", "", ""];
  const errors = (row.errors_status ?? 0) / (row.requests ?? 1);
  return [number(row.rps), number(row.p50_ms ?? row.first_ms), errors > 0 ? `${(100 * errors).toFixed(0)} %` : ""];
};
const [ours, real] = ["ours", "real"].map((side) => new Map(bySide.get(side)?.map((row) => [row.name, row])));
const table = [["case", "ours/s", "p50 ms", "errors", "real/s", "p50 ms", "errors", "times"]];
for (const name of new Set([...ours!.keys(), ...real!.keys()])) {
  const [mine, theirs] = [ours!.get(name), real!.get(name)];
  // a request that took too long to repeat counts by its one time
  const rate = (row: Row | undefined) => row?.rps ?? (row?.first_ms === undefined ? undefined : 1000 / row.first_ms);
  const times = rate(mine) !== undefined && rate(theirs) !== undefined ? rate(mine)! / rate(theirs)! : undefined;
  table.push([name, ...shown(mine), ...shown(theirs), number(times)]);
}
const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
for (const row of table)
  console.log(
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  "),
  );
