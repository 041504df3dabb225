// `npm run bench:listen [-- --rounds N] [-- --seconds N]`: what the listener of packages/server costs beside a bare
// node:http server that gives the same prepared answer; with its access log; and with metrics, too. In turn, one core
// each. Processor time for each request is the figure to look at where other programs want the machine.
import { parseArgs } from "node:util";
import { freePort, type Running, start } from "../conformance/process.ts";
import { prepareDebian } from "../conformance/python.ts";
import { usual } from "./hit/cases.ts";
import { median, pinned, processorSeconds, wrk } from "./wrk.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, seconds: { type: "string", default: "2" } },
});

const kinds = { bare: "bare node:http", plain: "listen", log: "with access log", metrics: "with both" } as const;
interface Measured {
  readonly server: Running & { readonly url: string };
  readonly perSecond: number[];
  readonly microseconds: number[];
}

await prepareDebian({ wrk: "wrk", taskset: "util-linux" });
const measured = new Map<keyof typeof kinds, Measured>();
for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/pypi/simple/some-package/`;
  const command = [...pinned, process.execPath, "bench/listen-server.ts", kind, String(port)];
  measured.set(kind, { server: { ...(await start(command, url)), url }, perSecond: [], microseconds: [] });
  await wrk(url, usual, "1"); // to warm up
}
for (let round = 0; round < Number(options.rounds); round++) {
  for (const { server, perSecond, microseconds } of measured.values()) {
    const before = processorSeconds(server.pid);
    const sample = await wrk(server.url, usual, options.seconds);
    perSecond.push(sample.perSecond);
    microseconds.push(((processorSeconds(server.pid) - before) / sample.requests) * 1e6);
  }
}
const bare = median(measured.get("bare")!.microseconds);
for (const [kind, { server, perSecond, microseconds }] of measured) {
  await server.stop();
  const cost = median(microseconds);
  console.log(
    `${kinds[kind].padEnd(16)} ${median(perSecond).toFixed(0).padStart(7)}/s ` +
      `(${Math.min(...perSecond).toFixed(0)}–${Math.max(...perSecond).toFixed(0)})  ` +
      `${cost.toFixed(1)} µs of processor time each, ${(cost / bare).toFixed(2)} × bare`,
  );
}
process.exit(0);
