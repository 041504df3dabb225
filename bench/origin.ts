// `npm run bench:origin [-- --rounds N] [-- --seconds N] [-- --only FRAMEWORK]`: apps with and without the origin kit
// and with their framework's own entity tags, the same JSON, one core each, in turn within one run. Requests per second
// of the server's processor time, which other work on the machine disturbs little.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePort, type Running, root, start } from "../conformance/process.ts";
import { prepareDebian } from "../conformance/python.ts";
import { variants } from "./origin/apps.ts";
import { median, pinned, processorSeconds, wrk } from "./wrk.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});

/** What is measured: everything anew, and a client that has it already. */
const cases = [
  { name: "200", status: 200, fields: (_etag: string | null) => ({}) },
  {
    name: "304",
    status: 304,
    fields: (etag: string | null) => (etag === null ? undefined : { "If-None-Match": etag }),
  },
] as const;

await prepareDebian({ wrk: "wrk", taskset: "util-linux" });
const rows: {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly rates: number[];
}[] = [];
const servers: Running[] = [];
for (const { framework, tags } of variants.filter((one) => one.framework.includes(options.only))) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/things/1`;
  const command = [...pinned, process.execPath, join(root, "bench/origin/apps.ts"), framework, tags, `${port}`];
  const server = await start(command, url);
  servers.push(server);
  const first = await fetch(url);
  const expected = await first.text();
  for (const { name, status, fields } of cases) {
    const headers: Readonly<Record<string, string>> | undefined = fields(first.headers.get("etag"));
    if (headers === undefined) continue;
    // fetch would add no-cache, at which Express sends everything anew
    const answer = await fetch(url, { headers: { ...headers, "Cache-Control": "max-age=0" } });
    if (answer.status !== status || (status === 200 && (await answer.text()) !== expected))
      throw new Error(`${framework} (${tags}): ${answer.status} in place of ${status}`);
    rows.push({
      name: `${name}  ${framework.padEnd(10)} ${tags.padEnd(12)}`,
      url,
      pid: server.pid,
      fields: headers,
      rates: [],
    });
    await wrk(url, headers, "1"); // to warm up
  }
}
for (let round = 0; round < Number(options.rounds); round++)
  for (const { url, fields, rates, pid } of rows) {
    const before = processorSeconds(pid);
    const { requests } = await wrk(url, fields, options.seconds);
    rates.push(requests / (processorSeconds(pid) - before));
  }
for (const server of servers) await server.stop();
for (const { name, rates } of rows.toSorted((a, b) => (a.name.slice(0, 3) < b.name.slice(0, 3) ? -1 : 0))) {
  const spread = `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`;
  console.log(`${name} ${median(rates).toFixed(0).padStart(7)}/s (${spread})`);
}
process.exit(0);
