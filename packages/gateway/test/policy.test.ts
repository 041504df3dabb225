import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, fakeUpstream } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import type { PolicyConfig } from "../src/config.ts";
import { openFacts } from "../src/facts.ts";
import { type GroupConfig, group } from "../src/mounts/group.ts";
import { rulesOf } from "../src/rules.ts";
import { bench, benchOf, mountOf, start } from "./bench.ts";
import { content, file, filePath, hour, page, path, policy, versionsOf, wantsJson } from "./policy-pages.ts";

describe("a page without what the policy withholds", () => {
  test("has validators of its own, in each form and coding", async () => {
    const versions = { "1.0": -7200, "1.1": -60 };
    const one = bench({ fresh: 600, policy: hour }, page(versions));
    const all = bench({ fresh: 600 }, page(versions));
    for (const fields of [{}, wantsJson, { ...wantsJson, "accept-encoding": "gzip" }]) {
      const [filtered, whole] = [await one.get(path, fields), await all.get(path, fields)];
      assert.notEqual(filtered.fields.get("etag"), whole.fields.get("etag"));
      assert.notEqual(filtered.fields.get("etag"), '"upstream"');
      const again = await one.get(path, { ...fields, "if-none-match": whole.fields.get("etag")! });
      assert.equal(again.status, 200);
    }
    const { text } = await one.get(path, wantsJson);
    assert.deepEqual(versionsOf(text), ["1.0"]);
    assert.equal(JSON.parse(text).files.length, 1);
  });

  test("changes tag and date at the very instant of a release, though the upstream says 304", async () => {
    const same: Answer = { status: 304, fields: { ETag: '"upstream"' } };
    const { get, pass } = bench(
      { fresh: 0, policy: hour },
      page({ "1.0": -7200, "1.1": -60 }),
      ...Array.from({ length: 9 }, () => same),
    );
    const before = await get(path, wantsJson);
    const [tag, date] = ["etag", "last-modified"].map((field) => before.fields.get(field)!);
    pass(3539.999);
    assert.equal((await get(path, { ...wantsJson, "if-none-match": tag! })).status, 304);
    assert.equal((await get(path, { ...wantsJson, "if-modified-since": date! })).status, 304);
    pass(0.001);
    const after = await get(path, { ...wantsJson, "if-none-match": tag! });
    assert.deepEqual([after.status, versionsOf(after.text)], [200, ["1.0", "1.1"]]);
    assert.notEqual(after.fields.get("etag"), tag);
    assert.equal((await get(path, { ...wantsJson, "if-modified-since": date! })).status, 200);
    assert.equal(after.fields.get("last-modified"), formatHttpDate(start + 3540_000));
    const html = await get(path);
    assert.match(html.text, /demo-1\.1/);
  });

  test("two changes within a second: who has what was before one of them gets the whole", async () => {
    const { get, pass } = bench(
      { fresh: 600, policy: policy({ minimumAge: 10 }) },
      page({ "1.0": -100, "1.1": -9.9, "1.2": -9.8 }),
    );
    const dates = new Set<string>();
    for (const versions of [1, 2, 3]) {
      const { fields, text } = await get(path, wantsJson);
      assert.equal(versionsOf(text).length, versions);
      for (const date of dates)
        assert.equal((await get(path, { ...wantsJson, "if-modified-since": date })).status, 200, date);
      dates.add(fields.get("last-modified")!);
      pass(0.1);
    }
  });

  test("changes at the instant an exemption expires", async () => {
    const exempt = [{ names: ["demo"], until: start + 50_000 }];
    const { get, pass } = bench({ fresh: 600, policy: { ...hour, exempt } }, page({ "1.0": -7200, "1.1": -60 }), file);
    const before = await get(path, wantsJson);
    assert.deepEqual(versionsOf(before.text), ["1.0", "1.1"]);
    assert.equal((await get(filePath("1.1"))).status, 200);
    pass(50);
    const after = await get(path, { ...wantsJson, "if-none-match": before.fields.get("etag")! });
    assert.deepEqual([after.status, versionsOf(after.text)], [200, ["1.0"]]);
    assert.equal((await get(filePath("1.1"))).status, 403);
  });

  test("a file without an upload time is as old as it is known", async () => {
    const { get, pass } = bench({ fresh: 1e9, policy: hour }, page({ "1.0": "unknown" }));
    pass(1e8);
    assert.deepEqual(versionsOf((await get(path, wantsJson)).text), []);
    pass(3599.999);
    assert.deepEqual(versionsOf((await get(path, wantsJson)).text), []);
    pass(0.001);
    assert.deepEqual(versionsOf((await get(path, wantsJson)).text), ["1.0"]);
  });

  test("a file without an upload time stays offered, whatever date comes with it", async () => {
    const late = { ...file, fields: { ...file.fields, "Last-Modified": formatHttpDate(start + 3600_000) } };
    const undated = page({ "1.0": "unknown" });
    const { get, pass } = bench({ fresh: 1e9, policy: hour }, undated, late, page({ "1.0": "unknown", "0.9": -9999 }));
    await get(path, wantsJson);
    pass(3600);
    assert.equal((await get(filePath("1.0"))).status, 200);
    const { text } = await get(path, { ...wantsJson, "cache-control": "no-cache" });
    assert.deepEqual(versionsOf(text), ["0.9", "1.0"]);
  });

  test("what is a client's alone is filtered, too", async () => {
    const { get } = bench({ policy: hour }, page({ "1.0": -7200, "1.1": -60 }));
    const { text, fields } = await get(path, { ...wantsJson, authorization: "Basic x" });
    assert.deepEqual(versionsOf(text), ["1.0"]);
    assert.equal(fields.get("cache-control"), "private, no-cache");
  });

  test("another policy moves the date, also past a restart; the same one doesn't", () => {
    const facts = openFacts(":memory:");
    const since = (policy: PolicyConfig | undefined, now: number) => rulesOf(policy, "a ", facts, now).since;
    assert.equal(since(undefined, 1), Number.NEGATIVE_INFINITY, "never any: no date of its own");
    assert.equal(since(hour, 5000), 5000);
    assert.equal(since(hour, 9000), 5000);
    assert.equal(since(policy({ minimumAge: 3601 }), 5001), 6000);
    assert.equal(since(undefined, 9000), 9000);
    assert.equal(rulesOf(hour, "b ", facts, 7000).since, 7000, "each mount by itself");
  });
});

