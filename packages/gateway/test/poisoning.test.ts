import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createRawServer, type Server } from "node:net";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { http } from "../src/mounts/http.ts";
import { bench, benchOf, configOf, start } from "./bench.ts";

const site = { prefix: "/site/", format: "http", upstream: new URL("http://upstream.example/base/") } as const;
const kept = { Date: formatHttpDate(start), "Cache-Control": "max-age=60" };
/** An origin that says what it was asked for. */
const echo = ({ method, target }: RequestHead): Answer => ({ fields: kept, body: `${method} ${target}` });
const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const isHit = ({ fields }: { fields: { get(name: string): string | undefined } }) =>
  /; hit/.test(fields.get("cache-status") ?? "");

/** A gateway in front of a server that is really there, for as long as the test takes. */
async function facing(server: Server, act: (it: ReturnType<typeof benchOf>, own: string) => Promise<void>) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const mount = http.create(
    configOf({ prefix: "/", format: "http", upstream, timeouts: { connect: 5, head: 5, idle: 5 } }),
    {
      data: "/nowhere",
      now: Date.now,
      fault: () => undefined,
      tell: () => undefined,
    },
  );
  try {
    await act(benchOf(mount), upstream.host);
  } finally {
    await mount.close();
    server.close();
  }
}

describe("what is not part of the key doesn't reach the origin", () => {
  const evil = "evil.example";
  const names = [
    "host",
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-for",
    "x-forwarded",
    "x-host",
    "x-original-url",
    "x-rewrite-url",
    "x-original-host",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-url-scheme",
    "front-end-https",
    "x-http-method-override",
    "x-method-override",
    "x-http-method",
  ];
  for (const name of names)
    test(`${name}, in an origin that mirrors all fields`, () =>
      facing(
        createServer(({ headers }, response) => {
          response.setHeader("Cache-Control", "max-age=60");
          response.end(JSON.stringify(headers));
        }),
        async ({ get }, own) => {
          const attacked = await get("/x", { [name]: evil });
          assert.equal(attacked.text.includes(evil), false, attacked.text);
          assert.equal(JSON.parse(attacked.text).host, own);
          assert.ok(isHit(await get("/x")));
        },
      ));

  test("a method override of an unsafe request is the client's to make", () =>
    facing(
      createServer(({ headers }, response) => response.end(headers["x-http-method-override"])),
      async ({ get }) => assert.equal((await get("/x", { "x-http-method-override": "PATCH" }, "POST")).text, "PATCH"),
    ));
});

describe("9110:9.3.1 a GET with content", () => {
  for (const method of ["GET", "HEAD"])
    test(`${method}: its answer is for nobody else, and it gets none that is stored`, async () => {
      const it = bench(site, echo, (head) => ({ ...echo(head), body: "poison" }), echo);
      await it.get("/site/x");
      assert.equal(isHit(await it.get("/site/x", {}, method, "q=poison")), false);
      const after = await it.get("/site/x");
      assert.deepEqual([isHit(after), after.text], [true, "GET http://upstream.example/base/x"]);
      const first = bench(site, echo, echo);
      await first.get("/site/x", {}, method, "q=poison");
      assert.equal(isHit(await first.get("/site/x")), false);
    });
});

