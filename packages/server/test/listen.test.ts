import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { Fields } from "@larder/core";
import { type Handler, type Incoming, type Outgoing, problem } from "../src/index.ts";
import { exchange, say, serve } from "./serving.ts";

const get = (path = "/", ...fields: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, "Host: x", "Connection: close", ...fields, "", ""].join("\r\n");

const answer = (
  status: number,
  content: Outgoing["content"],
  ...lines: readonly (readonly [string, string])[]
): Outgoing => ({
  status,
  fields: Fields.of(...lines),
  content,
});

describe("9112:4 the reason phrase", () => {
  const rows: readonly [says: string, outgoing: Outgoing, line: RegExp][] = [
    ["the status' own", answer(403, null), /^HTTP\/1\.1 403 Forbidden\r\n/],
    ["another", { ...answer(403, null), reason: "it is too new" }, /^HTTP\/1\.1 403 it is too new\r\n/],
    ["in ASCII, on one line", { ...answer(403, null), reason: "a\r\nB: c\u00e9" }, /^HTTP\/1\.1 403 a\?B: c\?\r\n/],
    ["of a problem that is said aloud", problem(403, "No.", { aloud: true }), /^HTTP\/1\.1 403 No\.\r\n/],
    ["of any other problem", problem(403, "No."), /^HTTP\/1\.1 403 Forbidden\r\n/],
  ];
  for (const [says, outgoing, line] of rows)
    test(says, async () => {
      await using served = await serve(() => outgoing);
      assert.match(await exchange(served.port, get()), line);
    });
});

/** An iterable of these, and whether it was told that nobody reads on. */
function source(...chunks: readonly (string | Error | Promise<unknown>)[]) {
  const state = { returned: false };
  async function* give(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        if (chunk instanceof Promise) await chunk;
        else yield Buffer.from(chunk);
      }
    } finally {
      state.returned = true;
    }
  }
  return { state, content: give() };
}

describe("9110:8.6 Content-Length and content", () => {
  const abc = Buffer.from("abc");
  type Row = readonly [says: string, method: string, outgoing: Outgoing, sent: RegExp, not?: RegExp];
  const rows: readonly Row[] = [
    ["is added to bytes", "GET", answer(200, abc), /\r\nContent-Length: 3\r\n[\s\S]*\r\n\r\nabc$/],
    [
      "is not added twice",
      "GET",
      answer(200, abc, ["content-length", "3"]),
      /\r\ncontent-length: 3\r\n/,
      /Content-Length/,
    ],
    ["is 0 without content", "GET", answer(200, null), /\r\nContent-Length: 0\r\n[\s\S]*\r\n\r\n$/],
    ["HEAD has that of GET, no content", "HEAD", answer(200, abc), /\r\nContent-Length: 3\r\n[\s\S]*\r\n\r\n$/],
    [
      "HEAD without content: as said",
      "HEAD",
      answer(200, null, ["Content-Length", "9"]),
      /Content-Length: 9\r\n[\s\S]*\r\n\r\n$/,
    ],
    ["HEAD without content: unknown", "HEAD", answer(200, null), /^HTTP\/1\.1 200/, /Content-Length|Transfer-Encoding/],
    ["204 has none", "GET", answer(204, null, ["Content-Length", "0"]), /^HTTP\/1\.1 204/, /Content-Length/],
    ["304 has no content", "GET", answer(304, abc, ["ETag", '"a"']), /ETag: "a"\r\n[\s\S]*\r\n\r\n$/, /Content-Length/],
    [
      "304 may say the length",
      "GET",
      answer(304, null, ["Content-Length", "3"]),
      /Content-Length: 3\r\n[\s\S]*\r\n\r\n$/,
    ],
    [
      "chunks where unknown",
      "GET",
      answer(200, source("ab", "c").content),
      /Transfer-Encoding: chunked[\s\S]*\r\n0\r\n\r\n$/,
    ],
    [
      "an iterable with a length",
      "GET",
      answer(200, source("ab", "c").content, ["Content-Length", "3"]),
      /\r\n\r\nabc$/,
    ],
    ["an empty iterable", "GET", answer(200, source().content), /Transfer-Encoding: chunked[\s\S]*\r\n\r\n0\r\n\r\n$/],
  ];
  for (const [says, method, outgoing, sent, not] of rows) {
    test(says, async () => {
      await using served = await serve(() => outgoing);
      const got = await exchange(served.port, get().replace("GET", method));
      assert.match(got, sent);
      if (not) assert.doesNotMatch(got, not);
    });
  }

  test("fields go out as they are, in order, in their case; Date is added", async () => {
    await using served = await serve(() => say("", ["x-Odd", "1"], ["Set-Cookie", "a"], ["Set-Cookie", "b"]));
    const got = await exchange(served.port, get());
    assert.match(got, /Content-Type: text\/plain\r\nx-Odd: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n/);
    assert.match(got, /\r\nDate: \w{3}, \d\d \w{3} \d{4} /);
  });

  test("an iterable is told that its content is not sent", async () => {
    for (const [method, status] of [
      ["HEAD", 200],
      ["GET", 304],
    ] as const) {
      const { state, content } = source("abc");
      await content.next();
      await using served = await serve(() => answer(status, content));
      await exchange(served.port, get().replace("GET", method));
      assert.ok(state.returned);
    }
  });
});