describe("a file that the policy withholds", () => {
  const held = page({ "1.0": -7200, "1.1": -60 });
  const rows: readonly [says: string, path: string, fields?: Record<string, string>, method?: string][] = [
    ["the file", filePath("1.1")],
    ["asked for with HEAD", filePath("1.1"), {}, "HEAD"],
    ["a range of it", filePath("1.1"), { range: "bytes=0-1" }],
    ["its core metadata (PEP 658)", `${filePath("1.1")}.metadata`],
    ["its signature (PEP 503)", `${filePath("1.1")}.asc`],
  ];
  for (const [says, path, fields, method] of rows)
    test(`${says} is 403, and nothing but the page is asked for`, async () => {
      const { get, upstream } = bench({ fresh: 600, policy: hour }, held);
      const answer = await get(path, fields, method);
      assert.equal(answer.status, 403);
      assert.equal(answer.fields.get("cache-control"), "no-store");
      assert.equal(upstream.asked.length, 1);
      if (method === "HEAD") return;
      assert.match(
        JSON.parse(answer.text).detail,
        /^demo-1\.1-\S+ was uploaded at .* 1 hour old: .* 2026-01-01T12:59:00Z on\.$/,
      );
    });

  test("is told in the reason phrase, too: pip shows nothing else", async () => {
    const { get } = bench({ policy: hour }, held);
    const { reason, text } = await get(filePath("1.1"));
    assert.equal(reason, JSON.parse(text).detail);
  });

  test("is there from the instant of its release on", async () => {
    const { get, pass } = bench({ fresh: 1e6, policy: hour }, held, file);
    pass(3539.999);
    assert.equal((await get(filePath("1.1"))).status, 403);
    pass(0.001);
    assert.equal((await get(filePath("1.1"))).text, content);
  });

  test("that is stored: what the page says now decides", async () => {
    const { get, upstream } = bench(
      { fresh: 600, policy: hour },
      page({ "1.0": -7200 }),
      file,
      page({ "1.0": -60 }),
      page({}),
    );
    assert.equal((await get(filePath("1.0"))).text, content);
    assert.equal((await get(filePath("1.0"))).text, content);
    assert.equal(upstream.asked.length, 2, "a stored file whose page is in memory asks nobody");
    await get(path, { "cache-control": "no-cache" });
    assert.equal((await get(filePath("1.0"))).status, 403, "the index gives a later upload time");
    await get(path, { "cache-control": "no-cache" });
    assert.equal((await get(filePath("1.0"))).status, 404, "no page speaks for it any more");
  });

  test("that is stored, but whose page can't be had, is not given away", async () => {
    const { get, store } = bench({ fresh: 600, policy: hour }, page({ "1.0": -7200 }), file, { status: 503 });
    assert.equal((await get(filePath("1.0"))).status, 200);
    const stored = await store.list("pypi /pypi/ https://index.example/simple/demo/");
    assert.equal(stored.length, 1);
    await store.remove(stored);
    assert.equal((await get(filePath("1.0"))).status, 503);
  });

  test("without a policy a stored file asks for no page", async () => {
    const { get, store, upstream } = bench({}, page({ "1.0": -60 }), file);
    assert.equal((await get(filePath("1.0"))).status, 200);
    const stored = await store.list("pypi /pypi/ https://index.example/simple/demo/");
    assert.equal(stored.length, 1);
    await store.remove(stored);
    assert.equal((await get(filePath("1.0"))).status, 200);
    assert.equal(upstream.asked.length, 2);
  });
});

