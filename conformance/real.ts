// `npm run conformance:real`: a newcomer's run. `larder gateway` as it comes, real packages from the index that this
// machine is set to use, uv and pip as clients: an install; one more with the clients' caches kept, which may make only
// 304s and hits; and one with the upstream unplugged and the clients' caches empty. Uses the network lightly.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort, type Gateway, scratch, startGateway } from "./process.ts";
import { clients, preparePython } from "./python.ts";

/** Some 20 packages with what they depend on; compiled wheels and a source distribution (docopt) among them. */
const wanted = ["requests", "flask", "rich", "pyyaml", "attrs", "packaging", "docopt"];

interface Access {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly cache?: string;
}

/** What the gateway wrote about requests; it has to be stopped before, so that nothing is held back. */
function accessLog(gateway: Gateway): Access[] {
  const lines = gateway.output().split("\n");
  return lines.filter((line) => line.includes('"msg":"request"')).map((line) => JSON.parse(line) as Access);
}

/** How many requests had each status and each word about the cache. */
function summary(requests: readonly Access[]): string {
  const word = (cache = "") => /hit|fwd=[a-z-]+|stale-if-error/g.exec(cache)?.[0] ?? "";
  const counts = Map.groupBy(requests, ({ status, cache }) => `${status} ${word(cache)}`.trim());
  return [...counts].map(([what, { length }]) => `${length} × ${what}`).join(", ") || "none";
}

await preparePython();
const data = scratch("data");
const port = await freePort(); // the same each time: clients know what they keep by its URL
const caches = { uv: scratch("cache"), pip: scratch("cache") };
const faults: string[] = [];

async function round(name: string, args: readonly string[], keepCaches: boolean): Promise<Access[]> {
  const gateway = await startGateway({ mounts: [], data, port, args: ["--log-format", "json", ...args] });
  for (const client of ["uv", "pip"] as const) {
    const target = join(scratch("target"), "site");
    const cache = keepCaches ? caches[client] : scratch("cache");
    const done = await clients[client]({ index: `${gateway.url}/pypi/simple/`, wanted, cache, target });
    const installed =
      done.status === 0 ? readdirSync(target).filter((entry) => entry.endsWith(".dist-info")).length : 0;
    console.log(`${name}: ${client} installed ${installed} packages in ${done.seconds.toFixed(1)} s`);
    if (installed < 18) faults.push(`${name}: ${client} ended with ${done.status}:\n${done.output.slice(-2000)}`);
  }
  await gateway.stop();
  const requests = accessLog(gateway);
  console.log(`${name}: requests: ${summary(requests)}`);
  return requests;
}

await round("first", [], true);
const again = await round("again", [], true);
const paid = again.filter(
  ({ method, status, cache }) => method === "GET" && status !== 304 && !/\bhit\b/.test(cache ?? ""),
);
if (paid.length > 0)
  faults.push(
    `again: neither a 304 nor a hit: ${paid.map(({ path, status, cache }) => `\n  ${path} ${status} ${cache}`).join("")}`,
  );
await round("unplugged", ["--offline"], false);

for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "the newcomer's run holds" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
