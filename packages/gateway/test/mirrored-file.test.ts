import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { contentOf, detail, file, filePath, mirrored, page, sha256, wantsJson } from "./mirrors-bench.ts";
import { site } from "./site.ts";

describe("a mount with a mirror: a file", () => {
  const other = { content: (version: string) => `other ${version}` };
  const away = failure("unreachable");
  const rows: readonly [
    says: string,
    a: Record<string, Answer>,
    b: Record<string, Answer>,
    then: { status: number; from?: string },
  ][] = [
    ["is the upstream's", { "/demo/": page(["1.0"]), ".whl": file("1.0") }, {}, { status: 200, from: "a" }],
    [
      "is not there: the mirror's with the same hash",
      { "/demo/": page(["1.0"]) },
      { "/demo/": page(["1.0"]), ".whl": file("1.0") },
      { status: 200, from: "b" },
    ],
    [
      "can't be had: the mirror's, which is somewhere else",
      { "/demo/": page(["1.0"]), ".whl": { status: 503 } },
      { "/demo/": page(["1.0"], { at: "https://cdn.example/x/" }), ".whl": file("1.0") },
      { status: 200, from: "b" },
    ],
    [
      "can't be had, and the mirror's has another hash: neither",
      { "/demo/": page(["1.0"]), ".whl": { status: 500 } },
      { "/demo/": page(["1.0"], other), ".whl": { body: "other 1.0" } },
      { status: 500 },
    ],
    [
      "can't be had, and the mirror has no such file",
      { "/demo/": page(["1.0"]), ".whl": { status: 500 } },
      { "/demo/": page([]) },
      { status: 500 },
    ],
    [
      "of a page that came from the mirror is the mirror's",
      { "/demo/": away, ".whl": { body: "other 1.0" } },
      { "/demo/": page(["1.0"]), ".whl": file("1.0") },
      { status: 200, from: "b" },
    ],
    [
      "that no page links is nowhere",
      { "/demo/": page(["2.0"]), ".whl": file("1.0") },
      { "/demo/": page(["1.0"]) },
      { status: 404 },
    ],
    ["of a project whose page can't be had can't be had", { "/demo/": away }, { "/demo/": away }, { status: 502 }],
  ];
  for (const [says, first, next, then] of rows) {
    for (const asks of [true, false]) {
      test(`${says}${asks ? "" : ", asked for without its page"}`, async () => {
        const { get } = mirrored(site(first), site(next));
        if (asks) await get("/pypi/simple/demo/");
        const { status, text, fields } = await get(filePath("1.0"));
        assert.equal(status, then.status, text);
        if (then.from === undefined) return;
        assert.equal(text, contentOf("1.0"));
        assert.match(fields.get("cache-status")!, detail(`${then.from}\\.example`));
      });
    }
  }

  test("once kept it is there, whoever is away", async () => {
    const [a, b] = [site({ "/demo/": page(["1.0"]), ".whl": file("1.0") }), site({})];
    const { get } = mirrored(a, b);
    await get("/pypi/simple/demo/");
    await get(filePath("1.0"));
    a.says = { "/demo/": away };
    b.says = { "/demo/": away };
    assert.deepEqual((await get(filePath("1.0"))).text, contentOf("1.0"));
  });

  test("a page of the mirror's with another hash: the file that is kept of the upstream's is not given for it", async () => {
    const [a, b] = [
      site({ "/demo/": page(["1.0"]), ".whl": file("1.0") }),
      site({ "/demo/": page(["1.0"], other), ".whl": { body: "other 1.0" } }),
    ];
    const { get } = mirrored(a, b);
    await get("/pypi/simple/demo/");
    assert.equal((await get(filePath("1.0"))).text, "demo 1.0");
    a.says = { "/demo/": away };
    const { text } = await get("/pypi/simple/demo/", wantsJson);
    assert.equal(JSON.parse(text).files[0].hashes.sha256, sha256("other 1.0"));
    assert.equal((await get(filePath("1.0"))).text, "other 1.0");
  });

  test("its core metadata come along", async () => {
    const metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
    const both = { "/demo/": page(["1.0"]), ".metadata": { body: metadata } };
    const { get } = mirrored(
      site({ ...both, "/demo/": away }),
      site({ ...both, "/demo/": withMetadata(page(["1.0"])) }),
    );
    const { text } = await get("/pypi/simple/demo/", wantsJson);
    assert.ok(JSON.parse(text).files[0]["core-metadata"]);
    assert.equal((await get(`${filePath("1.0")}.metadata`)).text, metadata);
  });

  const withMetadata = (given: Answer): Answer => {
    const body = String((given as { body: string }).body).replace('"size"', '"core-metadata":true,"size"');
    return { ...(given as { fields: Record<string, string> }), body };
  };
});
