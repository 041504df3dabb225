import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import type { Upstream } from "@larder/cache";
import { type Answer, failure } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { problem } from "@larder/server";
import type { ProxyConfig } from "../src/config.ts";
import type { HadShown } from "../src/document.ts";
import type { Index } from "../src/mount.ts";
import { type GroupConfig, group } from "../src/mounts/group.ts";
import { shownPage } from "../src/pages.ts";
import { benchOf, mountOf, start } from "./bench.ts";
import { missing, type Site, site } from "./site.ts";

const json = "application/vnd.pypi.simple.v1+json";
const wantsJson = { accept: json };
const contentOf = (version: string, from: string) => `${version} from ${from}`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A page of demo with these versions, as an index of this name has it. */
function page(
  from: string,
  versions: readonly string[],
  more: { tracks?: string[]; alternate?: string[] } = {},
): Answer {
  const body = {
    meta: { "api-version": "1.2", ...(more.tracks && { tracks: more.tracks }) },
    name: "demo",
    ...(more.alternate && { "alternate-locations": more.alternate }),
    versions,
    files: versions.map((version) => ({
      filename: `demo-${version}-py3-none-any.whl`,
      url: `https://files.${from}.example/demo-${version}-py3-none-any.whl`,
      hashes: { sha256: sha256(contentOf(version, from)) },
      size: contentOf(version, from).length,
      "upload-time": "2025-01-01T00:00:00Z",
    })),
  };
  return { fields: { "Content-Type": json }, body: JSON.stringify(body) };
}

/** A group at /all/ of indexes a and b, with the upstreams a.example and b.example. */
function ab(a: Site, b: Site, config: Partial<GroupConfig> = {}, more: Partial<ProxyConfig> = {}) {
  const mount = (name: string, upstream: Upstream) =>
    mountOf({ prefix: `/${name}/`, upstream: new URL(`https://${name}.example/simple/`), ...more }, upstream);
  return benchOf(mount("a", a), mount("b", b), groupOf(["/a/", "/b/"], config));
}

function groupOf(members: readonly string[], config: Partial<GroupConfig> = {}) {
  const full: GroupConfig = { prefix: "/all/", format: "group", members, owners: [], ...config };
  return group.create(full, { data: "/nowhere", now: Date.now, tell: () => undefined, fault: () => undefined });
}

/** Something that Larder hosts itself: it owns demo, and answers as the test says. */
function hosts(had: HadShown | Error, readers: string[] = []): Index {
  return {
    config: { prefix: "/private/", format: "group", members: [], owners: [] },
    keySpace: "hosted /private/ ",
    proxies: [],
    route: () => ({ type: "none", status: 404, because: "no such file" }),
    async page(_gateway, _project, { fields }) {
      readers.push(fields.get("authorization") ?? "nobody");
      if (had instanceof Error) throw had;
      return had;
    },
    projects: (_gateway, { fields }) => (fields.has("authorization") ? ["secret"] : []),
    owns: (project) => project === "demo",
    location: () => undefined,
    paths: (project) => (url) => `files/${project}/-/${url.slice(url.lastIndexOf("/") + 1)}`,
    close: async () => undefined,
  };
}
const refused = (status: number, because: string): HadShown => ({
  type: "refused",
  outgoing: problem(status, because),
});
const emptyPage: HadShown = {
  type: "page",
  shown: shownPage("1", () => ({ name: "demo", apiVersion: "1.1", files: [], tracks: [], alternateLocations: [] })),
  since: start,
  private: true,
  cacheStatus: { hit: true },
};

const versionsIn = (text: string) => JSON.parse(text).versions;
const urlsIn = (text: string): string[] => JSON.parse(text).files.map(({ url }: { url: string }) => url);

