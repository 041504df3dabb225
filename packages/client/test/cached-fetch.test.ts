import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CacheEvent, createCachedFetch, formatCacheStatus } from "../src/index.ts";
import { type Answer, bench, fresh, notModified, url } from "./network.ts";

const bare: Answer = { status: 304 };

describe("Fetch §2.2.5: cache modes", () => {
  const second = fresh("two", { etag: '"2"' });
  /** What the second of two requests gives, so many seconds later, and what the network saw of it. */
  const rows: readonly (readonly [
    mode: NonNullable<RequestInit["cache"]>,
    seconds: number,
    text: string,
    asked: number,
    headers?: Readonly<Record<string, string | null>>,
  ])[] = [
    ["default", 1, "one", 1],
    ["default", 61, "two", 2, { "if-none-match": '"1"', "cache-control": null }],
    ["no-store", 1, "two", 2, { "if-none-match": null, "cache-control": "no-cache", pragma: "no-cache" }],
    ["reload", 1, "two", 2, { "if-none-match": null, "cache-control": "no-cache", pragma: "no-cache" }],
    ["no-cache", 1, "two", 2, { "if-none-match": '"1"', "cache-control": "max-age=0" }],
    ["force-cache", 61, "one", 1],
  ];
  for (const [cache, seconds, text, asked, headers = {}] of rows)
    test(`${cache}, ${seconds} s later`, async () => {
      const it = bench([fresh(), second]);
      await (await it.cached(url)).text();
      it.wait(seconds);
      assert.equal(await (await it.cached(url, { cache })).text(), text);
      assert.equal(it.asked.length, asked);
      for (const [name, value] of Object.entries(headers)) assert.equal(it.asked[1]!.headers.get(name), value, name);
    });

  test("no-store leaves what is stored; reload replaces it", async () => {
    for (const [cache, text] of [
      ["no-store", "one"],
      ["reload", "two"],
    ] as const) {
      const it = bench([fresh(), second]);
      await (await it.cached(url)).text();
      await (await it.cached(url, { cache })).text();
      assert.equal(await (await it.cached(url)).text(), text);
    }
  });

  test("only-if-cached: stale or not, and an error where there is nothing", async () => {
    const it = bench([fresh()]);
    const only = { cache: "only-if-cached", mode: "same-origin" } as const;
    await assert.rejects(it.cached(url, only), TypeError);
    await (await it.cached(url)).text();
    it.wait(100);
    assert.equal(await (await it.cached(url, only)).text(), "one");
    assert.equal(it.asked.length, 1);
  });

  test("who brings conditions of their own gets the network's answer (Fetch §4.5)", async () => {
    const it = bench([fresh(), notModified]);
    await (await it.cached(url)).text();
    const response = await it.cached(url, { headers: { "if-none-match": '"1"' } });
    assert.equal(response.status, 304);
  });
});

describe("a response looks as if fetch had given it", () => {
  test("from the network and from the store, and its clones", async () => {
    const it = bench([fresh("text", { "content-type": "application/json" })]);
    for (const [hit, input] of [
      [false, `${url}#part`],
      [true, new URL(url)],
      [true, new Request(url)],
    ] as const) {
      const response = await it.cached(input);
      assert.ok(response instanceof Response);
      assert.equal(response.cacheStatus.hit, hit);
      assert.deepEqual([response.url, response.redirected, response.ok, response.status], [url, false, true, 200]);
      const clone = response.clone();
      assert.deepEqual([clone.url, clone.cacheStatus.hit, await clone.text()], [url, hit, "text"]);
      assert.equal(response.headers.get("content-type"), "application/json");
      assert.equal(await response.text(), "text");
      assert.ok(response.bodyUsed);
    }
  });

  test("its octets are its own: writing into them changes nothing that is stored", async () => {
    const it = bench([fresh("text")]);
    for (let i = 0; i < 3; i++) {
      const octets = await (await it.cached(url)).bytes();
      assert.equal(new TextDecoder().decode(octets), "text");
      octets.fill(0);
    }
  });

  test("what can't be meant fails as in fetch", async () => {
    const it = bench([]);
    for (const init of [
      { method: "GET", body: "x" },
      { cache: "some" as "default" },
      { cache: "only-if-cached" as const },
    ])
      await assert.rejects(it.cached(url, init), TypeError);
    await assert.rejects(it.cached("http://user:secret@api.example/"), TypeError);
    await assert.rejects(it.cached("/relative"), TypeError);
    assert.equal(it.asked.length, 0);
  });

  test("a network error is the network's own", async () => {
    const error = new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
    const it = bench([error, error]);
    await assert.rejects(it.cached(url), error);
  });

  test("content that was decoded keeps its coding's name, and not its length", async () => {
    const it = bench([fresh("longer than it says", { "content-encoding": "gzip", "content-length": "3" })]);
    for (let i = 0; i < 2; i++) {
      const response = await it.cached(url);
      assert.equal(await response.text(), "longer than it says");
      assert.equal(response.headers.get("content-encoding"), "gzip");
    }
  });

  test("data: URLs pass", async () => {
    const cached = createCachedFetch();
    assert.equal(await (await cached("data:,hello")).text(), "hello");
  });
});

