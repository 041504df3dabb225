// `npm run bench:client [-- --seconds N]`: cached requests of a client in one process, and its memory, for
// @larder/client, its undici interceptor, undici's own cache interceptor, and make-fetch-happen, on one server of ours.
// Each runs in a process of its own, in turn. The server counts: what a cache answers never reaches it.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { clients } from "./client/clients.ts";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "3" } } });
const sizes = [1_024, 100_000];
let asked = 0;
const server = createServer((request, response) => {
  asked++;
  const size = Number(/(\d+)/.exec(request.url ?? "")?.[1]);
  response.setHeader("Cache-Control", "max-age=3600").setHeader("ETag", '"1"').end(Buffer.alloc(size, "x"));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const script = fileURLToPath(new URL("./client/run.ts", import.meta.url));

for (const size of sizes) {
  console.log(`\n${size} octets`);
  for (const name of Object.keys(clients)) {
    asked = 0;
    const child = spawn(process.execPath, [script, name, `${origin}/${size}`, options.seconds], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => child.once("close", resolve));
    const { perSecond, megabytes } = JSON.parse(text) as { perSecond: number; megabytes: number };
    console.log(
      `${name.padEnd(34)} ${String(Math.round(perSecond)).padStart(8)} requests/s ${megabytes.toFixed(0).padStart(5)} MB  (server asked ${asked} times)`,
    );
  }
}
server.close();
