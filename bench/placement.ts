// `npm run bench:placement [-- --sides ours,real] [-- --sizes "1000 10000"] [-- --nested 1000] [-- --seconds N] [-- --json]`:
// the cases of ../shared/placement/bench/run-all.sh on the real Placement service and on ours in turn, with its client and
// data on the same machine; the candidates of a wide tree; and what a 304 costs beside its 200.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type PlacementService, sharedPlacement, startOurs, startReal } from "../conformance/placement-services.ts";
import { run, scratch } from "../conformance/process.ts";
import { prepareDebian } from "../conformance/python.ts";
import { processorSeconds } from "./wrk.ts";

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
  /** milliseconds of processor time of the service for each request */
  readonly cpu_ms?: number;
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

/** A GET with these fields, each time with this status. */
async function many(
  { pid }: PlacementService,
  name: string,
  url: string,
  fields: Readonly<Record<string, string>>,
  status: number,
): Promise<Row> {
  const answer = await fetch(url, { headers: fields });
  await answer.bytes();
  if (answer.status !== status) throw new Error(`${url}: ${answer.status}, not ${status}`);
  const given = Object.entries(fields).flatMap(([field, value]) => ["-H", `${field}: ${value}`]);
  const before = processorSeconds(pid);
  const command = ["wrk", "-t", "1", "-c", "4", "-d", `${options.seconds}s`, "--timeout", "60s", ...given, url];
  const output = await must(command);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const rps = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  return { name, rps, cpu_ms: ((processorSeconds(pid) - before) * 1000) / requests };
}

/** Candidates of 8 equal children, limit 10: one request after the other for the seconds, at least one. */
async function oneByOne({ url, pid }: PlacementService, groups: number): Promise<Row> {
  const granular = Array.from({ length: groups }, (_, i) => `resources${i + 1}=VGPU:1`);
  const path = `/allocation_candidates?resources=VCPU:1&${granular.join("&")}&group_policy=none&limit=10`;
  const fields = { "x-auth-token": "admin", "openstack-api-version": "placement 1.36" };
  const name = `AC wide (8 children), ${groups} groups, limit=10`;
  const times: number[] = [];
  const before = processorSeconds(pid);
  const started = performance.now();
  while (times.length === 0 || performance.now() - started < Number(options.seconds) * 1000) {
    const from = performance.now();
    const answer = await fetch(url + path, { headers: fields, signal: AbortSignal.timeout(280_000) });
    const { allocation_requests: found } = (await answer.json()) as { allocation_requests: unknown[] };
    if (found.length !== 10) throw new Error(`${url}${path}: ${found.length} candidates, not 10`);
    times.push(performance.now() - from);
  }
  const middle = times.sort((a, b) => a - b)[times.length >> 1]!;
  return { name, rps: 1000 / middle, p50_ms: middle, cpu_ms: ((processorSeconds(pid) - before) * 1000) / times.length };
}

async function measureSide(side: string): Promise<Row[]> {
  const out = join(results, `${side}.json`);
  const rows: Row[] = [];
  const measure = async ({ url, pid }: PlacementService, what: string, ...counts: string[]): Promise<void> => {
    const where = ["--base", url, "--label", side, "--out", out, "--seconds", options.seconds];
    for (const one of what.split(",")) {
      rmSync(out, { force: true });
      const before = processorSeconds(pid);
      await must(["python3", join(folder, "bench.py"), ...where, "--what", one, ...counts]);
      const [row] = JSON.parse(readFileSync(out, "utf8")) as Row[];
      // beside what is counted it warms up for a second
      const requests = (row!.requests ?? 1) * (1 + 1 / Number(options.seconds));
      const spent = (processorSeconds(pid) - before) * 1000;
      // where not one request came to its end in the seconds, the first one counts
      if (requests === 0)
        rows.push({ name: row!.name, p50_ms: row!.first_ms!, rps: 1000 / row!.first_ms!, errors_status: 0 });
      else rows.push({ ...row!, cpu_ms: spent / requests });
    }
  };
  await fresh(side, async (service) => {
    let hosts = 0;
    for (const size of options.sizes.split(" ").map(Number)) {
      await load(service, "flat", hosts, size);
      await measure(service, hosts === 0 ? "root,rp,inv,ac-flat" : "ac-flat", "--flat-count", `${size}`);
      hosts = size;
    }
    const list = `${service.url}/resource_providers`;
    const name = `GET the list of ${hosts} providers`;
    const fields = { "x-auth-token": "admin", "openstack-api-version": "placement 1.39" };
    rows.push(await many(service, `${name}: 200`, list, fields, 200));
    const etag = (await fetch(list, { headers: fields })).headers.get("etag");
    if (etag !== null) rows.push(await many(service, `${name}: 304`, list, { ...fields, "if-none-match": etag }, 304));
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
    for (const groups of [4, 6]) rows.push(await oneByOne(service, groups));
  });
  return rows;
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
const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a / b;
const shown = (row: Row | undefined) => {
  const errors = (row?.errors_status ?? 0) / (row?.requests ?? 1);
  const failing = errors > 0 ? `${(100 * errors).toFixed(0)} %` : "";
  return [number(row?.rps), number(row?.p50_ms), number(row?.cpu_ms), failing];
};
const [ours, real] = ["ours", "real"].map((side) => new Map(bySide.get(side)?.map((row) => [row.name, row])));
const columns = ["/s", "p50 ms", "cpu ms", "errors"];
const table = [
  ["case", ...columns.map((name) => `ours ${name}`), ...columns.map((name) => `real ${name}`), "times", "times cpu"],
];
for (const name of new Set([...ours!.keys(), ...real!.keys()])) {
  const [mine, theirs] = [ours!.get(name), real!.get(name)];
  const times = [ratio(mine?.rps, theirs?.rps), ratio(theirs?.cpu_ms, mine?.cpu_ms)].map(number);
  table.push([name, ...shown(mine), ...shown(theirs), ...times]);
}
const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
for (const row of table)
  console.log(
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join("  "),
  );
