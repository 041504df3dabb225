import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { aloneFor } from "../src/left-alone.ts";
import { contentOf, detail, file, filePath, mirrored, page, sha256, versionsIn, wantsJson } from "./mirrors-bench.ts";
import { missing, type PageRow, site } from "./site.ts";

describe("a mount with a mirror: the page of a project", () => {
  const one = page(["1.0"]);
  const two = page(["2.0"]);
  const rows: readonly PageRow[] = [
    ["the upstream has it: the mirror is not asked", one, two, { status: 200, versions: ["1.0"], asksB: false }],
    ["it has none, for certain", missing, two, { status: 404, asksB: false }],
    ["403 is its word", { status: 403 }, two, { status: 403, asksB: false }],
    ["it can't be reached: the mirror", failure("unreachable"), two, { status: 200, versions: ["2.0"], asksB: true }],
    ["it is slow: the mirror", failure("timeout"), two, { status: 200, versions: ["2.0"], asksB: true }],
    ["it answers 500: the mirror", { status: 500 }, two, { status: 200, versions: ["2.0"], asksB: true }],
    ["it answers 503: the mirror", { status: 503 }, two, { status: 200, versions: ["2.0"], asksB: true }],
    ["it answers 429: the mirror", { status: 429 }, two, { status: 200, versions: ["2.0"], asksB: true }],
    [
      "it sends a login page: the mirror",
      { body: "<html><input type=password>" },
      two,
      { status: 200, versions: ["2.0"], asksB: true },
    ],
    ["the mirror has none: it may lack some", failure("unreachable"), missing, { status: 502, asksB: true }],
    ["both are away", failure("timeout"), failure("unreachable"), { status: 504, asksB: true }],
  ];
  for (const [says, first, next, then] of rows) {
    test(says, async () => {
      const [a, b] = [site({ "/demo/": first }), site({ "/demo/": next })];
      const { get } = mirrored(a, b);
      const { status, text, fields } = await get("/pypi/simple/demo/", wantsJson);
      assert.equal(status, then.status, text);
      assert.equal(b.asked.length > 0, then.asksB, "the mirror is asked");
      if (then.versions === undefined) return;
      assert.deepEqual(versionsIn(text), then.versions);
      assert.match(fields.get("cache-status")!, detail(then.asksB ? "b\\.example" : "a\\.example"));
    });
  }

  test("a whole mirror's 404 counts as the upstream's own", async () => {
    const { get } = mirrored(site({ "/demo/": failure("unreachable") }), site({}), { areWhole: true });
    assert.equal((await get("/pypi/simple/demo/")).status, 404);
  });

  test("a mirror is never asked with the upstream's validators, nor with the client's credentials", async () => {
    const [a, b] = [site({ "/demo/": page(["1.0"], { fields: { ETag: '"x"' } }) }), site({ "/demo/": two })];
    const { get } = mirrored(a, b);
    await get("/pypi/simple/demo/", wantsJson);
    a.says = { "/demo/": failure("unreachable") };
    const answer = await get("/pypi/simple/demo/", { ...wantsJson, authorization: "Basic eDp5" });
    assert.deepEqual(versionsIn(answer.text), ["2.0"]);
    assert.equal(b.asked.length, 1);
    for (const name of ["if-none-match", "if-modified-since", "authorization"])
      assert.equal(b.asked[0]?.fields.has(name), false, name);
  });

  test("the same content is the same page, whoever has it: links and tag stay", async () => {
    const [a, b] = [
      site({ "/demo/": one }),
      site({ "/demo/": page(["1.0"], { at: "https://b.example/copy/files/" }) }),
    ];
    const { get } = mirrored(a, b);
    const first = await get("/pypi/simple/demo/", wantsJson);
    a.says = { "/demo/": failure("unreachable") };
    const second = await get("/pypi/simple/demo/", { ...wantsJson, "if-none-match": first.fields.get("etag")! });
    assert.equal(second.status, 304, second.text);
    assert.match(second.fields.get("cache-status")!, detail("b\\.example"));
    assert.equal(JSON.parse(first.text).files[0].url, `../..${filePath("1.0").slice("/pypi".length)}`);
  });

  test("also where the pages don't say when files were uploaded: what was learned is known wherever they come from", async () => {
    const html = (at: string): Answer => ({
      fields: { "Content-Type": "text/html" },
      body: `<!doctype html><title>Links for demo</title><h1>Links for demo</h1><a href="${at}demo-1.0-py3-none-any.whl#sha256=${sha256(contentOf("1.0"))}">demo-1.0-py3-none-any.whl</a>`,
    });
    const [a, b] = [
      site({ "/demo/": html("../../files/") }),
      site({ "/demo/": html("../../files/"), ".whl": file("1.0") }),
    ];
    const { get, pass } = mirrored(a, b);
    const first = await get("/pypi/simple/demo/", wantsJson);
    assert.match(first.text, /"upload-time":"2026-01-01T12:00:00/);
    a.says = { "/demo/": failure("unreachable") };
    pass(5);
    const again = () => get("/pypi/simple/demo/", { ...wantsJson, "if-none-match": first.fields.get("etag")! });
    const second = await again();
    assert.equal(second.status, 304, second.text);
    await get(filePath("1.0"));
    assert.equal((await again()).status, 304);
    a.says = { "/demo/": html("../../files/") };
    pass(11);
    assert.equal((await again()).status, 304);
  });

  test("another content is another page, later by a second", async () => {
    const [a, b] = [site({ "/demo/": one }), site({ "/demo/": two })];
    const { get } = mirrored(a, b);
    const first = await get("/pypi/simple/demo/", wantsJson);
    a.says = { "/demo/": failure("unreachable") };
    const since = { ...wantsJson, "if-modified-since": first.fields.get("last-modified")! };
    assert.deepEqual(versionsIn((await get("/pypi/simple/demo/", since)).text), ["2.0"]);
  });

  test("none can be reached: the page that was answered last", async () => {
    const [a, b] = [site({ "/demo/": one }), site({ "/demo/": two })];
    const { get, pass } = mirrored(a, b);
    await get("/pypi/simple/demo/", wantsJson);
    a.says = { "/demo/": failure("unreachable") };
    pass(5);
    await get("/pypi/simple/demo/", wantsJson);
    b.says = { "/demo/": failure("unreachable") };
    const { status, text, fields } = await get("/pypi/simple/demo/", wantsJson);
    assert.deepEqual([status, versionsIn(text)], [200, ["2.0"]]);
    assert.match(fields.get("cache-status")!, /; detail="stale-if-error, from b\.example"$/);
  });
});

describe("an upstream that failed", () => {
  test("is left alone for some seconds, then one request looks, and the log says so", async () => {
    const [a, b] = [site({ "/demo/": failure("unreachable") }), site({ "/demo/": page(["1.0"]) })];
    const { get, pass, told } = mirrored(a, b);
    for (let i = 0; i < 5; i++) await get("/pypi/simple/demo/");
    assert.equal(a.asked.length, 1, "not asked while it is left alone");
    pass(aloneFor / 1000);
    await Promise.all([get("/pypi/simple/demo/"), get("/pypi/simple/demo/"), get("/pypi/simple/other/")]);
    assert.equal(a.asked.length, 2, "one request looks");
    a.says = { "/demo/": page(["1.0"]) };
    await get("/pypi/simple/demo/");
    assert.equal(a.asked.length, 2, "left alone again");
    pass(aloneFor / 1000);
    const back = await get("/pypi/simple/demo/");
    assert.match(back.fields.get("cache-status")!, detail("a\\.example"));
    assert.deepEqual(told.length, 2);
    assert.match(told[0]!, /unreachable.*left alone/);
    assert.match(told[1]!, /a\.example is back/);
  });

  const rows: readonly [says: string, answer: Answer, isLeftAlone: boolean][] = [
    ["500 for one project", { status: 500 }, false],
    ["503", { status: 503 }, true],
    ["429", { status: 429 }, true],
    ["404", missing, false],
  ];
  for (const [says, answer, isLeftAlone] of rows) {
    test(`${says}: ${isLeftAlone ? "left alone" : "not left alone"}`, async () => {
      const a = site({ "/demo/": answer });
      const { get } = mirrored(a, site({ "/demo/": page(["1.0"]) }));
      await get("/pypi/simple/demo/");
      const before = a.asked.length;
      await get("/pypi/simple/other/");
      assert.equal(a.asked.length === before, isLeftAlone);
    });
  }

  test("files on another host don't count", async () => {
    const a = site({ "/demo/": page(["1.0"], { at: "https://files.example/" }), ".whl": failure("unreachable") });
    const { get } = mirrored(a, site({}));
    await get("/pypi/simple/demo/");
    assert.equal((await get("/pypi/files/demo/files.example/demo-1.0-py3-none-any.whl")).status, 502);
    assert.equal((await get("/pypi/simple/demo/")).status, 200);
    assert.equal(a.asked.filter(({ target }) => target.endsWith("/demo/")).length >= 2, true);
  });
});
