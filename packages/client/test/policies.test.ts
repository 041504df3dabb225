import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCachedFetch } from "../src/index.ts";
import { type Answer, bench, fresh, notModified, url } from "./network.ts";

describe("policies are data", () => {
  test("heuristics", async () => {
    const old: Answer = { headers: { "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT" }, body: "old" };
    for (const [heuristics, asked] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const it = bench([old, old], { policy: { heuristics } });
      for (let i = 0; i < 2; i++) await (await it.cached(url)).text();
      assert.equal(it.asked.length, asked);
    }
  });

  for (const [says, refresh, validated] of [
    ["this URL", [{ url }], true],
    ["another URL", [{ url: `${url}/more` }], false],
    ["a prefix", [{ prefix: "http://api.example/" }], true],
    ["another prefix", [{ prefix: "http://other.example/" }], false],
    ["all", "all", true],
  ] as const)
    test(`refresh: ${says}; what was validated since then isn't asked about again`, async () => {
      const it = bench([fresh(), notModified]);
      await (await it.cached(url)).text();
      it.wait(1);
      it.cached.refresh(refresh);
      for (let i = 0; i < 3; i++) assert.equal(await (await it.cached(url)).text(), "one");
      assert.equal(it.asked.length, validated ? 2 : 1);
    });

  test("offline: stale ones too, and an error for what isn't there", async () => {
    const it = bench([fresh()]);
    await (await it.cached(url)).text();
    const offline = createCachedFetch({ store: it.cached.store, fetch: it.fetch, offline: true });
    assert.equal(await (await offline(url)).text(), "one");
    await assert.rejects(offline(`${url}/other`), /offline/);
    assert.equal(it.asked.length, 1);
  });

  test("stale-while-revalidate answers at once; the next has what came", async () => {
    const it = bench([fresh("one", { "cache-control": "max-age=60, stale-while-revalidate=60" }), fresh("two")]);
    await (await it.cached(url)).text();
    it.wait(61);
    const stale = await it.cached(url);
    assert.equal(stale.cacheStatus.detail, "stale-while-revalidate");
    assert.equal(await stale.text(), "one");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await (await it.cached(url, { cache: "force-cache" })).text(), "two");
  });

  test("stale-if-error, and what may answer when nobody can be reached", async () => {
    const gone = new TypeError("fetch failed");
    const it = bench([fresh("one", { "cache-control": "max-age=60, stale-if-error=60" }), { status: 503 }, gone, gone]);
    await (await it.cached(url)).text();
    it.wait(61);
    for (let i = 0; i < 2; i++) assert.equal((await it.cached(url)).cacheStatus.detail, "stale-if-error");
  });
});