describe("an answer that goes wrong", () => {
  const rows: readonly (readonly [says: string, content: () => Outgoing["content"], length?: string])[] = [
    ["a source that throws", () => source("abc", new Error("boom")).content],
    ["a source that throws where a length was said", () => source("abc", new Error("boom")).content, "9"],
    ["a source that is too short", () => source("abc").content, "4"],
    ["a source that is too long", () => source("abc").content, "2"],
  ];
  for (const [says, content, length] of rows) {
    test(`${says} never ends as if whole`, async () => {
      const lines: (readonly [string, string])[] = length === undefined ? [] : [["Content-Length", length]];
      await using served = await serve(() => answer(200, content(), ...lines));
      for (const version of ["1.1", "1.0"]) {
        const got = await exchange(served.port, get().replace("HTTP/1.1", `HTTP/${version}`));
        assert.match(got, /<reset>$/);
      }
      assert.deepEqual(served.logged, ["an answer broke off", "an answer broke off"]);
      assert.ok(served.accessed.every(({ error }) => error instanceof Error));
    });
  }

  const failing: readonly (readonly [says: string, handler: Handler])[] = [
    [
      "a handler that throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["a handler that rejects", () => Promise.reject(new Error("boom"))],
    ["a length that bytes contradict", () => answer(200, Buffer.from("abc"), ["Content-Length", "4"])],
    ["a field that can't be sent", () => answer(200, null, ["X", "a\r\nb"])],
    ["a field of an iterable that can't be sent", () => answer(200, source("a").content, ["X", "a\r\nb"])],
    ["no status", () => answer(0, null)],
  ];
  for (const [says, handler] of failing) {
    test(`${says} is a 500 and one line`, async () => {
      await using served = await serve(handler);
      const got = await exchange(served.port, get());
      assert.match(got, /^HTTP\/1\.1 500 [\s\S]*application\/problem\+json/);
      assert.doesNotMatch(got, /boom/);
      assert.deepEqual(served.logged, ["a request failed"]);
    });
  }
});

describe("a client that goes away", () => {
  test("aborts the signal, ends the source, and is logged as gone", async () => {
    const { promise: forever } = Promise.withResolvers();
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { state, content } = source("abc", forever);
    const returned = Promise.withResolvers<void>();
    const ending: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => content.next(),
        return: async () => {
          state.returned = true;
          returned.resolve();
          return { done: true, value: undefined };
        },
      }),
    };
    await using served = await serve(({ signal }) => {
      signal.addEventListener("abort", () => resolve());
      return answer(200, ending);
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    await once(socket, "data");
    socket.destroy();
    await Promise.all([aborted, returned.promise, served.answered(1)]);
    assert.deepEqual(served.accessed[0], {
      method: "GET",
      path: "/",
      status: 200,
      because: undefined,
      bytes: 3,
      gone: true,
    });
    assert.deepEqual(served.logged, []);
  });

  test("before the answer is there: its content is given up", async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const { state, content } = source("abc");
    await content.next();
    const arrived = Promise.withResolvers<void>();
    await using served = await serve(async ({ signal }) => {
      arrived.resolve();
      await Promise.all([ready, once(signal, "abort")]);
      return answer(200, content);
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    await arrived.promise;
    socket.destroy();
    resolve();
    await served.answered(1);
    assert.ok(state.returned);
    assert.equal(served.accessed[0]?.gone, true);
  });

  test("a signal asked for afterwards is aborted", async () => {
    const after = Promise.withResolvers<Incoming>();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    await using served = await serve(async (incoming) => {
      incoming.signal.addEventListener("abort", () => resolve());
      after.resolve(incoming);
      await over;
      return say("");
    });
    const socket = connect(served.port, "127.0.0.1");
    socket.write(get());
    const incoming = await after.promise;
    socket.destroy();
    await over;
    assert.ok(incoming.signal.aborted);
  });
});

test("a slow reader holds the source back", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    const chunk = Buffer.alloc(1 << 16);
    for (; given < 4096; given++) yield chunk;
  }
  await using served = await serve(() => answer(200, endless()));
  const request = httpRequest({ port: served.port, host: "127.0.0.1" }).end();
  const [response] = await once(request, "response");
  // the source stands still once the buffers on the way are full: nothing is given for several turns
  for (let before = -1, still = 0; still < 20; before = given) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    still = given === before ? still + 1 : 0;
  }
  assert.ok(given < 2048, `${given} chunks of 64 KiB are on the way`);
  response.resume();
  await once(response, "end");
  assert.equal(given, 4096);
});

