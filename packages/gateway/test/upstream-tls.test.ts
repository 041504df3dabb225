import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { UpstreamFailure } from "@larder/cache";
import { Fields, type RequestHead, type ResponseHead } from "@larder/core";
import { ownCertificate } from "@larder/server";
import type { ProxyConfig } from "../src/index.ts";
import { type Facing, facing } from "./upstream-facing.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const day = 24 * 3600 * 1000;
const certificate = await ownCertificate(folder, ["localhost", "127.0.0.1"], Date.now());
const ca = readFileSync(join(folder, "ca.pem"), "utf8");

const facingTls = (server: Server, act: (at: Facing) => Promise<void>, config: Partial<ProxyConfig> = {}) =>
  facing("https", server, act, { ca, ...config });

const secure = (listener: RequestListener, pair = certificate): Server =>
  createSecureServer({ ...pair, allowHTTP1: true }, listener as never);

/** What comes back, its content as text. */
async function ask({ upstream, request }: Facing, more: Partial<RequestHead> = {}, content?: string) {
  const interim: ResponseHead[] = [];
  const body = content === undefined ? null : once1(Buffer.from(content));
  const onInterim = (head: ResponseHead) => interim.push(head);
  const response = await upstream.send({ ...request, ...more }, { body, onInterim });
  return { interim, status: response.status, fields: response.fields, text: await text(response.body) };
}

async function* once1(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

for (const http2 of [false, true]) {
  const version = http2 ? "2.0" : "1.1";
  describe(`an upstream over TLS, HTTP/${version}`, () => {
    const rows: readonly {
      readonly says: string;
      readonly answer: RequestListener;
      readonly asking?: Partial<RequestHead>;
      readonly content?: string;
      readonly status?: number;
      readonly text?: string;
      readonly fields?: Readonly<Record<string, readonly string[]>>;
      readonly interim?: readonly number[];
    }[] = [
      { says: "speaks it", answer: (request, response) => response.end(request.httpVersion), text: version },
      {
        says: "names its fields",
        answer: (_, response) => response.writeHead(200, { "set-cookie": ["a", "b"], etag: '"x"' }).end(),
        fields: { "set-cookie": ["a", "b"], etag: ['"x"'] },
      },
      { says: "304", answer: (_, response) => response.writeHead(304, { etag: '"x"' }).end(), status: 304, text: "" },
      { says: "HEAD", answer: (_, response) => response.end("abc"), asking: { method: "HEAD" }, text: "" },
      {
        says: "gets the fields as they are, nothing of the connection",
        answer: async (request, response) => response.end(JSON.stringify([request.headers["x-a"], request.headers.te])),
        asking: { fields: Fields.of(["X-A", "1"], ["Connection", "x"], ["TE", "gzip"]) },
        text: JSON.stringify(["1", null]),
      },
      {
        says: "gets content",
        answer: async (request, response) => response.end(await buffer(request)),
        asking: { method: "POST" },
        content: "abc",
        text: "abc",
      },
      {
        says: "103",
        answer: (_, response) => {
          response.writeEarlyHints({ link: "</a>; rel=preload" });
          response.end();
        },
        interim: [103],
      },
    ];
    for (const { says, answer, asking, content, ...then } of rows)
      test(says, () =>
        facingTls(
          secure(answer),
          async (at) => {
            const got = await ask(at, asking, content);
            assert.equal(got.status, then.status ?? 200);
            if (then.text !== undefined) assert.equal(got.text, then.text);
            for (const [name, values] of Object.entries(then.fields ?? {}))
              assert.deepEqual(got.fields.all(name), values);
            assert.deepEqual(
              got.interim.map(({ status }) => status),
              then.interim ?? [],
            );
          },
          { http2 },
        ),
      );

    test("content that breaks off is never taken for whole", () =>
      facingTls(
        secure((request, response) => {
          response.write("abc");
          const stream = (request as unknown as { stream?: ServerHttp2Stream }).stream;
          setImmediate(() => (http2 ? stream!.destroy(new Error("cut")) : request.socket.destroy()));
        }),
        async (at) => {
          await assert.rejects(ask(at), UpstreamFailure);
        },
        { http2 },
      ));

    test("one that doesn't answer in time", () =>
      facingTls(
        secure(() => undefined),
        async (at) => {
          await assert.rejects(ask(at), (error) => error instanceof UpstreamFailure && error.kind === "timeout");
        },
        { http2, timeouts: { connect: 1, head: 1, idle: 1 } },
      ));
  });
}

describe("an upstream whose TLS is wrong is said to be so, with what to do", () => {
  const answer: RequestListener = (_, response) => response.end();
  const rows: readonly (readonly [
    says: string,
    server: () => Server | Promise<Server>,
    message: RegExp,
    config?: Partial<ProxyConfig>,
  ])[] = [
    [
      "an unknown authority",
      () => secure(answer),
      /doesn't know the authority .* ca-file \(\w+\)\.$/,
      { ca: undefined },
    ],
    [
      "expired",
      async () => {
        const at = mkdtempSync(join(folder, "old"));
        const old = await ownCertificate(at, ["127.0.0.1"], Date.now() - 500 * day);
        authority = readFileSync(join(at, "ca.pem"), "utf8");
        return secure(answer, old);
      },
      /has expired/,
    ],
    [
      "other names",
      async () => {
        const at = mkdtempSync(join(folder, "other"));
        const other = await ownCertificate(at, ["other.example"], Date.now());
        authority = readFileSync(join(at, "ca.pem"), "utf8");
        return secure(answer, other);
      },
      /for other names; is the URL right/,
    ],
    ["no TLS", () => createServer(answer), /speaks no TLS there/],
    ["closes at once", () => createTcpServer((socket) => socket.destroy()), /./],
  ];
  let authority = ca;
  for (const [says, server, message, config] of rows)
    test(says, async () => {
      const made = await server();
      await facingTls(
        made,
        async (at) => {
          await assert.rejects(ask(at), (error) => {
            assert.ok(error instanceof UpstreamFailure, String(error));
            assert.match(error.message, message);
            return true;
          });
        },
        { ca: authority, ...config },
      );
    });
});