describe("URLs that look alike: what is asked for is what is stored", () => {
  const rows: readonly (readonly [path: string, target: string | undefined])[] = [
    ["a/b", "a/b"],
    ["a%2fb", "a%2fb"],
    ["a%2Fb", "a%2Fb"],
    ["a//b", "a//b"],
    ["a/./b", "a/b"],
    ["a/%2e/b", "a/b"],
    ["x/../a/b", "a/b"],
    ["x/%2e%2e/a/b", "a/b"],
    ["a%5cb", "a%5cb"],
    ["a;b", "a;b"],
    ["a?b", "a?b"],
    ["a%3fb", "a%3fb"],
    ["a?", "a?"],
    ["%61", "%61"],
    ["A", "A"],
    ["a%00b", "a%00b"],
    ["a%0d%0aX-Y:%20z", "a%0d%0aX-Y:%20z"],
    ["../secret", undefined],
    ["%2e%2e/secret", undefined],
    ["..%2fsecret", undefined],
    ["a/..%5c..%5csecret", undefined],
    ["a\\b", undefined],
    ["a b", undefined],
    ["é", undefined],
    ["a#b", undefined],
  ];
  for (const [path, target] of rows)
    test(`${path}: ${target ?? "refused"}`, async () => {
      const it = bench(site, echo, echo);
      const { status, text } = await it.get(`/site/${path}`);
      if (target === undefined) {
        assert.deepEqual([status, it.upstream.asked.length], [400, 0]);
        return;
      }
      assert.equal(text, `GET http://upstream.example/base/${target}`);
      const keys: string[] = [];
      for await (const some of it.store.walk({ prefix: "" })) keys.push(...some.map(({ cacheKey }) => cacheKey));
      assert.equal(keys[0], `http /site/ http://upstream.example/base/${target}`);
    });

  test("none of them answers for another", async () => {
    const paths = rows.flatMap(([path, target]) => (target === undefined ? [] : [[path, target] as const]));
    const it = bench(site, ...many(2 * paths.length, echo));
    for (let i = 0; i < 2; i++)
      for (const [path, target] of paths)
        assert.equal((await it.get(`/site/${path}`)).text, `GET http://upstream.example/base/${target}`);
  });
});

describe("an upstream that sends what is no HTTP: 502, and nothing is kept", () => {
  const fresh = "Cache-Control: max-age=60\r\n";
  const rows: readonly (readonly [says: string, raw: string])[] = [
    ["a CR within a field", `HTTP/1.1 200 OK\r\n${fresh}X: a\rSet-Cookie: s=1\r\nContent-Length: 2\r\n\r\nok`],
    ["NUL within a field", `HTTP/1.1 200 OK\r\n${fresh}X: a\0b\r\nContent-Length: 2\r\n\r\nok`],
    ["a name with a space", `HTTP/1.1 200 OK\r\n${fresh}X Y: a\r\nContent-Length: 2\r\n\r\nok`],
    ["two lengths", `HTTP/1.1 200 OK\r\n${fresh}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
    ["a length with a sign", `HTTP/1.1 200 OK\r\n${fresh}Content-Length: +2\r\n\r\nok`],
    [
      "length and chunks",
      `HTTP/1.1 200 OK\r\n${fresh}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    ],
    ["no status", `HTTP/1.1 OK\r\n${fresh}\r\nok`],
    ["no HTTP", "<html>hello</html>\r\n\r\n"],
  ];
  for (const [says, raw] of rows)
    test(says, () =>
      facing(
        createRawServer((socket) => socket.on("error", () => undefined).once("data", () => socket.end(raw, "latin1"))),
        async ({ get, store }) => {
          const answer = await get("/x").catch(() => undefined);
          if (answer !== undefined) assert.deepEqual([answer.status, answer.fields.has("set-cookie")], [502, false]);
          assert.equal(store.size().responses, 0);
        },
      ),
    );

  test("a second answer on one connection is nobody's: response splitting", () =>
    facing(
      createRawServer((socket) => {
        const one = (text: string) => `HTTP/1.1 200 OK\r\n${fresh}Content-Length: ${text.length}\r\n\r\n${text}`;
        let asked = 0;
        socket.on("error", () => undefined);
        socket.on("data", (data) => {
          const path = /^GET (\S+)/.exec(data.toString())?.[1];
          socket.write(asked++ === 0 ? one(`own ${path}`) + one("poison") : one(`own ${path}`));
        });
      }),
      async ({ get }) => {
        assert.equal((await get("/a")).text, "own /a");
        assert.equal((await get("/b")).text, "own /b");
        assert.equal((await get("/b")).text, "own /b");
      },
    ));

  test("what is encoded in a redirect's target stays encoded", async () => {
    const it = bench({});
    const { status, fields } = await it.get("/pypi/simple/De.mo%0d%0aX-Y:%20z/");
    assert.equal(status, 404);
    assert.equal(fields.has("x-y"), false);
  });
});

