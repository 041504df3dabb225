// One server to be measured: `node bench/origin/apps.ts FRAMEWORK VARIANT PORT`. All answer GET /things/1 with the same
// JSON of about 1 KiB, rendered anew for each request from the same rows.
import { hash } from "node:crypto";
import { createServer } from "node:http";
import fastifyEtag from "@fastify/etag";
import { serve } from "@hono/node-server";
import type { RequestHead } from "@larder/core";
import { conditional, json, tagOfContent, tagOfVersion, validateAlways } from "@larder/origin";
import { expressHandler } from "@larder/origin/express";
import { fastifyHandler } from "@larder/origin/fastify";
import { honoHandler } from "@larder/origin/hono";
import { nodeHandler } from "@larder/origin/node-http";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { etag } from "hono/etag";

interface Thing {
  readonly id: string;
  readonly generation: number;
  readonly rows: readonly { readonly name: string; readonly value: number }[];
}
const rows = Array.from({ length: 30 }, (_, i) => ({ name: `row ${i}`, value: i * i * 1000 }));
const things = new Map<string, Thing>([["1", { id: "1", generation: 7, rows }]]);
const load = (id: string) => things.get(id)!;

const policy = { cacheControl: validateAlways() };
/** The tag comes from the generation: a 304 renders nothing. */
const byVersion = (request: RequestHead, id: string) => {
  const thing = load(id);
  return conditional(request, { ...policy, etag: tagOfVersion(id, thing.generation) }, () => json(thing));
};
const digest = (content: Uint8Array | string) => hash("sha256", content, "base64url");
/** The tag comes from the content, as with the frameworks' own. */
const byContent = (request: RequestHead, id: string) =>
  conditional(request, policy, () => {
    const produced = json(load(id));
    return { ...produced, etag: tagOfContent(String(produced.content), digest) };
  });

const nodeApp = (answer: typeof byVersion | typeof byContent) => (port: number) =>
  createServer(nodeHandler((request) => answer(request, request.target.slice(-1)), console.error)).listen(
    port,
    "127.0.0.1",
  );
const expressKit = (answer: typeof byVersion | typeof byContent) => (port: number) =>
  express()
    .disable("x-powered-by")
    .get(
      "/things/:id",
      expressHandler<express.Request>((request, { params }) => answer(request, String(params.id))),
    )
    .listen(port, "127.0.0.1");
const expressOwn = (setting: "weak" | "strong" | false) => (port: number) =>
  express()
    .disable("x-powered-by")
    .set("etag", setting)
    .get("/things/:id", (request, response) => {
      response.set("Cache-Control", "no-cache").json(load(request.params.id));
    })
    .listen(port, "127.0.0.1");
const fastifyKit = (answer: typeof byVersion | typeof byContent) => (port: number) =>
  fastify()
    .get(
      "/things/:id",
      fastifyHandler((request, { params }) => answer(request, (params as { id: string }).id)),
    )
    .listen({ port, host: "127.0.0.1" });
const fastifyOwn = (withTags: boolean) => async (port: number) => {
  const app = fastify();
  if (withTags) await app.register(fastifyEtag);
  app.get<{ Params: { id: string } }>("/things/:id", (request, reply) => {
    reply.header("Cache-Control", "no-cache").send(load(request.params.id));
  });
  await app.listen({ port, host: "127.0.0.1" });
};
const honoKit = (answer: typeof byVersion | typeof byContent) => (port: number) =>
  serve({
    fetch: new Hono().get(
      "/things/:id",
      honoHandler((request, context) => answer(request, context.req.param("id") ?? "")),
    ).fetch,
    port,
    hostname: "127.0.0.1",
  });
const honoOwn = (withTags: boolean) => (port: number) => {
  const app = new Hono();
  if (withTags) app.use(etag());
  app.get("/things/:id", (context) =>
    context.json(load(context.req.param("id")), 200, { "Cache-Control": "no-cache" }),
  );
  serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
};

const apps: Readonly<Record<string, Readonly<Record<string, (port: number) => unknown>>>> = {
  "node:http": { kit: nodeApp(byVersion), "kit, content": nodeApp(byContent) },
  express: {
    none: expressOwn(false),
    "its own": expressOwn("weak"),
    kit: expressKit(byVersion),
    "kit, content": expressKit(byContent),
  },
  fastify: {
    none: fastifyOwn(false),
    "its own": fastifyOwn(true),
    kit: fastifyKit(byVersion),
    "kit, content": fastifyKit(byContent),
  },
  hono: { none: honoOwn(false), "its own": honoOwn(true), kit: honoKit(byVersion), "kit, content": honoKit(byContent) },
};
export const variants = Object.entries(apps).flatMap(([framework, of]) =>
  Object.keys(of).map((tags) => ({ framework, tags })),
);

if (import.meta.main) {
  const [framework = "", tags = "", port = ""] = process.argv.slice(2);
  apps[framework]![tags]!(Number(port));
}