describe("redirects (Fetch §4.4)", () => {
  const moved = (location: string, status = 302): Answer => ({ status, headers: { location } });

  test("are followed, each answer cached on its own", async () => {
    const permanent: Answer = { status: 301, headers: { location: "/y", "cache-control": "max-age=60" } };
    const it = bench([permanent, fresh("at y")]);
    for (let i = 0; i < 2; i++) {
      const response = await it.cached(url);
      assert.deepEqual(
        [response.url, response.redirected, await response.text()],
        ["http://api.example/y", true, "at y"],
      );
    }
    assert.equal(it.asked.length, 2);
  });

  test("credentials don't follow to another origin", async () => {
    const it = bench([moved("http://other.example/"), fresh()]);
    await it.cached(url, { headers: { authorization: "Bearer secret", accept: "text/plain" } });
    assert.equal(it.asked[1]!.headers.get("authorization"), null);
    assert.equal(it.asked[1]!.headers.get("accept"), "text/plain");
  });

  test("manual gives the redirect, error fails, and so does going in circles", async () => {
    const it = bench([moved("/y"), moved("/y"), ...Array.from({ length: 21 }, () => moved("/x"))]);
    const response = await it.cached(url, { redirect: "manual" });
    assert.deepEqual([response.status, response.headers.get("location")], [302, "/y"]);
    await assert.rejects(it.cached(url, { redirect: "error" }), TypeError);
    await assert.rejects(it.cached(url), /more than 20 redirects/);
    assert.equal(it.asked.length, 23);
  });

  test("only to HTTP", async () => {
    const it = bench([moved("file:///etc/passwd")]);
    await assert.rejects(it.cached(url), TypeError);
  });
});

describe("9111:4.3.4 a 304 that carries no validator", () => {
  for (const [bareNotModified, text, asked] of [
    ["accept", "one", 2],
    ["retry", "two", 3],
    ["strict", TypeError, 2],
  ] as const)
    test(bareNotModified, async () => {
      const it = bench([fresh(), bare, fresh("two")], { policy: { bareNotModified } });
      await (await it.cached(url)).text();
      it.wait(61);
      const again = it.cached(url).then((response) => response.text());
      if (typeof text === "string") assert.equal(await again, text);
      else await assert.rejects(again, text);
      assert.equal(it.asked.length, asked);
    });

  test("a 304 that answers no question ends, however often it comes", async () => {
    const it = bench([bare, bare, bare]);
    await assert.rejects(it.cached(url), TypeError);
    assert.equal(it.asked.length, 2);
  });
});

describe("users and variants", () => {
  test("what came with a token is for that token alone", async () => {
    const it = bench([fresh("for a"), fresh("for b"), fresh("for nobody")]);
    const as = async (token?: string) =>
      (await it.cached(url, token === undefined ? {} : { headers: { authorization: token } })).text();
    for (let i = 0; i < 2; i++)
      assert.deepEqual([await as("a"), await as("b"), await as()], ["for a", "for b", "for nobody"]);
  });

  test("9111:4.4 a change by one is one that all must ask about", async () => {
    const it = bench([fresh(), fresh("for a"), {}, fresh("two"), fresh("two for a")]);
    const as = { headers: { authorization: "a" } };
    await (await it.cached(url)).text();
    await (await it.cached(url, as)).text();
    await it.cached(url, { method: "POST", body: "change" });
    assert.equal(await (await it.cached(url)).text(), "two");
    assert.equal(await (await it.cached(url, as)).text(), "two for a");
  });

  test("Vary", async () => {
    const it = bench([fresh("json", { vary: "accept" }), fresh("html", { vary: "accept", etag: '"2"' })]);
    for (let i = 0; i < 2; i++)
      for (const type of ["json", "html"])
        assert.equal(await (await it.cached(url, { headers: { accept: type } })).text(), type);
  });

  test("a range of what is stored, and never one of what was decoded", async () => {
    const it = bench([
      fresh("0123456789"),
      fresh("0123456789", { "content-encoding": "gzip" }),
      { status: 206, headers: { "content-range": "bytes 2-3/9" }, body: "en" },
    ]);
    const part = { headers: { range: "bytes=2-3" } };
    await (await it.cached(url)).text();
    const slice = await it.cached(url, part);
    assert.deepEqual(
      [slice.status, slice.headers.get("content-range"), await slice.text()],
      [206, "bytes 2-3/10", "23"],
    );
    await (await it.cached(`${url}/gzip`)).text();
    assert.equal(await (await it.cached(`${url}/gzip`, part)).text(), "en");
    assert.equal(it.asked[2]!.headers.get("accept-encoding"), "identity");
  });

  test("requests at the same time ask once", async () => {
    const it = bench([fresh()]);
    const texts = await Promise.all(Array.from({ length: 10 }, async () => (await it.cached(url)).text()));
    assert.deepEqual(new Set(texts), new Set(["one"]));
    assert.equal(it.asked.length, 1);
  });
});

describe("events", () => {
  test("say what happened and why, with no credentials", async () => {
    const seen: CacheEvent[] = [];
    const it = bench([fresh()], { onEvent: (event) => seen.push(event) });
    const stream = it.cached.events();
    await (await it.cached(url)).text();
    await (await it.cached(url)).text();
    const words = seen.map((event) =>
      event.type === "answer" ? formatCacheStatus("c", event.cacheStatus) : event.what,
    );
    assert.deepEqual(words, ["c; fwd=uri-miss; fwd-status=200; ttl=60; stored", "c; hit; ttl=60"]);
    assert.equal((await stream.next()).value, seen[0]);
    await it.cached.close();
    assert.equal((await stream.next()).value, seen[1]);
    assert.equal((await stream.next()).done, true);
  });
});
