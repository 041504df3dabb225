import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { createCachedFetch } from "../src/index.ts";

interface Server {
  readonly url: string;
  /** how many requests came */
  readonly requests: number;
  /** octets that were sent */
  readonly sent: number;
  close(): Promise<void>;
}

/**
 * A server of octets.
 * @param answers what it writes to a request, piece by piece for as long as the client takes them
 */
async function serve(answers: (request: number) => Iterable<string>): Promise<Server> {
  let requests = 0;
  let sent = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    socket.on("data", async () => {
      for (const piece of answers(requests++)) {
        if (socket.destroyed) return;
        sent += piece.length;
        if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
        await new Promise(setImmediate);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    get requests() {
      return requests;
    },
    get sent() {
      return sent;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function* endless(head: string, piece: string): Iterable<string> {
  yield head;
  for (;;) yield piece;
}
const one = (text: string) => () => [text];
const stale = "Cache-Control: max-age=0\r\n";
const ok = (fields: string, content = "hello") => `HTTP/1.1 200 OK\r\n${fields}Content-Length: 5\r\n\r\n${content}`;

/** What is never a response that a client could use. */
const broken: readonly (readonly [server: string, answers: (request: number) => Iterable<string>])[] = [
  ["endless fields", () => endless("HTTP/1.1 200 OK\r\n", `X-Filler: ${"x".repeat(1000)}\r\n`)],
  ["one endless field", () => endless("HTTP/1.1 200 OK\r\nX: ", "x".repeat(1000))],
  ["no HTTP", one("hello\r\n\r\n")],
  ["two lengths", one("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello")],
  ["a negative length", one("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")],
  ["304 for ever", one("HTTP/1.1 304 Not Modified\r\n\r\n")],
];

/**
 * What requests for the same come to: the text, that it failed, or that `fetch` waits for as long as the signal lets it.
 * The server is asked so many times at most: what fails on the way is tried once more.
 */
const rows: readonly {
  readonly server: string;
  readonly answers: (request: number) => Iterable<string>;
  readonly gives: readonly string[];
  readonly requests: number;
}[] = [
  ...broken.map(([server, answers]) => ({ server, answers, gives: ["fails", "fails"], requests: 4 })),
  {
    server: "an endless status line",
    answers: () => endless("HTTP/1.1 200 ", "O".repeat(1000)),
    gives: ["waits"],
    requests: 2,
  },
  {
    server: "304 with other tags for ever, after a response",
    answers: (request) => [
      request === 0 ? ok(`${stale}ETag: "a"\r\n`) : `HTTP/1.1 304 Not Modified\r\nETag: "${request}"\r\n\r\n`,
    ],
    gives: ["hello", "fails"],
    requests: 3,
  },
  {
    server: "redirects to itself for ever",
    answers: one("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
    gives: ["fails", "fails"],
    requests: 42,
  },
  ...["0", "-1", "Thu, 99 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 9999 00:00:00 GMT", "x".repeat(3000)].map((date) => ({
    server: `dates of every kind: ${date.slice(0, 30)}`,
    answers: one(ok(`Date: ${date}\r\nExpires: ${date}\r\nLast-Modified: ${date}\r\nAge: ${date}\r\n`)),
    gives: ["hello", "hello"],
    requests: 2,
  })),
];

describe("a hostile server can't make the client loop, hang or grow", () => {
  for (const { server: name, answers, gives, requests } of rows) {
    test(name, async () => {
      const server = await serve(answers);
      try {
        const cached = createCachedFetch();
        const seen: string[] = [];
        for (const _ of gives)
          seen.push(
            await cached(server.url, { signal: AbortSignal.timeout(gives[0] === "waits" ? 500 : 10_000) }).then(
              (response) => response.text(),
              (error: Error) => (error.name === "TimeoutError" ? "waits" : "fails"),
            ),
          );
        assert.deepEqual(seen, gives);
        assert.ok(server.requests <= requests, `asked ${server.requests} times`);
        // what `fetch` waits for it reads as fast as it comes
        if (!gives.includes("waits")) assert.ok(server.sent < 16 << 20, `took ${server.sent} octets`);
      } finally {
        await server.close();
      }
    });
  }

  test("content without end: who reads gets it, and nothing of it stays", async () => {
    const server = await serve(() =>
      endless(`HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n`, "x".repeat(65_536)),
    );
    try {
      const cached = createCachedFetch();
      const before = process.memoryUsage().rss;
      let got = 0;
      for await (const chunk of (await cached(server.url)).body!) {
        got += chunk.length;
        if (got > 200 << 20) break;
      }
      assert.ok(process.memoryUsage().rss - before < 180 << 20);
    } finally {
      await server.close();
    }
  });
});
