// A small site: files, and a report that goes out in the coding that the client likes best, each with its own tag.
//   node packages/origin/examples/site.ts
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { acceptEncoding, preferredCoding, type RequestHead } from "@larder/core";
import { conditional, fresh, tagOfVersion } from "@larder/origin";
import { nodeHandler } from "@larder/origin/node-http";
import { staticFiles } from "@larder/origin/static";

const files = staticFiles(join(import.meta.dirname, "site"), { cacheControl: () => fresh(60) });

const revision = 7;
const rows = Array.from({ length: 500 }, (_, i) => ({ id: i, square: i * i }));
const codings = {
  br: (text: string) => brotliCompressSync(text),
  gzip: (text: string) => gzipSync(text),
  identity: (text: string) => Buffer.from(text),
};

function report(request: RequestHead) {
  const offered = Object.keys(codings) as (keyof typeof codings)[];
  const coding = (preferredCoding(request.fields.read(acceptEncoding), offered) ?? "identity") as keyof typeof codings;
  const state = {
    // everything that the octets depend on
    etag: tagOfVersion("report", revision, coding),
    lastModified: Date.UTC(2026, 0, 1),
    cacheControl: fresh(60, { staleIfError: 86_400 }),
    vary: ["accept-encoding"],
  };
  return conditional(request, state, () => ({
    fields: { "content-type": "application/json", ...(coding !== "identity" && { "content-encoding": coding }) },
    content: codings[coding](JSON.stringify(rows)),
  }));
}

const app = nodeHandler(async (request) => {
  if (new URL(request.target).pathname === "/report") return report(request);
  const content = "There is nothing here.\n";
  const fields = { "content-type": "text/plain; charset=utf-8" };
  return (await files(request)) ?? conditional(request, { exists: false }, () => ({ status: 404, fields, content }));
}, console.error);

const server = createServer(app).listen(Number(process.env.PORT ?? 0), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
);
