import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { honoHandler } from "../../src/adapters/hono.ts";
import { conditional } from "../../src/index.ts";
import { adapterContract } from "./contract.ts";

adapterContract("Hono", async (app) => {
  const hono = new Hono();
  hono.all("/thing/*", honoHandler(app));
  hono.onError((_error, context) => context.text("fault", 500));
  return {
    ask: async (path, init) => hono.request(`http://a.example${path}`, init),
    close: async () => {},
  };
});

describe("adapter Hono", () => {
  test("lines of middleware stay; Vary and Set-Cookie add up", async () => {
    const hono = new Hono();
    hono.use(cors({ origin: ["http://b.example"] }));
    hono.use(async (context, next) => {
      context.header("vary", "origin");
      context.header("set-cookie", "a=1");
      await next();
    });
    hono.get(
      "/:id",
      honoHandler((request, context) =>
        conditional(request, { vary: ["accept"] }, () => ({
          fields: { "content-type": "text/plain", "set-cookie": "b=2" },
          content: context.req.param("id") ?? "",
        })),
      ),
    );
    const response = await hono.request("http://a.example/seven", { headers: { origin: "http://b.example" } });
    assert.equal(await response.text(), "seven");
    assert.deepEqual(new Set(response.headers.get("vary")?.toLowerCase().split(", ")), new Set(["origin", "accept"]));
    assert.equal(response.headers.get("access-control-allow-origin"), "http://b.example");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  });
});
