import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ResponseHead } from "@larder/core";
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

test("content that came with its head is there as a whole, until somebody reads it", () =>
  facingPlain(
    (request, response) => {
      if (request.method === "HEAD") response.writeHead(200, { "Content-Length": 3 }).end();
      else response.end("one");
    },
    async ({ upstream, request }) => {
      const { body } = await upstream.send(request, { body: null });
      assert.equal(Buffer.from(body.whole!).toString(), "one");
      let text = "";
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      assert.deepEqual([text, body.whole], ["one", undefined]);
      const none = await upstream.send({ ...request, method: "HEAD" }, { body: null });
      assert.equal(none.body.whole?.length, 0);
    },
  ));

test("content that still comes is nowhere as a whole, and one that breaks off fails its reader", () =>
  facingPlain(
    (_, response) => {
      response.writeHead(200, { "Content-Length": 6 });
      response.write("one");
      setTimeout(() => response.destroy(), 50);
    },
    async ({ upstream, request }) => {
      const { body } = await upstream.send(request, { body: null });
      assert.equal(body.whole, undefined);
      let text = "";
      const read = async () => {
        for await (const chunk of body) text += Buffer.from(chunk).toString();
      };
      await assert.rejects(read, { name: "UpstreamFailure", kind: "broken" });
      assert.deepEqual([text, body.whole], ["one", undefined]);
    },
  ));

test("an upstream waits for a reader that is slower", () => {
  let sent = 0;
  return facingPlain(
    (_, response) => {
      const more = () => {
        for (; sent < 64 << 20; ) {
          sent += 1 << 16;
          if (!response.write(Buffer.alloc(1 << 16))) return;
        }
        response.end();
      };
      response.on("drain", more);
      more();
    },
    async ({ upstream, request }) => {
      const { body } = await upstream.send(request, { body: null });
      const chunks = body[Symbol.asyncIterator]();
      let length = (await chunks.next()).value.length;
      for (let before = -1; before !== sent; await delay(100)) before = sent;
      assert.ok(sent < 32 << 20, `${sent} octets were sent to a reader that has read ${length}`);
      for (let step = await chunks.next(); !step.done; step = await chunks.next()) length += step.value.length;
      assert.equal(length, 64 << 20);
    },
  );
});

test("an interim response is told before the final one comes", () =>
  facingPlain(
    (_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.end("one");
    },
    async ({ upstream, request }) => {
      const interim: ResponseHead[] = [];
      const onInterim = (head: ResponseHead) => void interim.push(head);
      const { status } = await upstream.send(request, { body: null, onInterim });
      assert.deepEqual([status, interim.length, interim[0]?.status], [200, 1, 103]);
      assert.equal(interim[0]?.fields.get("link"), "</style.css>; rel=preload");
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
