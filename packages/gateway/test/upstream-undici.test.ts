import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { test } from "node:test";
import { atMost } from "../src/at-most.ts";
import type { ProxyConfig } from "../src/index.ts";
import { type Facing, facing } from "./upstream-facing.ts";

const facingPlain = (
  listener: RequestListener,
  act: (at: Facing) => Promise<void>,
  config: Partial<ProxyConfig> = {},
) => facing("http", createServer(listener), act, config);

test("9111:3.1 trailer fields don't come among the header fields #9111:3.1-trailers", () =>
  facingPlain(
    (_, response) => {
      response.writeHead(200, { Trailer: "ETag, X-Late" });
      response.write("one");
      response.addTrailers({ ETag: '"late"', "X-Late": "1" });
      response.end();
    },
    async ({ upstream, request }) => {
      const response = await upstream.send(request, { body: null });
      let text = "";
      for await (const chunk of response.body) text += Buffer.from(chunk).toString();
      assert.equal(text, "one");
      assert.deepEqual([response.fields.has("etag"), response.fields.has("x-late")], [false, false]);
    },
  ));

test("content that is given up before it is read leaves its connection to others", () =>
  facingPlain(
    (_, response) => response.end(Buffer.alloc(1_000_000)),
    async ({ upstream, request }) => {
      // more than there may be connections
      for (let i = 0; i < 40; i++) {
        const response = await upstream.send(request, { body: null });
        await response.body[Symbol.asyncIterator]().return?.();
      }
    },
  ));

test("content that goes on for ever is broken off", () =>
  facingPlain(
    (_, response) => {
      const more = () => response.write("x".repeat(10_000)) && setImmediate(more);
      response.on("drain", more);
      more();
    },
    async ({ upstream, request }) => {
      const response = await atMost(100_000, upstream).send(request, { body: null });
      let length = 0;
      const read = async () => {
        for await (const chunk of response.body) length += chunk.length;
      };
      await assert.rejects(read, /more than 100000 octets/);
      assert.ok(length <= 100_000);
    },
  ));

test("while all connections are taken, who waits is told in time", () =>
  facingPlain(
    (_, response) => response.end(Buffer.alloc(1_000_000)),
    async ({ upstream, request }) => {
      const all = await Promise.allSettled(Array.from({ length: 40 }, () => upstream.send(request, { body: null })));
      const failed = all.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      assert.deepEqual([failed.length > 0, new Set(failed.map(({ kind }) => kind))], [true, new Set(["timeout"])]);
    },
    { timeouts: { connect: 1, head: 1, idle: 1 } },
  ));
