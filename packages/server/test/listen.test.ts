import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { Fields } from "@larder/core";
import { type Handler, type Outgoing, problem } from "../src/index.ts";
import { answer, exchange, get, say, serve, source } from "./serving.ts";

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
