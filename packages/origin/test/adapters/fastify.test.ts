import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fastify from "fastify";
import { fastifyHandler } from "../../src/adapters/fastify.ts";
import { conditional } from "../../src/index.ts";
import { adapterContract } from "./contract.ts";

for (const [says, method] of [
  ["Fastify, with HEAD routes of its own", ["GET", "PUT"]],
  ["Fastify, with HEAD routes of the app", ["GET", "HEAD", "PUT"]],
] as const)
  adapterContract(says, async (app) => {
    const server = fastify({ forceCloseConnections: true });
    server.setErrorHandler((_error, _request, reply) => reply.code(500).send("fault"));
    for (const url of ["/thing", "/thing/*"]) server.route({ method: [...method], url, handler: fastifyHandler(app) });
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    return { ask: (path, init) => fetch(`${url}${path}`, init), close: async () => void (await server.close()) };
  });

describe("adapter Fastify", () => {
  test("lines of hooks stay; Vary and Set-Cookie add up", async () => {
    const server = fastify({ forceCloseConnections: true });
    server.addHook("onRequest", async (_request, reply) => {
      reply.headers({ vary: "origin", "x-hook": "1", "set-cookie": "a=1" });
    });
    server.get<{ Params: { id: string } }>(
      "/:id",
      fastifyHandler((request, { params }) =>
        conditional(request, { vary: ["accept"] }, () => ({
          fields: { "content-type": "text/plain", "set-cookie": "b=2" },
          content: (params as { id: string }).id,
        })),
      ),
    );
    const response = await server.inject("/seven");
    assert.equal(response.body, "seven");
    assert.equal(response.headers.vary, "origin, accept");
    assert.equal(response.headers["x-hook"], "1");
    assert.deepEqual(response.headers["set-cookie"], ["a=1", "b=2"]);
    await server.close();
  });
});