describe("the policies of a group's members", () => {
  const grouped = (...answers: Answer[]) => {
    const config: GroupConfig = { prefix: "/all/", format: "group", members: ["/pypi/"], owners: [] };
    const context = { data: "/nowhere", now: Date.now, tell: () => undefined, fault: () => undefined };
    const member = mountOf({ fresh: 1e6, policy: hour }, fakeUpstream(...answers));
    return benchOf(member, group.create(config, context));
  };
  test("hold in the group: its page changes at the instant of a release", async () => {
    const { get, pass } = grouped(page({ "1.0": -7200, "1.1": -60 }));
    const before = await get("/all/simple/demo/", wantsJson);
    assert.deepEqual(versionsOf(before.text), ["1.0"]);
    for (const [seconds, status] of [
      [3539.999, 304],
      [0.001, 200],
    ] as const) {
      pass(seconds);
      const tag = { ...wantsJson, "if-none-match": before.fields.get("etag")! };
      const date = { ...wantsJson, "if-modified-since": before.fields.get("last-modified")! };
      assert.deepEqual(
        [(await get("/all/simple/demo/", tag)).status, (await get("/all/simple/demo/", date)).status],
        [status, status],
      );
    }
  });
  test("hold for files, too", async () => {
    const { get } = grouped(page({ "1.0": -7200, "1.1": -60 }), file);
    const [{ url }] = JSON.parse((await get("/all/simple/demo/", wantsJson)).text).files;
    const at = new URL(url, "http://x/all/simple/demo/").pathname;
    assert.equal((await get(at)).text, content);
    const { status, reason } = await get(at.replace("1.0", "1.1"));
    assert.equal(status, 403);
    assert.match(reason!, /^demo-1\.1-\S+ was uploaded at /);
  });
});
