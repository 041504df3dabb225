import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { folder, larder } from "./process.ts";
import { exchangeOctets, startSite } from "./workers-site.ts";

const site = await startSite();
after(() => site.close());

/** Whether nobody accepts connections there. */
const isRefused = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });

let count = 0;
/** A gateway in front of the site, with its ports. */
async function gateway(...args: readonly string[]) {
  const config = join(folder, `larder-${++count}.toml`);
  writeFileSync(
    config,
    `listen = "127.0.0.1:0"
admin = "127.0.0.1:0"
request-limit = 1000
data = "data-${count}"
[[mount]]
prefix = "/"
format = "http"
upstream = "${site.url}/"
request-limit = 100
[[mount]]
prefix = "/py/"
format = "pypi"
upstream = "${site.url}/simple/"`,
  );
  const process = larder("gateway", "--config", config, "--log-format", "json", ...args);
  const [, port = ""] = await process.says(/larder listens on https?:\/\/127\.0\.0\.1:(\d+)\n/);
  const [, admin = ""] = await process.says(/metrics and health at (http:\/\/127\.0\.0\.1:\d+)\//);
  const stop = async () => {
    process.child.kill("SIGTERM");
    return process.ended;
  };
  return { process, port: Number(port), admin, stop, data: join(folder, `data-${count}`) };
}
type Gateway = Awaited<ReturnType<typeof gateway>>;

/** The folders of sockets. */
const sockets = () =>
  readdirSync(folder)
    .filter((name) => name.startsWith("larder-workers-"))
    .map((name) => join(folder, name));

/** The process ids of a gateway's workers. */
const workersOf = ({ process: { child } }: Gateway): number[] =>
  readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

const get = (path: string, ...lines: readonly string[]) =>
  ["GET", path, "HTTP/1.1\r\nHost: a.example\r\n"].join(" ") + lines.map((line) => `${line}\r\n`).join("");
const close = "Connection: close\r\n\r\n";
const post = (length: number, ...lines: readonly string[]) =>
  `POST /echo HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${length}\r\n${lines.map((line) => `${line}\r\n`).join("")}${close}`;

/** Requests whose answers must be the same octets; in order, since what one stores others find. */
const rows: readonly (readonly [says: string, octets: string, continued?: string])[] = [
  ["a miss", get("/fresh") + close],
  ["a hit", get("/fresh") + close],
  ["two on one connection", `${get("/fresh")}\r\n${get("/nowhere")}${close}`],
  ["HEAD", get("/fresh").replace("GET", "HEAD") + close],
  ["a 304", get("/fresh", 'If-None-Match: "1"') + close],
  ["a 412", get("/fresh", 'If-Match: "2"') + close],
  ["a range", get("/fresh", "Range: bytes=2-4") + close],
  ["two ranges that overlap", get("/fresh", "Range: bytes=0-4,2-6") + close],
  ["a range that there is not", get("/fresh", "Range: bytes=20-") + close],
  ["only-if-cached", get("/never", "Cache-Control: only-if-cached") + close],
  ["a variant", get("/vary", "Accept-Language: de") + close],
  ["another variant", get("/vary", "Accept-Language: fr") + close],
  ["the first variant again", get("/vary", "Accept-Language: de") + close],
  ["credentials", get("/own", "Authorization: Basic YTph") + close],
  ["other credentials", get("/own", "Authorization: Basic Yjpi") + close],
  ["empty content", get("/empty") + close],
  ["no content", get("/nothing") + close],
  ["a redirect with a phrase of its own", get("/moved") + close],
  ["chunks", get("/chunked") + close],
  ["chunks to HTTP/1.0", get("/chunked").replace("HTTP/1.1", "HTTP/1.0") + close],
  ["HTTP/1.0 without Host", "GET /fresh HTTP/1.0\r\n\r\n"],
  ["early hints", get("/hints") + close],
  ["early hints to HTTP/1.0", get("/hints").replace("HTTP/1.1", "HTTP/1.0") + close],
  ["an answer that breaks off", get("/broken") + close],
  ["much content", get("/big") + close],
  ["much content from the store", get("/big") + close],
  ["fields as they came", get("/echo", "X-One:  a  ", "x-one: b", "X-Latin: \xe9", "TE: trailers") + close],
  ["content", `${post(5)}hello`],
  ["content in chunks", `${post(0).replace("Content-Length: 0", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`],
  ["content that waits to be asked for", post(5, "Expect: 100-continue"), "hello"],
  ["waiting content that is refused by the mount", post(500, "Expect: 100-continue"), "x".repeat(500)],
  [
    "content that the mount finds too long as it comes",
    `${post(0).replace("Content-Length: 0", "Transfer-Encoding: chunked")}c8\r\n${"x".repeat(200)}\r\n0\r\n\r\n`,
  ],
  ["content that is announced as too long for all", `${post(5000)}${"x".repeat(5000)}`],
  [
    "content that turns out too long for all",
    `${post(0).replace("Content-Length: 0", "Transfer-Encoding: chunked")}7d0\r\n${"x".repeat(2000)}\r\n0\r\n\r\n`,
  ],
  ["an unknown expectation", `${post(5, "Expect: wonders")}hello`],
  ["another method", get("/echo").replace("GET", "PATCH") + close],
  ["a method that nobody knows", get("/echo").replace("GET", "MINE") + close],
  ["CONNECT", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n"],
  ["TRACE", get("/echo").replace("GET", "TRACE") + close],
  ["OPTIONS *", get("*").replace("GET", "OPTIONS") + close],
  ["chunks that are not whole", get("/torn") + close],
  ["an absolute target", get("http://b.example/echo?a=1") + close],
  ["a dot segment", get("/a/../b") + close],
  ["an encoded slash", get("/a%2Fb") + close],
  ["no Host", `GET /fresh HTTP/1.1\r\n${close}`],
  ["two Hosts", get("/fresh", "Host: b.example") + close],
  ["both framings", `${post(5, "Transfer-Encoding: chunked")}0\r\n\r\n`],
  ["a Length with a sign", `${post(5).replace("5", "+5")}hello`],
  ["fields that are too long", get("/fresh", `X: ${"x".repeat(40_000)}`) + close],
  ["what is no HTTP", "HELLO\r\n\r\n"],
  [
    "a field that means something between our own processes",
    get("/echo", 'larder-request: ["::1","http://x/",[]]', "larder-log: {}") + close,
  ],
  ["a mount of another kind", get("/py/simple/demo/") + close],
  ["the list of an index", get("/py/simple/") + close],
];

/** What may differ: times, and the port in Host-less URLs. */
const steady = (octets: string): string =>
  octets
    .replace(/^(Date|Last-Modified): .*$/gm, "$1: …")
    .replace(/^Age: \d+/gm, "Age: …")
    .replace(/ttl=-?\d+/g, "ttl=…")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:…");

describe("larder gateway --workers 2", () => {
  let one: Gateway;
  let two: Gateway;
  before(async () => {
    one = await gateway();
    two = await gateway("--workers", "2");
  });
  for (const [says, octets, continued] of rows)
    test(`the same octets as from one process: ${says}`, async () => {
      const before = site.asked.length;
      const alone = await exchangeOctets(one.port, octets, continued);
      const asked = site.asked.splice(before);
      assert.match(alone, /^HTTP\/1\.1 \d+ /);
      assert.equal(steady(await exchangeOctets(two.port, octets, continued)), steady(alone));
      assert.deepEqual(site.asked.splice(before), asked);
    });
  test("each of them is logged and counted once, as one process does", async () => {
    const counts = async ({ admin }: Gateway) => {
      const metrics = await (await fetch(`${admin}/-/metrics`)).text();
      assert.match(metrics, /^process_cpu_seconds_total /m);
      return metrics
        .match(/^larder_(?:requests_total|response_content_bytes_total|request_duration_seconds_count).*$/gm)!
        .sort();
    };
    assert.deepEqual(await counts(two), await counts(one));
    const lines = async ({ stop }: Gateway) => {
      const { out } = await stop();
      const said = out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const told = said.filter(({ msg }) => msg === "request" || msg === "an answer broke off");
      return told.map(({ time: _, ms: __, err: ___, ...rest }) => steady(JSON.stringify(rest))).sort();
    };
    const alone = await lines(one);
    assert.ok(alone.length > rows.length);
    assert.ok(alone.some((line) => line.includes('"remote":"127.0.0.1"')));
    assert.deepEqual(await lines(two), alone);
  });
});

describe("larder gateway with workers", () => {
  test("one request upstream for what many ask at once", async () => {
    const { port, stop } = await gateway("--workers", "4");
    const before = site.asked.length;
    const asking = Array.from({ length: 50 }, () => exchangeOctets(port, get("/fresh?crowd") + close));
    for (const got of await Promise.all(asking)) assert.match(got, /^HTTP\/1\.1 200 [\s\S]*0123456789/);
    assert.deepEqual(site.asked.slice(before), ["GET /fresh?crowd"]);
    assert.equal((await stop()).code, 0);
  });

  test("HTTP/2 and HTTP/1.1 over TLS", async () => {
    const { port, stop, data } = await gateway("--workers", "2", "--tls", "own");
    const ca = readFileSync(join(data, "tls", "ca.pem"), "utf8");
    const session = connectHttp2(`https://127.0.0.1:${port}`, { ca });
    const stream = session.request({ ":path": "/echo", ":method": "POST", cookie: "a=1" });
    stream.end("hello");
    assert.match(await text(stream), /^POST \{.*"cookie":"a=1".*\} hello$/);
    const hinted = session.request({ ":path": "/hints" });
    const [hints] = await once(hinted, "headers");
    assert.equal(hints[":status"], 103);
    assert.equal(await text(hinted), "hinted");
    session.close();
    assert.equal((await stop()).code, 0);
  });

  test("a worker that is killed is replaced; its keeper's end is all others' end", async () => {
    const it = await gateway("--workers", "2");
    const [first] = workersOf(it);
    process.kill(first!, "SIGKILL");
    for (let now = workersOf(it); now.length < 2 || now.includes(first!); now = workersOf(it)) {
      assert.match(await exchangeOctets(it.port, get("/fresh") + close), /0123456789/);
    }
    const left = workersOf(it);
    it.process.child.kill("SIGKILL");
    await it.process.ended;
    const isThere = (pid: number) => readdirSync("/proc").includes(String(pid));
    for (const end = Date.now() + 5_000; left.some(isThere); ) assert.ok(Date.now() < end, "workers stay");
    assert.deepEqual(sockets(), []);
  });

  test("what is passed on goes over a socket that nobody else can open", async () => {
    const it = await gateway("--workers", "2");
    const modes = sockets().map((path) => statSync(path).mode & 0o777);
    assert.deepEqual(modes, [0o700]);
    assert.equal((await it.stop()).code, 0);
    assert.deepEqual(sockets(), []);
  });

  test("a stop signal to all lets what runs finish", async () => {
    const it = await gateway("--workers", "2");
    const running = exchangeOctets(it.port, get("/held") + close);
    const release = await site.holds("/held");
    for (const pid of workersOf(it)) process.kill(pid, "SIGTERM");
    it.process.child.kill("SIGTERM");
    while (!(await isRefused(it.port)));
    release();
    assert.match(await running, /released/);
    assert.equal((await it.process.ended).code, 0);
  });

  const wrong: readonly (readonly [args: readonly string[], line: RegExp, code: number])[] = [
    ...["0", "-1", "two", "1.5", "65"].map(
      (value) =>
        [["--workers", value], /^larder: --workers: expected a whole number from 1 to 64, not "[^"]*"\n$/, 2] as const,
    ),
  ];
  for (const [args, line, code] of wrong)
    test(`${args.join(" ")}: one line and an exit code`, async () => {
      const said = await larder("gateway", "--mount", "/=http:http://site.example/", ...args).ended;
      assert.match(said.err, line);
      assert.equal(said.code, code);
    });

  test("an address or a data folder that is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const args = ["gateway", "--workers", "2", "--mount", "/=http:http://site.example/", "--data", join(folder, "use")];
    const inUse = await larder(...args, "--listen", `127.0.0.1:${port}`).ended;
    assert.match(inUse.err, new RegExp(`^larder: 127\\.0\\.0\\.1:${port} is in use; [^\\n]*\\n$`));
    assert.equal(inUse.code, 1);
    taken.close();
    const first = larder(...args, "--listen", "127.0.0.1:0");
    await first.says(/larder listens/);
    const second = await larder(...args, "--listen", "127.0.0.1:0").ended;
    assert.match(second.err, /^larder: [^\n]*use[^\n]*\n$/);
    assert.equal(second.code, 1);
    first.child.kill("SIGTERM");
    assert.equal((await first.ended).code, 0);
  });
});
