import assert from "node:assert/strict";
import { describe, test } from "node:test";
import express, { type ErrorRequestHandler } from "express";
import { expressHandler } from "../../src/adapters/express.ts";
import { conditional } from "../../src/index.ts";
import { type App, adapterContract } from "./contract.ts";
import { listening } from "./listening.ts";

const quiet: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).end("fault");

/** in a router below the root, so that Express cuts the path */
function mounted(app: App) {
  const router = express.Router();
  router.all("/{*rest}", expressHandler(app));
  return express().use("/thing", router).use(quiet);
}

adapterContract("Express", (app) => listening(mounted(app)));

describe("adapter Express", () => {
  test("lines of middleware stay; Vary and Set-Cookie add up", async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader("vary", "origin").setHeader("x-middleware", "1").setHeader("content-type", "text/html");
      response.cookie("a", "1");
      next();
    });
    app.get(
      "/:id",
      expressHandler<express.Request>((request, { params }) =>
        conditional(request, { vary: ["accept"] }, () => ({
          fields: { "content-type": "text/plain", "set-cookie": "b=2" },
          content: String(params.id),
        })),
      ),
    );
    const running = await listening(app);
    const response = await running.ask("/seven");
    assert.equal(await response.text(), "seven");
    assert.equal(response.headers.get("vary"), "origin, accept");
    assert.equal(response.headers.get("x-middleware"), "1");
    assert.equal(response.headers.get("content-type"), "text/plain");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1; Path=/", "b=2"]);
    await running.close();
  });
});
