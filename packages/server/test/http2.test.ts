import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientSessionOptions, connect, constants } from "node:http2";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { Fields } from "@larder/core";
import type { Handler, ListenOptions } from "../src/index.ts";
import { ca, certificate, received } from "./asking.ts";
import { say, serve } from "./serving.ts";

/** A listener, and a connection of HTTP/2 to it. */
async function open(handler: Handler, options: Partial<ListenOptions> = {}, client: ClientSessionOptions = {}) {
  const served = await serve(handler, { tls: certificate, ...options });
  const session = connect(`https://127.0.0.1:${served.port}`, { ca, ...client });
  session.on("error", () => undefined);
  return {
    served,
    session,
    async [Symbol.asyncDispose]() {
      session.destroy();
      await served.listener.close(0);
    },
  };
}

const showFields: Handler = ({ head }) => say(JSON.stringify(head.fields.raw));

describe("9113:8.3.1 and 8.2.3 a request's fields", () => {
  const rows: readonly (readonly [
    says: string,
    fields: Record<string, string | string[]>,
    status: number,
    content: RegExp,
  ])[] = [
    ["the authority is the host", { ":authority": "a.example" }, 200, /^\["host","a\.example"\]$/],
    [
      "the same Host beside it is once",
      { ":authority": "a.example", host: "a.example" },
      200,
      /^\["host","a\.example"\]$/,
    ],
    ["another Host beside it", { ":authority": "a.example", host: "b.example" }, 400, /more than one Host/],
    ["an authority with an odd port", { ":authority": "a.example:x" }, 400, /host is malformed/],
    ["pieces of Cookie are one line", { ":authority": "a", cookie: ["a=1", "b=2"] }, 200, /"cookie","a=1; b=2"\]$/],
    ["an unknown method", { ":method": "BREW" }, 501, /method/],
    ["OPTIONS *", { ":method": "OPTIONS", ":path": "*" }, 204, /^$/],
  ];
  for (const [says, fields, status, content] of rows)
    test(says, async () => {
      await using at = await open(showFields);
      const got = await received(at.session.request({ ":path": "/", ...fields }));
      assert.equal(got.status, status);
      assert.match(got.content, content);
    });

  test("CONNECT", async () => {
    await using at = await open(showFields);
    const got = await received(at.session.request({ ":method": "CONNECT", ":authority": "a.example:80" }));
    assert.equal(got.status, 501);
  });
});

describe("9113:8.2.2 fields of a connection", () => {
  test("are not sent", async () => {
    const lines = ["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "TE"] as const;
    await using at = await open(() => say("x", ...lines.map((name) => [name, "x"] as const), ["A", "b"]));
    const got = await received(at.session.request({ ":path": "/" }));
    assert.equal(got.status, 200);
    assert.deepEqual(Object.keys(got.fields), ["content-type", "a", "content-length", "date"]);
  });

  /** HEADERS of stream 1 with the end of its content: `:method GET`, `:scheme https`, `:path /`, `:authority a`, one more field. */
  const frame = (name: string, value: string): Buffer => {
    const text = (octets: string) => Buffer.concat([Buffer.from([octets.length]), Buffer.from(octets)]);
    const block = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 1, 0x61, 0x00]), text(name), text(value)]);
    return Buffer.concat([Buffer.from([0, 0, block.length, 1, 5, 0, 0, 0, 1]), block]);
  };
  const preface = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  ]);
  const rows: readonly (readonly [name: string, value: string, taken?: true])[] = [
    ["x", "y", true],
    ["te", "trailers", true],
    ["connection", "close"],
    ["keep-alive", "x"],
    ["proxy-connection", "x"],
    ["transfer-encoding", "chunked"],
    ["upgrade", "x"],
    ["te", "gzip"],
    ["A", "upper case"],
    // the request passes, the field is left out
    ["a", "b\nc", true],
    [":odd", "x"],
  ];
  for (const [name, value, taken] of rows)
    test(`${name}: ${value.replace("\n", "\\n")} is ${taken ? "taken" : "refused"}`, async () => {
      let asked = 0;
      await using served = await serve(
        ({ head }) => {
          asked++;
          assert.ok(!head.fields.raw.some((text) => text.includes("\n")));
          return say("x");
        },
        { tls: certificate },
      );
      const socket = connectTls({ host: "127.0.0.1", port: served.port, ca, ALPNProtocols: ["h2"] });
      await once(socket, "secureConnect");
      socket.write(Buffer.concat([preface, frame(name, value)]));
      const types: number[] = [];
      let octets = Buffer.alloc(0);
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        octets = Buffer.concat([octets, chunk]);
        while (octets.length >= 9 && octets.length >= 9 + octets.readUIntBE(0, 3)) {
          types.push(octets[3]!);
          octets = octets.subarray(9 + octets.readUIntBE(0, 3));
        }
        if (types.includes(resetStream) || types.includes(headers)) break;
      }
      assert.equal(types.includes(headers), taken === true);
      assert.equal(asked, taken ? 1 : 0, "whether a handler sees it");
    });
  /** types of frames (RFC 9113 §6) */
  const [headers, resetStream] = [1, 3];
});

