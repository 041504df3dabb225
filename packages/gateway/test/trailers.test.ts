import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Fields } from "@larder/core";
import { dispatcherOf, undiciUpstream } from "../src/upstream-undici.ts";

test("9111:3.1 trailer fields don't come among the header fields #9111:3.1-trailers", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { Trailer: "ETag, X-Late" });
    response.write("one");
    response.addTrailers({ ETag: '"late"', "X-Late": "1" });
    response.end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const config = {
    prefix: "/",
    format: "http",
    upstream,
    credentials: undefined,
    fresh: undefined,
    offline: false,
    timeouts: { connect: 5, head: 5, idle: 5 },
    ca: undefined,
    proxy: { type: "none" },
  } as const;
  const dispatcher = dispatcherOf(config);
  try {
    const request = { method: "GET", target: upstream.href, fields: Fields.empty };
    const response = await undiciUpstream(config, dispatcher).send(request, { body: null });
    let text = "";
    for await (const chunk of response.body) text += Buffer.from(chunk).toString();
    assert.equal(text, "one");
    assert.deepEqual([response.fields.has("etag"), response.fields.has("x-late")], [false, false]);
  } finally {
    await dispatcher.destroy();
    server.close();
  }
});
