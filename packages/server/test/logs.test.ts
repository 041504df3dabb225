import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields } from "@larder/core";
import { type AccessedRequest, type LogFormat, loggable, logsTo, type Outgoing, type SendEnd } from "../src/index.ts";

/** What one request leaves in the log. */
function logged(format: LogFormat, path: string, log?: Outgoing["log"], end: SendEnd = { bytes: 3 }): string {
  let text = "";
  const { access } = logsTo({ write: (line) => (text += line) }, format);
  const request: AccessedRequest = { head: { method: "GET" }, path, remote: "192.0.2.1", started: performance.now() };
  access?.(request, { status: 200, fields: Fields.empty, content: null, ...(log && { log }) }, end);
  return text;
}

describe("the access log", () => {
  test("json: one object a line", () => {
    const line = logged("json", '/a"b\\?c', {
      cache: 'larder; hit; detail="x"',
      mount: "/",
      age: 5,
      nothing: undefined,
    });
    assert.equal(line.indexOf("\n"), line.length - 1);
    const { time, ms, ...rest } = JSON.parse(line);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(ms >= 0 && ms < 1000);
    assert.deepEqual(rest, {
      level: "info",
      remote: "192.0.2.1",
      method: "GET",
      path: '/a"b\\?c',
      status: 200,
      bytes: 3,
      cache: 'larder; hit; detail="x"',
      mount: "/",
      age: 5,
      msg: "request",
    });
  });

  test("text: one short line", () => {
    const line = logged("text", "/a", { cache: "larder; hit", mount: "/" });
    assert.match(line, /^\d\d:\d\d:\d\d 192\.0\.2\.1 GET \/a 200 3 B [\d.]+ ms {2}larder; hit {2}\/\n$/);
  });

  test("nothing in it moves a terminal's cursor", () => {
    assert.ok(
      logged("text", "/a\u001b[2Jb\u009b", { because: "\r\n" }).endsWith(
        "/a\\x1b[2Jb\\x9b 200 3 B 0 ms  \\x0d\\x0a\n".slice(-12),
      ),
    );
    assert.doesNotMatch(logged("text", "/\u001b\r\n").slice(0, -1), /\p{Cc}/u);
  });

  test("answers that were cut say by whom", () => {
    assert.equal(JSON.parse(logged("json", "/", undefined, { bytes: 1, gone: true })).cut, "client");
    assert.equal(JSON.parse(logged("json", "/", undefined, { bytes: 1, error: new Error("x") })).cut, "source");
    assert.match(logged("text", "/", undefined, { bytes: 1, gone: true }), /cut: client\n$/);
  });

  test("none: there is no access log", () => assert.equal(logged("none", "/"), ""));
});

describe("secrets in queries are masked", () => {
  const rows: readonly (readonly [path: string, masked: string])[] = [
    ["/a", "/a"],
    ["/a?b=c", "/a?b=c"],
    ["/a?token=x&b=c", "/a?token=***&b=c"],
    ["/a?b=c&X-Amz-Signature=x&AccessKeyId=y", "/a?b=c&X-Amz-Signature=***&AccessKeyId=***"],
    ["/a?user_password=x", "/a?user_password=***"],
    ["/files/demo/-~~P3Rva2VuPXg/demo.whl", "/files/demo/-~~***/demo.whl"],
    ["/a?page=2&assign=3&x", "/a?page=2&assign=3&x"],
    ["/a?token", "/a?token"],
    [`/${"a".repeat(5000)}`, `/${"a".repeat(2047)}...`],
  ];
  for (const [path, masked] of rows) test(path.slice(0, 60), () => assert.equal(loggable(path), masked));
});

describe("the log itself", () => {
  const write = (format: LogFormat, tell: (log: ReturnType<typeof logsTo>["log"]) => void): string => {
    let text = "";
    tell(logsTo({ write: (line) => (text += line) }, format).log);
    return text;
  };
  test("text: message, what else is known, stack", () => {
    assert.equal(
      write("text", (log) => log.info("ready")),
      "ready\n",
    );
    assert.equal(
      write("text", (log) => log.warn({ because: "x", n: 1 }, "odd")),
      "warning: odd (because: x, n: 1)\n",
    );
    assert.match(
      write("text", (log) => log.error({ err: new Error("boom") }, "bad")),
      /^error: bad\nError: boom\n +at /,
    );
  });
  test("json: as pino writes it", () => {
    const line = JSON.parse(write("json", (log) => log.warn({ because: "x" }, "odd")));
    assert.deepEqual([line.level, line.because, line.msg], ["warn", "x", "odd"]);
  });
  test("none: warnings and errors only", () => {
    assert.equal(
      write("none", (log) => log.info("ready")),
      "",
    );
    assert.equal(
      write("none", (log) => log.warn("odd")),
      "warning: odd\n",
    );
  });
});
