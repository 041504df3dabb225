// One of the servers that `bench/listen.ts` compares: node bench/listen-server.ts KIND PORT
import { createServer } from "node:http";
import { Fields } from "@larder/core";
import { createMetrics, listen, openLogs } from "@larder/server";

/** A stored response of 1 KiB with the fields of a hit, prepared: what is measured is the listener alone. */
const answer = {
  status: 200,
  fields: Fields.of(
    ["Content-Type", "application/json"],
    ["Content-Length", "1024"],
    ["ETag", '"0123456789abcdef0123456789abcdef"'],
    ["Last-Modified", "Thu, 01 Oct 2026 10:00:00 GMT"],
    ["Date", "Thu, 01 Oct 2026 10:00:00 GMT"],
    ["Cache-Control", "max-age=60"],
    ["Vary", "Accept"],
    ["Age", "5"],
    ["Cache-Status", "larder; hit; ttl=55"],
  ),
  content: Buffer.alloc(1024, "x"),
  log: { cache: "larder; hit; ttl=55", mount: "/" },
};

const [kind, portText] = process.argv.slice(2);
const port = Number(portText);
if (kind === "bare") {
  createServer({ optimizeEmptyRequests: true }, (_, response) => {
    response.writeHead(answer.status, answer.fields.raw as string[]);
    response.end(answer.content);
  }).listen(port, "127.0.0.1");
} else {
  const { log, access } = openLogs("json", { interactive: false });
  const told = { plain: undefined, log: access, metrics: createMetrics(access).access }[kind as "plain"];
  await listen({ host: "127.0.0.1", port, handler: () => answer, log, access: told });
}