describe("9110:10.1.1 and 15.2 interim responses", () => {
  test("100 is sent when the content is asked for", async () => {
    await using served = await serve(async ({ body }) => {
      for await (const chunk of body!) return say(Buffer.from(chunk).toString());
      return say("nothing");
    });
    const post = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
    const socket = connect(served.port, "127.0.0.1").setEncoding("latin1");
    socket.write(post);
    const [first] = await once(socket, "data");
    assert.equal(first, "HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("abc");
    let rest = "";
    for await (const chunk of socket) rest += chunk;
    assert.match(rest, /^HTTP\/1\.1 200 [\s\S]*abc$/);
  });

  test("a final answer without 100 closes the connection", async () => {
    await using served = await serve(() => say("no"));
    const got = await exchange(
      served.port,
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
    );
    assert.match(got, /^HTTP\/1\.1 200 [\s\S]*Connection: close/);
  });

  const early = { status: 103, fields: Fields.of(["Link", "</a>"]) };
  const withEarly: Handler = async (incoming) => {
    incoming.interim(early);
    return say("x");
  };
  test("others go out as they come", async () => {
    await using served = await serve(withEarly);
    assert.match(
      await exchange(served.port, get()),
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 /,
    );
  });
  test("none to HTTP/1.0", async () => {
    await using served = await serve(withEarly);
    assert.match(await exchange(served.port, get().replace("HTTP/1.1", "HTTP/1.0")), /^HTTP\/1\.1 200 /);
  });
});

describe("9110:15.5.14 content that is too long", () => {
  const read: Handler = async ({ body }) => {
    let length = 0;
    for await (const chunk of body ?? []) length += chunk.byteLength;
    return say(String(length));
  };
  const post = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const rows: readonly (readonly [says: string, octets: string, status: number])[] = [
    ["by its Content-Length", `${post}Content-Length: 11\r\n\r\n${"a".repeat(11)}`, 413],
    ["by its chunks", `${post}Transfer-Encoding: chunked\r\n\r\nb\r\n${"a".repeat(11)}\r\n0\r\n\r\n`, 413],
    ["not by one octet less", `${post}Content-Length: 10\r\n\r\n${"a".repeat(10)}`, 200],
  ];
  for (const [says, octets, status] of rows) {
    test(says, async () => {
      await using served = await serve(read, { mostContentBytes: 10 });
      assert.match(await exchange(served.port, octets), new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.deepEqual(served.logged, []);
    });
  }
});

test("pipelined requests are answered in their order", async () => {
  const { promise: later, resolve } = Promise.withResolvers<void>();
  await using served = await serve(async ({ path }) => {
    if (path === "/slow") await later;
    else resolve();
    return say(`<${path}>`);
  });
  const got = await exchange(served.port, `GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${get("/quick")}`);
  assert.deepEqual(got.match(/<[^>]+>/g), ["</slow>", "</quick>"]);
});

test("a client that takes nothing for too long is cut off, and the source told", async () => {
  const told = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1 << 16);
    } finally {
      told.resolve();
    }
  }
  await using served = await serve(() => answer(200, endless()), { stallTimeoutMs: 30 });
  const socket = connect(served.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(get());
  await Promise.all([told.promise, served.answered(1)]);
  assert.equal(served.accessed[0]?.gone, true);
  socket.destroy();
});

describe("closing", () => {
  test("lets running requests finish, tells their connections to close, refuses new ones", async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const served = await serve(async () => {
      arrived.resolve();
      await ready;
      return say("done");
    });
    const running = exchange(served.port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await arrived.promise;
    const closed = served.listener.close(10_000);
    const refused = connect(served.port, "127.0.0.1");
    const [error] = await once(refused, "error");
    assert.equal(error.code, "ECONNREFUSED");
    resolve();
    assert.match(await running, /Connection: close[\s\S]*done$/);
    await closed;
  });

  test("closes idle connections at once", async () => {
    const served = await serve(() => say("x"));
    const socket = connect(served.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "data");
    await Promise.all([once(socket, "close"), served.listener.close(10_000)]);
  });

  test("cuts what still runs after the grace", async () => {
    const arrived = Promise.withResolvers<void>();
    const served = await serve(() => {
      arrived.resolve();
      return new Promise<Outgoing>(() => undefined);
    });
    const running = exchange(served.port, get());
    await arrived.promise;
    await served.listener.close(20);
    assert.match(await running, /^(?:<reset>)?$/);
  });
});
