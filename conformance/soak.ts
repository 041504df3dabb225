// `npm run soak [-- --minutes N]`: mixed traffic against a real gateway over a loopback upstream: hits, misses,
// validations, aborts, slow readers, a store at its size limit. Prints heap, resident memory and file descriptors each 30
// seconds. After a third of the time, when all is warm and the store full, and again at the end, the traffic rests until
// nothing is under way: between these two heap and resident memory may grow by a tenth and 16 MiB, and descriptors by 8.
import { readdirSync, writeFileSync } from "node:fs";
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort, residentMemory, scratch, startGateway } from "./process.ts";

const { values: options } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const minutes = Number(options.minutes);
if (!(minutes > 0)) throw new Error("--minutes wants a number greater than 0");

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const content = Buffer.alloc(2 * mebibyte, "larder ");
/** The store holds this much; the misses bring more than that in every few seconds. */
const limit = "64 MiB";

/** What the upstream has: by the first part of the path, its length and what caches may do with it. */
const kinds: Readonly<Record<string, { readonly length: number; readonly cacheControl: string }>> = {
  hit: { length: 4 * kibibyte, cacheControl: "max-age=3600" },
  miss: { length: 100 * kibibyte, cacheControl: "max-age=3600" },
  validated: { length: 4 * kibibyte, cacheControl: "no-cache" },
  private: { length: 4 * kibibyte, cacheControl: "private" },
  big: { length: 2 * mebibyte, cacheControl: "max-age=3600" },
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { length, cacheControl } = kinds[request.url!.split("/")[1]!] ?? { length: 0, cacheControl: "no-store" };
  const etag = `"${length}"`;
  response.setHeader("Cache-Control", cacheControl).setHeader("ETag", etag);
  if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
  else response.writeHead(200, { "Content-Length": length }).end(content.subarray(0, length));
}

const upstream = createServer(answer);
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const admin = `127.0.0.1:${await freePort()}`;
const config = join(scratch("soak"), "larder.toml");
writeFileSync(config, `size-limit = "${limit}"\n`);
const gateway = await startGateway({
  mounts: [`/=http:http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`],
  args: ["--admin", admin, "--config", config],
});

let resting = false;
let stopped = false;
let underway = 0;
let serial = 0;
const counts = new Map<string, number>();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Reads a response in its way: all of it, its beginning alone, or bit by bit. */
function ask(path: string, way: "all" | "abort" | "slowly"): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${gateway.url}/${path}`, way === "all" ? { agent } : { agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.on("close", resolve).on("error", way === "abort" ? () => resolve() : reject);
      response.on("data", () => {
        if (way === "abort") request.destroy();
        if (way !== "slowly") return;
        response.pause();
        setTimeout(() => response.resume(), 20);
      });
    }).on("error", way === "abort" ? () => resolve() : reject);
  });
}

const any = (count: number) => Math.floor(Math.random() * count);
/** What is asked for, by how many at a time, with how many milliseconds between two requests of one client. */
const traffic: readonly (readonly [what: string, clients: number, pause: number, act: () => Promise<void>])[] = [
  ["hits", 4, 2, () => ask(`hit/${any(100)}`, "all")],
  ["misses", 2, 5, () => ask(`miss/${serial++}`, "all")],
  ["validations", 2, 2, () => ask(`validated/${any(50)}`, "all")],
  ["for one alone", 1, 5, () => ask(`private/${any(50)}`, "all")],
  ["aborted hits", 1, 10, () => ask(`big/${any(4)}`, "abort")],
  ["aborted misses", 1, 50, () => ask(`big/new-${serial++}`, "abort")],
  ["slow readers", 4, 10, () => ask(`big/${any(4)}`, "slowly")],
];
const failures: unknown[] = [];

async function client(what: string, pause: number, act: () => Promise<void>): Promise<void> {
  while (!stopped) {
    await delay(resting ? 100 : pause);
    if (resting || stopped) continue;
    underway++;
    await act().catch((error) => failures.push(error));
    underway--;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
}

interface Held {
  readonly heap: number;
  readonly rss: number;
  readonly files: number;
}

async function held(): Promise<Held> {
  const metrics = await (await fetch(`http://${admin}/-/metrics`, { headers: { connection: "close" } })).text();
  return {
    heap: Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]),
    rss: residentMemory(gateway.pid).now,
    files: readdirSync(`/proc/${gateway.pid}/fd`).length,
  };
}

const mebibytes = (octets: number) => `${(octets / mebibyte).toFixed(1)} MiB`;
const started = performance.now();
const say = (what: string, { heap, rss, files }: Held) =>
  console.log(
    `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${what}: heap ${mebibytes(heap)}, ` +
      `resident ${mebibytes(rss)}, ${files} file descriptors`,
  );

/** What is held when nothing is under way: the least heap seen in ten seconds, since garbage is no leak. */
async function atRest(): Promise<Held> {
  resting = true;
  while (underway > 0) await delay(50);
  agent.destroy();
  let least = await held();
  for (let i = 0; i < 10; i++) {
    await delay(1000);
    const now = await held();
    least = { heap: Math.min(least.heap, now.heap), rss: Math.min(least.rss, now.rss), files: now.files };
  }
  resting = false;
  return least;
}

const clients = traffic.flatMap(([what, count, pause, act]) =>
  Array.from({ length: count }, () => client(what, pause, act)),
);
async function during(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await delay(Math.min(30_000, Math.max(1, until - performance.now())));
    say("under load", await held());
  }
}
await during(minutes * 20);
const before = await atRest();
say("at rest", before);
await during(minutes * 40);
const after = await atRest();
say("at rest", after);
stopped = true;
await Promise.all(clients);
await gateway.stop();
upstream.close();

const faults = [
  ...(after.heap <= before.heap * 1.1 + 16 * mebibyte ? [] : [`the heap grew to ${mebibytes(after.heap)}`]),
  ...(after.rss <= before.rss * 1.1 + 16 * mebibyte ? [] : [`resident memory grew to ${mebibytes(after.rss)}`]),
  ...(after.files <= before.files + 8 ? [] : [`${after.files - before.files} more file descriptors`]),
  ...(failures.length === 0 ? [] : [`${failures.length} requests failed, the first with ${failures[0]}`]),
];
console.log([...counts].map(([what, count]) => `${count} ${what}`).join(", "));
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "soak: flat" : "soak: not flat");
process.exit(faults.length === 0 ? 0 : 1);