describe("a group's page of a project", () => {
  const one = page("a", ["1.0"]);
  const two = page("b", ["2.0"]);
  const rows: readonly [
    says: string,
    a: Answer,
    b: Answer,
    then: { status: number; versions?: string[]; asksB: boolean },
  ][] = [
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

describe("a name that belongs to a member of a group never comes from another", () => {
  const evil = page("b", ["99.0"]);
  const listed = { owners: [{ names: ["de*"], member: "/a/" }] };
  const rows: readonly [says: string, answer: Answer, status: number][] = [
    ["it has it", page("a", ["1.0"]), 200],
    ["an empty page", page("a", []), 200],
    ["404", missing, 404],
    ["unreachable", failure("unreachable"), 502],
    ["time-out", failure("timeout"), 504],
    ["500", { status: 500 }, 500],
    ["401", { status: 401 }, 502],
    ["403", { status: 403 }, 403],
    ["429", { status: 429 }, 429],
    [
      "it says itself that b has the same project (PEP 708)",
      page("a", ["1.0"], { tracks: ["https://b.example/simple/demo/"] }),
      200,
    ],
  ];
  for (const [says, answer, status] of rows) {
    test(`by the list of owners: ${says}`, async () => {
      // the owner is the last in order
      const [a, b] = [site({ "/demo/": answer }), site({ "/demo/": evil })];
      const { get } = ab(a, b, { members: ["/b/", "/a/"], ...listed });
      const got = await get("/all/simple/demo/", wantsJson);
      assert.equal(got.status, status, got.text);
      assert.doesNotMatch(got.text, /99\.0/);
      assert.equal(b.asked.length, 0, "the other does not even hear the name");
    });
  }

  const hosted: readonly [says: string, had: HadShown | Error, status: number][] = [
    ["all its files are deleted", emptyPage, 200],
    ["404", refused(404, "no such project"), 404],
    ["401", refused(401, "a token is wanted"), 401],
    ["403", refused(403, "not with this token"), 403],
    ["500", refused(500, "the database is broken"), 500],
  ];
  for (const [says, had, status] of hosted) {
    test(`as it is hosted here: ${says}`, async () => {
      const b = site({ "/demo/": evil });
      const mount = mountOf({ prefix: "/b/", upstream: new URL("https://b.example/simple/") }, b);
      const { get } = benchOf(hosts(had), mount, groupOf(["/b/", "/private/"]));
      const got = await get("/all/simple/demo/", wantsJson);
      assert.deepEqual([got.status, b.asked.length], [status, 0]);
    });
  }

  test("as it is hosted here, whatever the list of owners says", async () => {
    const b = site({ "/demo/": evil });
    const mount = mountOf({ prefix: "/b/", upstream: new URL("https://b.example/simple/") }, b);
    const owners = [{ names: ["*"], member: "/b/" }];
    const { get } = benchOf(hosts(emptyPage), mount, groupOf(["/b/", "/private/"], { owners }));
    assert.deepEqual(versionsIn((await get("/all/simple/demo/", wantsJson)).text), []);
    assert.equal(b.asked.length, 0);
  });

  test("what is hosted can't be read: an error, and nobody else is asked", async () => {
    const b = site({ "/demo/": evil });
    const mount = mountOf({ prefix: "/b/", upstream: new URL("https://b.example/simple/") }, b);
    const { get } = benchOf(hosts(new Error("disk")), mount, groupOf(["/b/", "/private/"]));
    await assert.rejects(get("/all/simple/demo/", wantsJson), /disk/);
    assert.equal(b.asked.length, 0);
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

describe("PEP 708 pages of one project in several members", () => {
  const [atA, atB, atC] = ["a", "b", "c"].map((name) => `https://${name}.example/simple/demo/`) as [
    string,
    string,
    string,
  ];
  const rows: readonly [says: string, a: Answer, b: Answer, status: number, versions: string[], asksB: boolean][] = [
    ["nothing said", page("a", ["1.0"]), page("b", ["2.0"]), 200, ["1.0"], false],
    ["the first tracks the next", page("a", ["1.0"], { tracks: [atB] }), page("b", ["2.0"]), 200, ["1.0", "2.0"], true],
    [
      "written without a slash",
      page("a", ["1.0"], { tracks: [atB.slice(0, -1)] }),
      page("b", ["2.0"]),
      200,
      ["1.0", "2.0"],
      true,
    ],
    ["it tracks somebody else", page("a", ["1.0"], { tracks: [atC] }), page("b", ["2.0"]), 200, ["1.0"], false],
    [
      "another project's page",
      page("a", ["1.0"], { tracks: ["https://b.example/simple/demo2/"] }),
      page("b", ["2.0"]),
      200,
      ["1.0"],
      false,
    ],
    [
      "the tracked one tracks, too: it owns no name",
      page("a", ["1.0"], { tracks: [atB] }),
      page("b", ["2.0"], { tracks: [atC] }),
      200,
      ["1.0"],
      true,
    ],
    [
      "both agree on all locations",
      page("a", ["1.0"], { alternate: [atB] }),
      page("b", ["2.0"], { alternate: [atA] }),
      200,
      ["1.0", "2.0"],
      true,
    ],
    [
      "each may name itself",
      page("a", ["1.0"], { alternate: [atA, atB] }),
      page("b", ["2.0"], { alternate: [atB, atA] }),
      200,
      ["1.0", "2.0"],
      true,
    ],
    ["only one says so", page("a", ["1.0"], { alternate: [atB] }), page("b", ["2.0"]), 200, ["1.0"], true],
    ["only the next says so", page("a", ["1.0"]), page("b", ["2.0"], { alternate: [atA] }), 200, ["1.0"], false],
    [
      "they disagree on a third",
      page("a", ["1.0"], { alternate: [atB, atC] }),
      page("b", ["2.0"], { alternate: [atA] }),
      200,
      ["1.0"],
      true,
    ],
    ["the named one has none", page("a", ["1.0"], { tracks: [atB] }), missing, 200, ["1.0"], true],
    [
      "the named one is away: half a page would be a wrong one",
      page("a", ["1.0"], { tracks: [atB] }),
      failure("unreachable"),
      502,
      [],
      true,
    ],
    [
      "the same file name twice: the first one's",
      page("a", ["1.0"], { tracks: [atB] }),
      page("b", ["1.0", "2.0"]),
      200,
      ["1.0", "2.0"],
      true,
    ],
  ];
  for (const [says, first, next, status, versions, asksB] of rows) {
    test(says, async () => {
      const [a, b] = [site({ "/demo/": first }), site({ "/demo/": next })];
      const { get } = ab(a, b);
      const got = await get("/all/simple/demo/", wantsJson);
      assert.equal(got.status, status, got.text);
      assert.equal(b.asked.length > 0, asksB, "b is asked");
      if (status !== 200) return;
      assert.deepEqual(versionsIn(got.text), versions);
      const from = versions.map((version) => (version === "2.0" ? "b" : "a"));
      assert.deepEqual(
        urlsIn(got.text),
        versions.map((v, at) => `../../files/${from[at]}/demo/files.${from[at]}.example/demo-${v}-py3-none-any.whl`),
      );
    });
  }

  test("a change in any of them is a change of the page", async () => {
    const [a, b] = [site({ "/demo/": page("a", ["1.0"], { tracks: [atB] }) }), site({ "/demo/": page("b", ["2.0"]) })];
    const { get } = ab(a, b, {}, { fresh: 0 });
    const first = await get("/all/simple/demo/", wantsJson);
    const conditions = [
      { "if-none-match": first.fields.get("etag")! },
      { "if-modified-since": first.fields.get("last-modified")! },
    ];
    for (const condition of conditions) {
      assert.equal((await get("/all/simple/demo/", { ...wantsJson, ...condition })).status, 304);
    }
    b.says = { "/demo/": page("b", ["2.0", "2.1"]) };
    for (const condition of conditions) {
      const again = await get("/all/simple/demo/", { ...wantsJson, ...condition });
      assert.deepEqual([again.status, versionsIn(again.text)], [200, ["1.0", "2.0", "2.1"]]);
    }
  });
});
