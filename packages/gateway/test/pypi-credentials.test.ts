import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import type { RequestHead } from "@larder/core";
import { bench } from "./bench.ts";
import { file, filePath, page, wantsJson, wheel } from "./pypi-pages.ts";

describe("what one client's credentials brought is not for others", () => {
  const mine = { ...wantsJson, authorization: "Basic x" };
  const cdn: Answer = { status: 302, fields: { Location: "https://cdn.example/demo" } };
  const isPublic = { "Cache-Control": "public, max-age=60" };
  const pages: readonly [says: string, fresh: number | undefined, ...answers: Answer[]][] = [
    ["must-revalidate, which --fresh stands above", 300, page(["1.0"], { "Cache-Control": "must-revalidate" })],
    ["s-maxage, which an upstream's failure stands above", 0, page(["1.0"], { "Cache-Control": "s-maxage=60" })],
    ["public, with Vary: Authorization", 300, page(["1.0"], { ...isPublic, Vary: "Accept, Authorization" })],
    ["public, with Vary: *", 300, page(["1.0"], { ...isPublic, Vary: "*" })],
    ["public, behind a redirect that they were needed for", 300, cdn, page(["1.0"], isPublic)],
  ];
  for (const [says, fresh, ...answers] of pages) {
    test(`a page: ${says} #9111:3.5-authorization`, async () => {
      const down = failure("timeout");
      const { get } = bench({ fresh }, ...answers, down, down);
      assert.equal((await get("/pypi/simple/demo/", mine)).status, 200);
      assert.equal((await get("/pypi/simple/demo/", wantsJson)).status, 504);
      assert.equal((await get("/pypi/simple/demo/", { ...wantsJson, authorization: "Basic y" })).status, 504);
    });
  }

  const varying = { ...file, fields: { ...file.fields, ...isPublic, Vary: "Authorization" } };
  const files: readonly [says: string, ...answers: Answer[]][] = [
    ["public, with Vary: Authorization", varying],
    ["public, behind a redirect that they were needed for", cdn, { ...file, fields: { ...file.fields, ...isPublic } }],
  ];
  for (const [says, ...answers] of files) {
    test(`a file: ${says} #9111:3.5-authorization`, async () => {
      const { get } = bench({}, page(["1.0"]), ...answers, { status: 401 });
      assert.equal((await get(filePath, mine)).text, wheel);
      assert.equal((await get(filePath)).status, 401);
    });
  }

  test("nor is what they did not bring: two at once, of whom one may see the page", async () => {
    const upstream = ({ target, fields }: RequestHead): Answer =>
      target.endsWith("whl") ? file : fields.get("authorization") === "Basic x" ? page(["1.0"]) : { status: 401 };
    const { get } = bench({}, upstream, upstream, upstream, upstream);
    const answers = await Promise.all([get(filePath, { authorization: "Basic y" }), get(filePath, mine)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 200],
    );
  });
});
