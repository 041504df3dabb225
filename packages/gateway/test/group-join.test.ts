import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { ab, page, urlsIn, versionsIn, wantsJson } from "./group-bench.ts";
import { missing, site } from "./site.ts";

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
