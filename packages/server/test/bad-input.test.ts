import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { exchange, type Served, say, serve } from "./serving.ts";

/** Says what it was asked; `/echo` gives the content back. */
const start = (): Promise<Served> =>
  serve(async ({ head, path, body }) => {
    if (path !== "/echo") return say(`${head.method} ${head.target}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body ?? []) chunks.push(chunk);
    return say(Buffer.concat(chunks).toString("latin1"));
  });

/** A request of these lines; the connection closes after its answer. */
const request = (line: string, ...fields: readonly string[]): string =>
  [line, "Host: x", "Connection: close", ...fields, "", ""].join("\r\n");

type Row = readonly [says: string, octets: string, status: number, detail: RegExp];

const tables: Readonly<Record<string, readonly Row[]>> = {
  "9112:3 request line": [
    ["binary garbage", "\x00\x01\x02\r\n\r\n", 400, /request line is malformed/],
    ["a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, /TLS/],
    ["an unknown method", request("BREW / HTTP/1.1"), 501, /method/],
    ["a method in lower case", request("get / HTTP/1.1"), 501, /method/],
    ["no target", request("GET HTTP/1.1"), 400, /malformed/],
    ["no version", request("GET /"), 505, /HTTP\/1\.1/],
    ["HTTP/0.9", request("GET / HTTP/0.9"), 505, /HTTP\/1\.1/],
    ["HTTP/2.0", request("GET / HTTP/2.0"), 505, /HTTP\/1\.1/],
    ["HTTP/3.0", request("GET / HTTP/3.0"), 505, /HTTP\/1\.1/],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, /HTTP\/1\.1/],
    ["bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400, /request line is malformed/],
    ["CONNECT", request("CONNECT y:80 HTTP/1.1"), 501, /CONNECT/],
    ["a target that is too long", request(`GET /${"a".repeat(8192)} HTTP/1.1`), 414, /8192/],
    ["a target beyond all bounds", request(`GET /${"a".repeat(200_000)} HTTP/1.1`), 414, /too long/],
  ],
  "9112:3.2 request target": [
    ["a space", request("GET /a b HTTP/1.1"), 400, /malformed/],
    ["a tab", request("GET /a\tb HTTP/1.1"), 400, /malformed/],
    ["a control character", request("GET /a\x01b HTTP/1.1"), 400, /malformed/],
    ["a raw octet that is not ASCII", request("GET /a\xe4b HTTP/1.1"), 400, /malformed/],
    ["a fragment", request("GET /a#b HTTP/1.1"), 400, /fragment/],
    ["a dot segment", request("GET /a/../b HTTP/1.1"), 400, /dot segment/],
    ["an encoded dot segment", request("GET /a/%2E%2e/b HTTP/1.1"), 400, /dot segment/],
    ["a backslash", request("GET /a\\b HTTP/1.1"), 400, /backslash/],
    ["* with GET", request("GET * HTTP/1.1"), 400, /OPTIONS/],
    ["authority-form", request("GET y:80 HTTP/1.1"), 400, /malformed/],
    ["absolute-form of another scheme", request("GET ftp://y/ HTTP/1.1"), 400, /ftp/],
    ["absolute-form without host", request("GET http:///a HTTP/1.1"), 400, /host is empty/],
    ["absolute-form with user information", request("GET http://u:p@y/ HTTP/1.1"), 400, /user information/],
  ],
  "9110:7.2 Host": [
    ["none", "GET / HTTP/1.1\r\n\r\n", 400, /no Host/],
    ["two", request("GET / HTTP/1.1", "host: x"), 400, /more than one Host/],
    ["empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, /empty/],
    ["a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, /malformed/],
    ["with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, /malformed/],
    ["with user information", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, /user information/],
  ],
  "9112:5 field syntax": [
    ["bare LF", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400, /missing expected cr/],
    ["bare CR", "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400, /missing expected lf/],
    ["obs-fold", request("GET / HTTP/1.1", "A: b\r\n c"), 400, /whitespace/],
    ["white space before the colon", request("GET / HTTP/1.1", "A : b"), 400, /header token/],
    ["white space before the first", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400, /space after start line/],
    ["no colon", request("GET / HTTP/1.1", "ABC"), 400, /header token/],
    ["no name", request("GET / HTTP/1.1", ": b"), 400, /header token/],
    ["a control character", request("GET / HTTP/1.1", "A: b\x01c"), 400, /value char/],
    ["NUL", request("GET / HTTP/1.1", "A: b\x00c"), 400, /value char/],
    ["DEL", request("GET / HTTP/1.1", "A: b\x7fc"), 400, /value char/],
    ["a value beyond all bounds", request("GET / HTTP/1.1", `A: ${"a".repeat(40_000)}`), 431, /too long/],
    ["a name beyond all bounds", request("GET / HTTP/1.1", `${"a".repeat(40_000)}: b`), 431, /too long/],
    ["too many lines", request("GET / HTTP/1.1", ...Array<string>(300).fill("A: b")), 431, /256/],
  ],
  "9112:6 message body": [
    [
      "both lengths",
      request("POST / HTTP/1.1", "Content-Length: 3", "Transfer-Encoding: chunked"),
      400,
      /content-length/,
    ],
    [
      "both, turned",
      request("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 3"),
      400,
      /content-length/,
    ],
    ["two lengths", request("POST / HTTP/1.1", "Content-Length: 3", "Content-Length: 4"), 400, /content-length/],
    ["a list of lengths", request("POST / HTTP/1.1", "Content-Length: 3, 3"), 400, /content-length/],
    ["a negative length", request("POST / HTTP/1.1", "Content-Length: -3"), 400, /content-length/],
    ["a length with a sign", request("POST / HTTP/1.1", "Content-Length: +3"), 400, /content-length/],
    ["a hexadecimal length", request("POST / HTTP/1.1", "Content-Length: 0x3"), 400, /content-length/],
    ["a length beyond all bounds", request("POST / HTTP/1.1", `Content-Length: ${"9".repeat(30)}`), 400, /overflow/],
    ["an empty length", request("POST / HTTP/1.1", "Content-Length:"), 400, /content-length/],
    ["an unknown transfer coding", request("POST / HTTP/1.1", "Transfer-Encoding: xchunked"), 501, /chunked/],
    ["a coding before chunked", request("POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked"), 501, /chunked/],
    ["chunked not last", request("POST / HTTP/1.1", "Transfer-Encoding: chunked, gzip"), 400, /transfer-encoding/],
    [
      "chunked twice",
      request("POST / HTTP/1.1", ...Array<string>(2).fill("Transfer-Encoding: chunked")),
      400,
      /transfer-enc/,
    ],
    ["chunked in HTTP/1.0", request("POST / HTTP/1.0", "Transfer-Encoding: chunked"), 400, /HTTP\/1\.0/],
    [
      "a malformed chunk size",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")}zz\r\n`,
      400,
      /chunk size/,
    ],
    [
      "a chunk size beyond all bounds",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")}${"f".repeat(17)}\r\n`,
      400,
      /chunk size/,
    ],
    [
      "bare LF between chunks",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")}3\nabc\n0\n\n`,
      400,
      /cr after chunk/,
    ],
    [
      "a long chunk extension",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")}3;${"a".repeat(20_000)}\r\n`,
      413,
      /chunk ext/,
    ],
    [
      "a malformed trailer",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: chunked")}0\r\nA b: c\r\n\r\n`,
      400,
      /header token/,
    ],
    ["GET with content", `${request("GET / HTTP/1.1", "Content-Length: 3")}abc`, 400, /GET/],
    ["GET with chunks", `${request("GET / HTTP/1.1", "Transfer-Encoding: chunked")}0\r\n\r\n`, 400, /GET/],
  ],
  "9110:10.1.1 Expect": [
    ["an unknown expectation", request("POST / HTTP/1.1", "Expect: 200-maybe"), 417, /100-continue/],
  ],
};

