import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failure } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { benchOf, mountOf, start } from "./bench.ts";
import {
  ab,
  contentOf,
  emptyPage,
  groupOf,
  hosts,
  json,
  page,
  refused,
  urlsIn,
  versionsIn,
  wantsJson,
} from "./group-bench.ts";
import { missing, type PageRow, site } from "./site.ts";

describe("a group's page of a project", () => {
  const one = page("a", ["1.0"]);
  const two = page("b", ["2.0"]);
  const rows: readonly PageRow[] = [
    ["the first has it: the next is not asked", one, two, { status: 200, versions: ["1.0"], asksB: false }],
    ["the first has none for certain: the next", missing, two, { status: 200, versions: ["2.0"], asksB: true }],
    ["the first has it no longer: the next", { status: 410 }, two, { status: 200, versions: ["2.0"], asksB: true }],
    ["an empty page is a page", page("a", []), two, { status: 200, versions: [], asksB: false }],
    ["nobody has it", missing, missing, { status: 404, asksB: true }],
    ["the first can't be reached: it may have it", failure("unreachable"), two, { status: 502, asksB: false }],
    ["the first is slow: it may have it", failure("timeout"), two, { status: 504, asksB: false }],
    ["the first answers 503: it may have it", { status: 503 }, two, { status: 503, asksB: false }],
    ["the first answers 429: it may have it", { status: 429 }, two, { status: 429, asksB: false }],
    ["the first answers 403: it may have it", { status: 403 }, two, { status: 403, asksB: false }],
    ["the first wants credentials, which are the mount's affair", { status: 401 }, two, { status: 502, asksB: false }],
    [
      "the first sends a login page",
      { body: "<html><form><input type=password></form>" },
      two,
      { status: 502, asksB: false },
    ],
    ["the last is away: no 404", missing, failure("unreachable"), { status: 502, asksB: true }],
    ["the last answers 500: no 404", missing, { status: 500 }, { status: 500, asksB: true }],
  ];
  for (const [says, first, next, then] of rows) {
    test(says, async () => {
      const [a, b] = [site({ "/demo/": first }), site({ "/demo/": next })];
      const { get } = ab(a, b);
      const { status, text, fields } = await get("/all/simple/demo/", wantsJson);
      assert.equal(status, then.status, text);
      if (then.versions !== undefined) assert.deepEqual(versionsIn(text), then.versions);
      else assert.equal(fields.get("cache-control"), "no-store");
      assert.equal(b.asked.length > 0, then.asksB, "b is asked");
    });
  }

  test("the first is away, but its page is stored: that page", async () => {
    const [a, b] = [site({ "/demo/": one }), site({ "/demo/": two })];
    const { get } = ab(a, b);
    await get("/all/simple/demo/", wantsJson);
    a.says = { "/demo/": failure("unreachable") };
    const { status, text } = await get("/all/simple/demo/", wantsJson);
    assert.deepEqual([status, versionsIn(text), b.asked.length], [200, ["1.0"], 0]);
  });

  test("it has validators of its own, and says 304", async () => {
    const [a, b] = [site({ "/demo/": one }), site({})];
    const { get, pass } = ab(a, b);
    const first = await get("/all/simple/demo/", wantsJson);
    assert.match(first.fields.get("etag")!, /^"[\w-]+"$/);
    assert.equal(first.fields.get("last-modified"), formatHttpDate(start));
    assert.equal(first.fields.get("cache-control"), "no-cache");
    assert.notEqual(first.fields.get("etag"), (await get("/a/simple/demo/", wantsJson)).fields.get("etag"));
    const ifNoneMatch = { ...wantsJson, "if-none-match": first.fields.get("etag")! };
    assert.equal((await get("/all/simple/demo/", ifNoneMatch)).status, 304);
    const ifModified = { ...wantsJson, "if-modified-since": first.fields.get("last-modified")! };
    assert.equal((await get("/all/simple/demo/", ifModified)).status, 304);
    pass(5);
    a.says = { "/demo/": page("a", ["1.0", "1.1"]) };
    for (const condition of [ifNoneMatch, ifModified]) {
      assert.equal((await get("/all/simple/demo/", condition)).status, 200);
    }
  });

  test("another member's page with the same content is another page, later by a second", async () => {
    const same = { fields: { "Content-Type": json }, body: String((page("a", ["1.0"]) as { body: string }).body) };
    const [a, b] = [site({ "/demo/": same }), site({ "/demo/": same })];
    const { get } = ab(a, b, {}, { fresh: 0 });
    const first = await get("/all/simple/demo/", wantsJson);
    a.says = {};
    const second = await get("/all/simple/demo/", wantsJson);
    assert.notEqual(second.fields.get("etag"), first.fields.get("etag"));
    const dated = { ...wantsJson, "if-modified-since": first.fields.get("last-modified")! };
    assert.equal((await get("/all/simple/demo/", dated)).status, 200);
  });

  test("HTML and JSON, and the usual redirects", async () => {
    const { get } = ab(site({ "/demo/": one }), site({}));
    assert.match((await get("/all/simple/demo/")).text, /href="..\/..\/files\/a\/demo\/files\.a\.example\/demo-1\.0/);
    assert.equal((await get("/all/simple/Demo")).fields.get("location"), "/all/simple/demo/");
    assert.equal((await get("/all/")).fields.get("location"), "/all/simple/");
    assert.equal((await get("/all/simple/demo/", {}, "POST")).status, 405);
  });
});

describe("a group's files", () => {
  const content = contentOf("1.0", "a");
  const path = "/all/files/a/demo/files.a.example/demo-1.0-py3-none-any.whl";

  test("lead through the group to the member's", async () => {
    const { get } = ab(site({ "/demo/": page("a", ["1.0"]), ".whl": { body: content } }), site({}));
    const { text } = await get("/all/simple/demo/", wantsJson);
    assert.deepEqual(urlsIn(text), [`../..${path.slice("/all".length)}`]);
    const file = await get(path);
    assert.deepEqual([file.status, file.text], [200, content]);
    assert.equal(file.fields.get("cache-control"), "public, max-age=31536000, immutable");
  });

  const nowhere: readonly [says: string, path: string][] = [
    ["an unknown member", path.replace("/a/", "/c/")],
    ["a file that the member does not link", path.replace("1.0", "9.9")],
    ["a project's name in another form", path.replace("/demo/", "/Demo/")],
    ["no project", "/all/files/a/demo"],
    ["a climbing path", path.replace("files.a.example", "..")],
  ];
  for (const [says, path] of nowhere) {
    test(`${says}: 404`, async () => {
      const { get } = ab(site({ "/demo/": page("a", ["1.0"]) }), site({}));
      assert.equal((await get(path)).status, 404);
    });
  }

  test("of a name that belongs to another member: 404, nobody is asked", async () => {
    const a = site({ "/demo/": page("a", ["1.0"]), ".whl": { body: content } });
    const { get } = ab(a, site({}), { owners: [{ names: ["demo"], member: "/b/" }] });
    assert.deepEqual([(await get(path)).status, a.asked.length], [404, 0]);
  });
});

describe("who asks, in a group", () => {
  const authorization = "Basic X190b2tlbl9fOnNlY3JldA==";

  test("what is hosted is told; no upstream ever is", async () => {
    const readers: string[] = [];
    const b = site({ "/other/": { fields: { "Content-Type": json }, body: page2("other") }, ".whl": { body: "x" } });
    const mount = mountOf({ prefix: "/b/", upstream: new URL("https://b.example/simple/") }, b);
    const { get } = benchOf(hosts(refused(404, "none"), readers), mount, groupOf(["/private/", "/b/"]));
    assert.equal((await get("/all/simple/other/", { ...wantsJson, authorization })).status, 200);
    await get("/all/files/b/other/files.example/other-1.0-py3-none-any.whl", { authorization });
    assert.deepEqual(readers, [authorization]);
    assert.ok(b.asked.length >= 2);
    for (const { fields } of b.asked) assert.equal(fields.has("authorization"), false);
  });

  test("a refusal of what is hosted is the answer, for any name: nothing is looked for elsewhere", async () => {
    const b = site({ "/other/": { fields: { "Content-Type": json }, body: page2("other") } });
    const mount = mountOf({ prefix: "/b/", upstream: new URL("https://b.example/simple/") }, b);
    const { get } = benchOf(hosts(refused(401, "a token is wanted")), mount, groupOf(["/private/", "/b/"]));
    assert.equal((await get("/all/simple/other/", wantsJson)).status, 401);
    assert.equal(b.asked.length, 0);
  });

  test("a page of a private member is private in the group, and the list has its names only for who may read them", async () => {
    const { get } = benchOf(hosts(emptyPage), groupOf(["/private/"]));
    const page = await get("/all/simple/demo/", wantsJson);
    assert.equal(page.fields.get("cache-control"), "private, no-cache");
    const [open, known] = [
      await get("/all/simple/", wantsJson),
      await get("/all/simple/", { ...wantsJson, authorization }),
    ];
    assert.deepEqual([JSON.parse(open.text).projects, JSON.parse(known.text).projects], [[], [{ name: "secret" }]]);
    assert.equal(known.fields.get("cache-control"), "private, no-cache");
  });

  const page2 = (name: string) =>
    JSON.stringify({
      meta: { "api-version": "1.0" },
      name,
      files: [
        {
          filename: `${name}-1.0-py3-none-any.whl`,
          url: `https://files.example/${name}-1.0-py3-none-any.whl`,
          hashes: {},
        },
      ],
    });
});
