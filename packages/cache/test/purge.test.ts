import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import { type CacheResponse, type PurgeMode, type PurgeScope, purge } from "../src/index.ts";
import { bench, start, target, told } from "./bench.ts";
import { type Answer, failure, fakeUpstream, slowBody } from "./fake-upstream.ts";
import { octets, response } from "./store-helpers.ts";

const page = (text: string, fields: Record<string, string> = {}): Answer => ({
  fields: { Date: formatHttpDate(start), "Cache-Control": "max-age=60", ETag: `"${text}"`, ...fields },
  body: text,
});
const own: PurgeScope = { prefix: `test ${target}`, exact: true };
const modes: readonly PurgeMode[] = ["soft", "hard"];

describe("9111:4.4 purge", () => {
  const scopes: readonly (readonly [says: string, PurgeScope, met: readonly string[]])[] = [
    ["one URL", { prefix: "test http://index.example/a", exact: true }, ["/a"]],
    ["what begins so", { prefix: "test http://index.example/a" }, ["/a", "/a/b"]],
    ["a group", { prefix: "test ", group: "g" }, ["/a/b", "/c"]],
    ["a key space", { prefix: "test " }, ["/a", "/a/b", "/c"]],
    ["nothing", { prefix: "other " }, []],
  ];
  for (const [says, scope, met] of scopes)
    for (const mode of modes)
      test(`${mode}: ${says}`, async () => {
        const paths = ["/a", "/a/b", "/c"];
        const stored = paths.map((path) => page(path, path === "/a" ? {} : { "Cache-Groups": '"g"' }));
        const { ask, cache } = bench(fakeUpstream(...stored, ...stored));
        for (const path of paths) await told(await ask({}, { target: `http://index.example${path}` }));
        assert.equal(await purge(cache, scope, mode), met.length);
        assert.equal(cache.store.size().responses, mode === "hard" ? 3 - met.length : 3);
        for (const path of paths) {
          const { cacheStatus } = await ask({}, { target: `http://index.example${path}` });
          const word = met.includes(path) ? (mode === "soft" ? "invalid" : "uri-miss") : undefined;
          assert.equal(cacheStatus.fwd, word, path);
        }
      });

  test("soft: a 304 brings it back, and nothing else does", async () => {
    const upstream = fakeUpstream(page("one"), failure("timeout"), { status: 304, fields: { ETag: '"one"' } });
    const { ask, cache } = bench(upstream, { policy: { staleIfError: 3600 } });
    await told(await ask());
    await purge(cache, own, "soft");
    assert.equal(((await ask({ "cache-control": "max-stale" })) as { failed?: true }).failed, true);
    assert.equal((await told(await ask())).fwdStatus, 304);
    assert.equal((await told(await ask())).hit, true);
  });
});

describe("a purge of much", () => {
  for (const mode of modes)
    test(`${mode}: requests are answered all the while`, async () => {
      const { cache } = bench(fakeUpstream());
      const [steps, ofOne] = [40, 3];
      const spin = () => {
        for (const end = performance.now() + ofOne; performance.now() < end; );
      };
      cache.store.walk = () => Array.from({ length: steps }, () => [response(octets(1))]);
      cache.store.put = spin;
      cache.store.remove = spin;
      let turns = 0;
      const turning = setInterval(() => turns++, 0);
      assert.equal(await purge(cache, { prefix: "" }, mode), steps);
      clearInterval(turning);
      assert.ok(turns >= steps / 4, `others had ${turns} turns`);
    });
});

describe("a purge while the upstream answers", () => {
  for (const mode of modes) {
    test(`${mode}: before the head came`, async () => {
      const { promise, resolve: give } = Promise.withResolvers<Answer>();
      const upstream = fakeUpstream(() => promise, page("new"));
      const { ask, cache } = bench(upstream);
      const before = ask();
      await purge(cache, own, mode);
      const after = ask();
      give(page("old"));
      assert.equal(((await told(await before)) as { text: string }).text, "old");
      assert.equal(((await told(await after)) as { text: string }).text, "new");
      const last = (await told(await ask())) as { text: string; hit: boolean };
      assert.deepEqual([last.text, last.hit, upstream.asked.length], ["new", true, 2]);
    });

    test(`${mode}: while the content comes`, async () => {
      const slow = slowBody();
      const { ask, cache } = bench(fakeUpstream({ ...page("old"), body: slow.body }, page("new")));
      const before = await ask();
      slow.give("o");
      await purge(cache, own, mode);
      const after = await ask();
      slow.give("ld");
      slow.end();
      assert.equal(((await told(before)) as { text: string }).text, "old");
      assert.equal(((await told(after)) as { text: string }).text, "new");
    });

    test(`${mode}: what comes alone is not found fresh afterwards`, async () => {
      const slow = slowBody();
      const { ask, cache } = bench(fakeUpstream({ ...page("old"), body: slow.body }, page("new")));
      const before = (await ask()) as CacheResponse;
      await purge(cache, own, mode);
      slow.give("old");
      slow.end();
      assert.equal(((await told(before)) as { text: string }).text, "old");
      while (cache.arriving.size > 0) await new Promise(setImmediate);
      assert.equal(cache.store.size().responses, 0);
      assert.equal(((await told(await ask())) as { text: string }).text, "new");
    });

    test(`${mode}: during a validation`, async () => {
      const { promise, resolve: give } = Promise.withResolvers<Answer>();
      const upstream = fakeUpstream(page("old"), () => promise, page("new"));
      const { ask, cache, pass } = bench(upstream);
      await told(await ask());
      pass(61);
      const before = ask();
      await new Promise(setImmediate);
      await purge(cache, own, mode);
      give({ status: 304, fields: { ETag: '"old"', "Cache-Control": "max-age=60" } });
      // what a hard purge took away is asked for anew, also by who had asked before
      assert.equal(((await told(await before)) as { text: string }).text, mode === "soft" ? "old" : "new");
      if (mode === "hard") return;
      assert.equal(((await told(await ask())) as { text: string }).text, "new");
    });
  }
});