test("9113:8.1 trailers of a request are left out", async () => {
  await using at = await open(async ({ head, body }) => {
    for await (const _ of body ?? []);
    return say(String(head.fields.has("x-late")));
  });
  const stream = at.session.request({ ":path": "/", ":method": "POST" }, { waitForTrailers: true } as object);
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-late": "1" }));
  assert.equal((await received(stream, "abc")).content, "false");
});

describe("9113:5 streams", () => {
  test("one that is cancelled: the signal, the source and the log are told, others go on", async () => {
    const aborted = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(1 << 16);
      } finally {
        ended.resolve();
      }
    }
    await using at = await open(({ path, signal }) => {
      if (path !== "/endless") return say("x");
      signal.addEventListener("abort", () => aborted.resolve());
      return { status: 200, fields: Fields.empty, content: endless() };
    });
    const stream = at.session.request({ ":path": "/endless" });
    stream.on("error", () => undefined);
    await once(stream, "data");
    stream.close(constants.NGHTTP2_CANCEL);
    await Promise.all([aborted.promise, ended.promise, at.served.answered(1)]);
    assert.equal(at.served.accessed[0]?.gone, true);
    assert.equal((await received(at.session.request({ ":path": "/" }))).status, 200);
    assert.deepEqual(at.served.logged, []);
  });

  test("one whose client takes nothing for too long is cut", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1 << 16);
    }
    await using at = await open(() => ({ status: 200, fields: Fields.empty, content: endless() }), {
      stallTimeoutMs: 30,
    });
    const stream = at.session.request({ ":path": "/" });
    stream.on("error", () => undefined).pause();
    await at.served.answered(1);
    assert.equal(at.served.accessed[0]?.gone, true);
  });

  test("run side by side", async () => {
    const both = Promise.withResolvers<void>();
    let asked = 0;
    await using at = await open(async () => {
      if (++asked === 2) both.resolve();
      await both.promise;
      return say("x");
    });
    const answers = ["/a", "/b"].map((path) => received(at.session.request({ ":path": path })));
    assert.deepEqual(
      (await Promise.all(answers)).map(({ status }) => status),
      [200, 200],
    );
  });
});

test("an idle connection is closed, a busy one is not", async () => {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  await using at = await open(
    async () => {
      await ready;
      return say("x");
    },
    { keepAliveMs: 30 },
  );
  const busy = received(at.session.request({ ":path": "/" }));
  const idle = connect(`https://127.0.0.1:${at.served.port}`, { ca });
  await once(idle, "close");
  assert.equal(at.session.closed, false);
  resolve();
  assert.equal((await busy).status, 200);
  await once(at.session, "close");
});

describe("9113:10.5 floods", () => {
  const goneAway = async (session: ClientHttp2Session): Promise<void> => {
    if (!session.destroyed) await new Promise((resolve) => session.once("close", resolve));
  };
  const never: Handler = () => new Promise(() => undefined);

  test("of resets end the connection", async () => {
    await using at = await open(never);
    await once(at.session, "remoteSettings");
    for (let i = 0; i < 2000 && !at.session.destroyed; i++) {
      const stream = at.session.request({ ":path": "/" });
      stream.on("error", () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await goneAway(at.session);
    assert.ok(at.served.accessed.length < 2000);
  });

  test("of fields end the stream", async () => {
    await using at = await open(showFields, { mostHeadBytes: 4096 });
    await once(at.session, "remoteSettings");
    const got = await received(at.session.request({ ":path": "/", a: "a".repeat(10_000) }));
    assert.notEqual(got.status, 200);
    assert.equal(at.served.accessed.length, 0);
  });

  test("of streams: only so many are served at once", async () => {
    let asked = 0;
    const enough = Promise.withResolvers<void>();
    await using at = await open(() => {
      if (++asked === 128) enough.resolve();
      return new Promise(() => undefined);
    });
    await once(at.session, "remoteSettings");
    assert.equal(at.session.remoteSettings.maxConcurrentStreams, 128);
    for (let i = 0; i < 200; i++) at.session.request({ ":path": "/" }).on("error", () => undefined);
    await enough.promise;
    await new Promise((resolve) => at.session.ping(resolve));
    assert.equal(asked, 128);
  });
});
