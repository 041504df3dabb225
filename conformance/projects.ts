// `npm run conformance:projects [-- --only TEXT] [-- --verbose]`: a project of 85 packages through Larder, in front of
// three upstreams that each lack something: validators, core metadata (PEP 658), JSON (PEP 691). Every program chooses the
// same versions; what came out after `--exclude-newer` is left out, also where the upstream has no upload times; and who
// asks again is sent nothing but 304s.
import { parseArgs } from "node:util";
import { scratch, startGateway } from "./process.ts";
import { prepareProjectClients } from "./project-clients.ts";
import { type Came, commands, compile } from "./projects/commands.ts";
import { preparePython } from "./python.ts";
import type { FaultName } from "./upstream/faults.ts";
import { startUpstream } from "./upstream/index.ts";
import { wheel } from "./upstream/packages.ts";
import { makeTree } from "./upstream/tree.ts";

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, verbose: { type: "boolean", default: false } },
});

const lacking = ["no validators", "no core metadata", "html only"] as const satisfies readonly FaultName[];
const tree = makeTree();
const faults: string[] = [];

/** Says how it went; a fault where the versions are not these. */
function judge(what: string, { done, versions }: Came, chosen: ReadonlyMap<string, string>): void {
  const wrong = [...chosen].filter(([name, version]) => versions.get(name) !== version);
  const right = done.status === 0 && wrong.length === 0 && versions.size === chosen.size;
  console.log(
    `${right ? "pass" : "FAIL"}  ${what.padEnd(50)} ${versions.size} packages  (${done.seconds.toFixed(1)} s)`,
  );
  if (right) return;
  const [name, version] = wrong[0] ?? [];
  faults.push(`${what}: ended with ${done.status}; ${wrong.length} wrong: ${name} is not ${version}`);
  if (options.verbose) console.log(done.output);
}

async function through(upstreamLacks: FaultName): Promise<void> {
  const upstream = await startUpstream();
  upstream.switchTo(upstreamLacks);
  for (const { project, file } of tree.releases) upstream.publish(project, file);
  const args = ["--fresh", "0", "--log-format", "json"];
  const gateway = await startGateway({ mounts: [`/pypi/=pypi:${upstream.index}`], args });
  const index = `${gateway.url}/pypi/simple/`;
  const chosen = tree.chosen;
  for (const [name, command] of Object.entries(commands))
    judge(`${upstreamLacks}: ${name}`, await command({ index, wanted: tree.root, cache: scratch("cache") }), chosen);

  const cache = scratch("cache");
  const ask = { index, wanted: tree.root, cache };
  await compile(ask);
  const since = Date.now();
  judge(`${upstreamLacks}: uv pip compile, again`, await compile(ask, ["--refresh"]), chosen);
  const until = Date.now();

  // what Larder saw first stands in where the upstream has no upload times
  const cutoff = upstreamLacks === "html only" ? new Date().toISOString() : "2026-02-01T00:00:00Z";
  const after = new Map(chosen);
  for (const [project, version] of [...chosen].slice(-10)) {
    const newer = version === "2.0" ? "2.1" : "1.9";
    after.set(project, newer);
    upstream.publish(project, { ...wheel(project, newer, [], "1", 2000), uploadTime: "2026-03-01T00:00:00Z" });
  }
  judge(`${upstreamLacks}: uv pip compile, of what is new`, await compile(ask, ["--refresh"]), after);
  const before = await compile({ ...ask, cache: scratch("cache") }, ["--exclude-newer", cutoff]);
  judge(`${upstreamLacks}: uv pip compile --exclude-newer`, before, chosen);

  await gateway.stop();
  await upstream.close();
  const anew = pageAnswers(gateway.output(), since, until).filter(({ status }) => status !== 304);
  if (anew.length > 0) faults.push(`${upstreamLacks}: again: no 304: ${anew[0]!.path}, and ${anew.length - 1} more`);
}

/** What a gateway answered to those who wanted pages in this time, by its log. */
function pageAnswers(log: string, since: number, until: number): { readonly path: string; readonly status: number }[] {
  const lines = log.split("\n").filter((line) => line.includes('"msg":"request"') && line.includes("/simple/"));
  const all = lines.map((line) => JSON.parse(line) as { time: string; path: string; status: number });
  return all.filter(({ time }) => Date.parse(time) >= since && Date.parse(time) <= until);
}

await preparePython();
await prepareProjectClients();
for (const upstreamLacks of lacking) if (upstreamLacks.includes(options.only)) await through(upstreamLacks);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "every program chose the same versions" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
