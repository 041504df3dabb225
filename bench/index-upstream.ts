// `node bench/index-upstream.ts PORT MILLISECONDS`: the index behind all that is measured, as far away as a public one: each
// answer waits for so long.
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { indexContent, jsonType } from "./index/content.ts";

const [port, milliseconds] = process.argv.slice(2).map(Number);
const content = indexContent();

createServer(async (request, response) => {
  const { url = "", headers } = request;
  await delay(milliseconds);
  const isPage = url.startsWith("/simple/");
  const form = headers.accept?.includes(jsonType) ? "json" : "html";
  const found = content.get(isPage ? `${url} ${form}` : url);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const gzip = found.gzip !== undefined && /\bgzip\b/.test(String(headers["accept-encoding"])) ? found.gzip : undefined;
  const fields = {
    ETag: found.tag,
    Vary: "Accept, Accept-Encoding",
    "Cache-Control": isPage ? "max-age=600, public" : "max-age=365000000, immutable, public",
  };
  if (headers["if-none-match"] === found.tag) response.writeHead(304, fields).end();
  else {
    const body = gzip ?? found.content;
    const coding = gzip === undefined ? {} : { "Content-Encoding": "gzip" };
    response.writeHead(200, { ...fields, ...coding, "Content-Type": found.type, "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}).listen(port, "127.0.0.1");
