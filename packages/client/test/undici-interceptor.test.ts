import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { Agent, fetch as undiciFetch } from "undici";
import { type CacheInterceptor, cacheInterceptor } from "../src/undici-interceptor.ts";

describe("under undici", () => {
  const asked: IncomingMessage[] = [];
  const big = "0123456789".repeat(50_000);
  const paths: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    "/x?q=1": (_, response) => response.setHeader("Cache-Control", "max-age=60").setHeader("ETag", '"1"').end("hello"),
    "/big": (_, response) => response.setHeader("Cache-Control", "max-age=60").end(big),
    "/no-store": (_, response) => response.setHeader("Cache-Control", "no-store").end(String(asked.length)),
    "/echo": (request, response) => void request.pipe(response),
    "/cut": (_, response) => {
      response.setHeader("Content-Length", "100").write("some");
      setTimeout(() => response.destroy(), 20);
    },
  };
  const server = createServer((request, response) => {
    asked.push(request);
    paths[request.url!]!(request, response);
  });
  let origin = "";
  let cache: CacheInterceptor;
  let agent: Agent;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    cache = cacheInterceptor();
    // undici's types name its own handlers, whose members are a superset of those that are used
    agent = new Agent().compose(cache as never) as Agent;
  });
  after(async () => {
    await agent.close();
    server.close();
    server.closeAllConnections();
  });
  const get = async (path: string, headers = {}) => {
    const response = await agent.request({ origin, path, method: "GET", headers });
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
  };

  test("a second request asks nobody; conditions and ranges are judged here", async () => {
    assert.equal((await get("/x?q=1")).text, "hello");
    const again = await get("/x?q=1");
    assert.deepEqual([again.text, again.headers.age], ["hello", "0"]);
    assert.equal((await get("/x?q=1", { "if-none-match": '"1"' })).status, 304);
    assert.equal((await get("/x?q=1", { range: "bytes=1-2" })).text, "el");
    assert.equal(asked.length, 1);
  });

  test("fetch over it", async () => {
    const before = asked.length;
    for (let i = 0; i < 2; i++)
      assert.equal(await (await undiciFetch(`${origin}/x?q=1`, { dispatcher: agent })).text(), "hello");
    assert.equal(asked.length, before);
  });

  test("much content, read slowly", async () => {
    for (let i = 0; i < 2; i++) {
      const { body } = await agent.request({ origin, path: "/big", method: "GET" });
      let text = "";
      for await (const chunk of body) {
        text += chunk;
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(text, big);
    }
  });

  test("what isn't stored, and what has content of its own, passes", async () => {
    assert.notEqual((await get("/no-store")).text, (await get("/no-store")).text);
    const response = await agent.request({ origin, path: "/echo", method: "POST", body: "echo" });
    assert.equal(await response.body.text(), "echo");
  });

  test("a transfer that breaks off fails, and so does a server that isn't there", async () => {
    await assert.rejects(get("/cut"));
    await assert.rejects(agent.request({ origin: "http://127.0.0.1:9", path: "/", method: "GET" }));
  });

  test("giving up", async () => {
    const controller = new AbortController();
    const response = await agent.request({ origin, path: "/big", method: "GET", signal: controller.signal });
    controller.abort();
    await assert.rejects(response.body.text(), { name: "AbortError" });
  });
});