describe("one URL can't be made to fill the store", () => {
  const varying =
    (name: string) =>
    (head: RequestHead): Answer => ({
      fields: { ...kept, Vary: name },
      body: head.fields.get(name) ?? "none",
    });
  test("Vary bomb: thousands of values of a field that selects", async () => {
    const it = bench(site, ...many(2_001, varying("x-tag")));
    for (let i = 0; i < 2_000; i++) await it.get("/site/x", { "x-tag": `${i}` });
    assert.ok(it.store.size().responses <= 128, `${it.store.size().responses} variants`);
    const last = await it.get("/site/x", { "x-tag": "1999" });
    assert.deepEqual([isHit(last), last.text], [true, "1999"]);
    assert.equal((await it.get("/site/x", { "x-tag": "1" })).text, "1");
  });

  const part = ({ fields }: RequestHead): Answer => {
    const [, first = 0, last = 0] = /(\d+)-(\d+)/.exec(fields.get("range") ?? "")?.map(Number) ?? [];
    return {
      status: 206,
      fields: { ...kept, ETag: '"1"', "Content-Range": `bytes ${first}-${last}/10000` },
      body: "x".repeat(last - first + 1),
    };
  };
  test("Range flood: thousands of parts", async () => {
    const it = bench(site, ...many(1_000, part));
    for (let i = 0; i < 1_000; i++)
      assert.equal((await it.get("/site/x", { range: `bytes=${9 * i}-${9 * i + 1}` })).status, 206);
    assert.ok(it.store.size().responses <= 128, `${it.store.size().responses} parts`);
  });
  test("Range flood: thousands of ranges in one request get the whole", async () => {
    const whole: Answer = { fields: { ...kept, ETag: '"1"' }, body: "x".repeat(10_000) };
    const it = bench(site, whole);
    await it.get("/site/x");
    const range = `bytes=${Array.from({ length: 2_000 }, (_, i) => `${i}-${i}`).join(",")}`;
    assert.equal((await it.get("/site/x", { range })).status, 200);
  });
});

test("one client can't drive out what others use: what was used last stays", async () => {
  const big = (): Answer => ({ fields: kept, body: "x".repeat(1_000_000) });
  const it = bench(site, ...many(200, big));
  await it.get("/site/popular");
  for (let i = 0; i < 150; i++) {
    await it.get(`/site/flood-${i}`);
    assert.ok(isHit(await it.get("/site/popular")), `gone after ${i}`);
  }
  assert.ok(it.store.size().bytes <= 100_000_000);
});

describe("9111:3.5 what one user's credentials brought", () => {
  const alice = { authorization: "Basic YWxpY2U6" };
  const bob = { authorization: "Basic Ym9iOg==" };
  const own =
    (said: Record<string, string>) =>
    ({ fields }: RequestHead): Answer => ({
      fields: { ...kept, ...said },
      body: fields.get("authorization") ?? "nobody",
    });
  const rows: readonly (readonly [says: string, said: Record<string, string>, shared: boolean])[] = [
    ["says nothing of others", {}, false],
    ["private", { "Cache-Control": "private, max-age=60" }, false],
    ["no-store", { "Cache-Control": "no-store" }, false],
    ["public, by Authorization", { "Cache-Control": "public, max-age=60", Vary: "Authorization" }, false],
    ["stale-if-error alone", { "Cache-Control": "max-age=1, stale-if-error=600" }, false],
    ["public", { "Cache-Control": "public, max-age=60" }, true],
    ["s-maxage", { "Cache-Control": "s-maxage=60" }, true],
  ];
  for (const [says, said, shared] of rows)
    for (const [who, other] of [
      ["another user", bob],
      ["nobody", {}],
    ] as const)
      test(`${says}: ${shared ? "for" : "not for"} ${who}, one after the other, at once, and while the upstream is away`, async () => {
        const it = bench(site, own(said), own(said), failure("timeout"), failure("timeout"));
        const [first, second] = await Promise.all([it.get("/site/x", alice), it.get("/site/x", other)]);
        const theirs = "authorization" in other ? other.authorization : "nobody";
        assert.equal(first.text, alice.authorization);
        if (!shared) assert.equal(second.text, theirs);
        const later = await it.get("/site/x", other);
        if (!shared) assert.ok(!later.text.includes(alice.authorization), later.text);
      });
});