for (const [section, rows] of Object.entries(tables)) {
  describe(`${section}: refused`, () => {
    for (const [says, octets, status, detail] of rows) {
      test(says, async () => {
        await using served = await start();
        const answer = await exchange(served.port, octets);
        const [head = "", content = ""] = answer.split("\r\n\r\n");
        assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
        assert.match(head, /^Content-Type: application\/problem\+json$/m);
        assert.match(head, /^Connection: close$/im);
        const problem = JSON.parse(content);
        assert.equal(problem.status, status);
        assert.equal(problem.type, "about:blank");
        assert.match(problem.detail, detail);
        assert.equal(served.accessed.length, 1, "one log line");
        assert.equal(served.accessed[0]?.because, problem.detail);
      });
    }
  });
}

describe("9112:3.2 taken", () => {
  const rows: readonly (readonly [says: string, octets: string, said: string])[] = [
    ["origin-form", request("GET /a/b?c=d HTTP/1.1"), "GET http://x/a/b?c=d"],
    ["encoded slashes stay as they are", request("GET /a%2Fb%2fc HTTP/1.1"), "GET http://x/a%2Fb%2fc"],
    ["absolute-form, whose host counts", request("GET http://y:81/a?b HTTP/1.1"), "GET http://y:81/a?b"],
    ["absolute-form without a path", request("GET http://y?b HTTP/1.1"), "GET http://y/?b"],
    ["HTTP/1.0 without Host", "GET /a HTTP/1.0\r\n\r\n", "GET http://127.0.0.1:"],
    ["GET with a length of 0", request("GET / HTTP/1.1", "Content-Length: 0"), "GET http://x/"],
    ["octets above ASCII in a value", request("GET / HTTP/1.1", "A: b\xe4c"), "GET http://x/"],
    ["empty lines before the request", `\r\n\r\n${request("GET /a HTTP/1.1")}`, "GET http://x/a"],
    ["a wish for another protocol", request("GET / HTTP/1.1", "Upgrade: websocket"), "GET http://x/"],
    ["content with a length", `${request("POST /echo HTTP/1.1", "Content-Length: 3")}abc`, "abc"],
    [
      "content in chunks",
      `${request("POST /echo HTTP/1.1", "Transfer-Encoding: Chunked")}3\r\nabc\r\n0\r\n\r\n`,
      "abc",
    ],
  ];
  for (const [says, octets, said] of rows) {
    test(says, async () => {
      await using served = await start();
      const answer = await exchange(served.port, octets);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.ok(answer.split("\r\n\r\n")[1]?.startsWith(said), answer);
    });
  }

  test("OPTIONS * is answered by the listener", async () => {
    await using served = await start();
    assert.match(await exchange(served.port, request("OPTIONS * HTTP/1.1")), /^HTTP\/1\.1 204 /);
  });

  test("garbage after a whole request: its answer comes, then the connection ends", async () => {
    await using served = await start();
    const answer = await exchange(served.port, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*GET http:\/\/x\/a$/);
  });

  test("a head that does not come in time", async () => {
    await using served = await serve(() => say("never"), { headTimeoutMs: 30 });
    assert.match(await exchange(served.port, "GET / HTTP/1.1\r\nHost: x\r\n"), /^HTTP\/1\.1 408 /);
  });
});

test("whatever comes, the listener goes on serving", async () => {
  await using served = await start();
  const piece = fc.oneof(
    fc.constantFrom(
      "GET ",
      "POST ",
      "/",
      " HTTP/1.1",
      "\r\n",
      "\n",
      "\r",
      ":",
      " ",
      "\0",
      "Host: x\r\n",
      "Transfer-Encoding: ",
    ),
    fc.constantFrom(
      "Content-Length: ",
      "chunked",
      "0\r\n\r\n",
      "5",
      "%2e%2e",
      "http://",
      "*",
      "\t",
      "Expect: 100-continue\r\n",
    ),
    fc.string({ maxLength: 5, unit: "binary" }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      await exchange(served.port, pieces.join(""), { end: true });
      assert.match(await exchange(served.port, request("GET / HTTP/1.1")), /^HTTP\/1\.1 200 /);
    }),
    { numRuns: 150 },
  );
});
