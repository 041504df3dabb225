// A route of a Hono app, asked without a network, as Workers and tests do. Any Fetch API handler works the same way.
//   node packages/origin/examples/hono.ts
import { conditional, immutable, json, tagOfContent } from "@larder/origin";
import { honoHandler } from "@larder/origin/hono";
import { Hono } from "hono";

const app = new Hono().get(
  "/colours",
  honoHandler((request) =>
    // here only the content tells the tag; the 304 saves the way, not the work
    conditional(request, { cacheControl: immutable() }, async () => {
      const produced = json(["red", "green", "blue"]);
      return { ...produced, etag: await tagOfContent(String(produced.content)) };
    }),
  ),
);

const first = await app.request("/colours");
const etag = first.headers.get("etag") ?? "";
const second = await app.request("/colours", { headers: { "if-none-match": etag } });
console.log(first.status, await first.text(), etag);
console.log(second.status);
