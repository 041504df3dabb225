// `npm run bench:index-page [-- --seconds N]`: the page of a project with 50,000 files (10 MB of JSON, and more) through
// Larder: processor time of its process for the first answer in each form and coding, then for its 304 beside that of a
// page with one file.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { startGateway } from "../conformance/process.ts";
import { prepareDebian } from "../conformance/python.ts";
import { bigPage } from "./big-page.ts";
import { pinned, processorSeconds, wrk } from "./wrk.ts";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "3" } } });
await prepareDebian({ wrk: "wrk", taskset: "util-linux" });

const json = "application/vnd.pypi.simple.v1+json";
let page: Uint8Array = new Uint8Array();
const upstream = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": json, "Cache-Control": "max-age=600", ETag: '"page"' }).end(page);
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const index = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/simple/`;

const forms = [
  ["JSON", json, "identity"],
  ["JSON, gzip", json, "gzip"],
  ["JSON, br", json, "br"],
  ["JSON, zstd", json, "zstd"],
  ["HTML", "text/html", "identity"],
] as const;

const seconds = (from: number, to: number) => `${(to - from).toFixed(2)} s`;

for (const [says, count, full] of [
  ["one file", 1, true],
  ["50,000 files, lean", 50_000, false],
  ["50,000 files, full", 50_000, true],
] as const) {
  page = bigPage(count, full);
  const gateway = await startGateway({ mounts: [`/pypi/=pypi:${index}`], prefix: pinned });
  const url = `${gateway.url}/pypi/simple/big-project/`;
  console.log(`${says}, ${(page.length / 1e6).toFixed(1)} MB`);
  let tag = "";
  for (const [form, accept, coding] of forms) {
    const before = processorSeconds(gateway.pid);
    const started = performance.now();
    const answer = await fetch(url, { headers: { accept, "accept-encoding": coding } });
    const { length } = await answer.bytes();
    const took = (performance.now() - started) / 1000;
    if (answer.status !== 200 || length < page.length / 2) throw new Error(`${answer.status}, ${length} octets`);
    tag ||= answer.headers.get("etag")!;
    const cost = seconds(before, processorSeconds(gateway.pid));
    console.log(`  ${form.padEnd(12)} ${cost} of processor time, ${took.toFixed(2)} s until all of it was there`);
  }
  const asked = { accept: json, "accept-encoding": "identity", "if-none-match": tag };
  await wrk(url, asked, "2"); // to warm up
  const before = processorSeconds(gateway.pid);
  const { perSecond, requests } = await wrk(url, asked, options.seconds);
  const each = ((processorSeconds(gateway.pid) - before) / requests) * 1e6;
  console.log(`  304          ${perSecond.toFixed(0)}/s, ${each.toFixed(1)} µs of processor time each`);
  await gateway.stop();
}
process.exit(0);
