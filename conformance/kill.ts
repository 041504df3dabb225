// `npm run conformance:kill [-- --rounds 200] [-- --seed 1]`: Larder is killed (SIGKILL) again and again, on one data
// folder, while clients download files and have pages validated. After each restart the store opens, every whole answer
// has the right octets, pages are up to date, and what was once answered from the store is still there.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Gateway, scratch, startGateway } from "./process.ts";
import { startUpstream } from "./upstream/index.ts";
import { noise, type Package, sha256 } from "./upstream/packages.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const rounds = Number(options.rounds);
const projects = ["alpha", "beta", "gamma", "delta"];
const lanes = 6;
/** data folders, each with a series of kills of its own: starting takes longer than what is done in between */
const folders = 3;
/** it is killed after up to so many answers, and up to so many milliseconds more */
const answers = 12;
const longest = 60;

const upstream = await startUpstream();
const files = new Map<string, { readonly project: string; readonly file: Package }>();

/** A data folder, and the paths that were answered from its store: these must never be asked of the upstream again. */
interface Data {
  readonly folder: string;
  readonly kept: Set<string>;
}
const faults: string[] = [];
const counts = { files: 0, hits: 0, pages: 0, validated: 0, cut: 0 };

/** Numbers from 0 to 1, the same for the same seed. */
let state = Number(options.seed);
function chance(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const one = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;

function publish(round: number): void {
  const project = projects[round % projects.length]!;
  const length = one([3_000, 60_000, 70_000, 400_000, 2_500_000]);
  const content = Buffer.from(noise(`${round}`, 3_000).repeat(Math.ceil(length / 3_000)));
  const file = { filename: `${project}-${round}.0-py3-none-any.whl`, content, sha256: sha256(content) };
  upstream.publish(project, file);
  files.set(`/files/${project}/${file.filename}`, { project, file });
}

/** The newest files are the ones that are not yet, or only half, in the store. */
function choose(): string {
  const paths = [...files.keys()];
  return chance() < 0.4 ? one(paths.slice(-3)) : one(paths);
}

async function download(gateway: Gateway, { kept }: Data, signal: AbortSignal): Promise<void> {
  const path = choose();
  const known = kept.has(path);
  const response = await fetch(`${gateway.url}/plain${path}`, { signal });
  const content = new Uint8Array(await response.arrayBuffer());
  const { file } = files.get(path)!;
  const hit = /; hit\b/.test(response.headers.get("cache-status") ?? "");
  counts.files++;
  if (response.status !== 200) faults.push(`${path}: ${response.status}`);
  else if (sha256(content) !== file.sha256) faults.push(`${path}: wrong octets (${content.length})`);
  else if (hit) {
    counts.hits++;
    kept.add(path);
  } else if (known) faults.push(`${path}: was in the store and is gone`);
}

async function readPage(gateway: Gateway, signal: AbortSignal): Promise<void> {
  const project = one(projects);
  const known = [...files.values()].filter((each) => each.project === project).map(({ file }) => file);
  const response = await fetch(`${gateway.url}/index/simple/${project}/`, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
    signal,
  });
  const text = await response.text();
  counts.pages++;
  if (/fwd-status=304/.test(response.headers.get("cache-status") ?? "")) counts.validated++;
  if (response.status !== 200) {
    if (known.length > 0) faults.push(`the page of ${project}: ${response.status}`);
    return;
  }
  const listed = JSON.parse(text) as { files: { filename: string; hashes: { sha256: string } }[] };
  const digests = new Map(listed.files.map(({ filename, hashes }) => [filename, hashes.sha256]));
  for (const { filename, sha256: digest } of known)
    if (digests.get(filename) !== digest) faults.push(`the page of ${project} is without ${filename}, or has it wrong`);
}

/** Asks for one thing after the other until the gateway is being killed. */
async function ask(gateway: Gateway, data: Data, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await (chance() < 0.7 ? download(gateway, data, signal) : readPage(gateway, signal));
    } catch (error) {
      if (!signal.aborted) faults.push(`a request failed before the kill: ${String(error)}`);
      else counts.cut++;
    }
  }
}

async function round(number: number, data: Data): Promise<void> {
  const gateway = await startGateway({
    data: data.folder,
    port: 21_200 + (number % 90),
    mounts: [`/index/=pypi:${upstream.index}`, `/plain/=http:${new URL("/", upstream.index)}`],
    args: ["--fresh", "0"],
  });
  const killed = new AbortController();
  const asking = Array.from({ length: lanes }, () => ask(gateway, data, killed.signal));
  const enough = counts.files + counts.pages + Math.ceil(chance() * answers);
  for (let waited = 0; counts.files + counts.pages < enough && waited < 5_000; waited += 5) await delay(5);
  await delay(chance() * longest);
  // the kill first: what was answered before it must be right, what is cut off by it doesn't count
  const gone = gateway.stop("SIGKILL");
  killed.abort();
  await Promise.all([gone, ...asking]);
  const said = gateway.output().match(/.*(?:the store's|Error|at file:).*/g);
  if (said !== null) faults.push(`Larder said: ${said.join("\n")}`);
}

const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
for (const project of projects) publish(projects.indexOf(project) - projects.length + 1_000_000);
let begun = 0;
let done = 0;
async function series(data: Data): Promise<void> {
  while (begun < rounds && faults.length === 0) {
    const number = ++begun;
    publish(number);
    await round(number, data);
    if (++done % 20 === 0)
      console.log(
        `${done} kills: ${counts.files} files right, ${counts.hits} of them from the store, ` +
          `${counts.pages} pages, ${counts.validated} by a 304; ${counts.cut} requests cut off (${seconds()} s)`,
      );
  }
  // the last one lives: all that was kept is there, with the right octets
  const last = await startGateway({ data: data.folder, mounts: [`/plain/=http:${new URL("/", upstream.index)}`] });
  for (const path of data.kept) {
    const response = await fetch(`${last.url}/plain${path}`);
    const right = sha256(new Uint8Array(await response.arrayBuffer())) === files.get(path)!.file.sha256;
    if (!right || !/; hit\b/.test(response.headers.get("cache-status") ?? "")) faults.push(`${path}: lost at the end`);
  }
  await last.stop();
}

const root = scratch("kill");
const all = Array.from({ length: folders }, (_, index) => ({
  folder: join(root, `${index}`),
  kept: new Set<string>(),
}));
for (const { folder } of all) mkdirSync(folder);
await Promise.all(all.map(series));
await upstream.close();
for (const fault of faults) console.error(fault);
const shown = counts.hits > rounds && counts.validated > 0 && counts.cut > 0;
if (!shown) console.error("too little happened between the kills to show anything");
console.log(
  `${rounds} kills, ${all.reduce((sum, { kept }) => sum + kept.size, 0)} responses kept through them, ${faults.length} failed (${seconds()} s)`,
);
process.exit(faults.length === 0 && shown ? 0 : 1);
