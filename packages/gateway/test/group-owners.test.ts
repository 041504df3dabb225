import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import type { HadShown } from "../src/document.ts";
import { benchOf, mountOf } from "./bench.ts";
import { ab, emptyPage, groupOf, hosts, page, refused, versionsIn, wantsJson } from "./group-bench.ts";
import { missing, site } from "./site.ts";

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
