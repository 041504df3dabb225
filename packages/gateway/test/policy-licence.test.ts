import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { bench } from "./bench.ts";
import { content, file, filePath, json, name, page, path, policy, versionsOf, wantsJson } from "./policy-pages.ts";

describe("a policy that asks for licences", () => {
  const metadata = (...lines: string[]) =>
    ["Metadata-Version: 2.4", "Name: demo", "Version: 1.0", ...lines, "", ""].join("\n");
  const free = metadata("License-Expression: MIT OR GPL-3.0-only");
  const other = metadata("License-Expression: GPL-3.0-only");
  const block = policy({ block: [{ licences: ["GPL-*"], because: "not ours to ship" }] });
  /** An index that offers core metadata; what it was asked for goes into `asked`. */
  const index = (text: string | number, asked: string[]) =>
    Array.from({ length: 12 }, () => ({ target }: { readonly target: string }): Answer => {
      asked.push(target.slice(target.lastIndexOf("/") + 1) || "page");
      if (target.endsWith("/simple/demo/")) {
        const body = JSON.parse((page({ "1.0": -7200 }) as { body: string }).body);
        body.files[0]["core-metadata"] = true;
        return { fields: { "Content-Type": json }, body: JSON.stringify(body) };
      }
      if (!target.endsWith(".metadata")) return file;
      return typeof text === "number" ? { status: text } : { body: text };
    });

  test("reads the core metadata before the file, once", async () => {
    const asked: string[] = [];
    const { get } = bench({ fresh: 600, policy: block }, ...index(free, asked));
    assert.equal((await get(filePath("1.0"))).text, content);
    assert.equal((await get(filePath("1.0"))).text, content);
    assert.deepEqual(asked, ["page", `${name("1.0")}.metadata`, name("1.0")]);
  });

  test("refuses file and metadata, and from then on the page doesn't have it", async () => {
    const asked: string[] = [];
    const { get } = bench({ fresh: 600, policy: block }, ...index(other, asked));
    const before = await get(path, wantsJson);
    assert.deepEqual(versionsOf(before.text), ["1.0"], "nobody knows yet");
    for (const wanted of [`${filePath("1.0")}.metadata`, filePath("1.0")]) {
      const { status, text } = await get(wanted);
      assert.equal(status, 403);
      assert.match(JSON.parse(text).detail, /blocked .*: not ours to ship\. Its licence: GPL-3\.0-only\.$/);
    }
    assert.deepEqual(asked, ["page", `${name("1.0")}.metadata`], "the file itself is never fetched");
    for (const fields of ["etag", "last-modified"] as const) {
      const condition = fields === "etag" ? "if-none-match" : "if-modified-since";
      const after = await get(path, { ...wantsJson, [condition]: before.fields.get(fields)! });
      assert.deepEqual([after.status, versionsOf(after.text)], [200, []], fields);
    }
    const { files } = JSON.parse((await get("/pypi/policy/demo/")).text);
    assert.deepEqual([files[0].offered, files[0].because], [false, "blocked"]);
  });

  test("refuses a client that alone may see the page, and learns nothing for others", async () => {
    const { get } = bench({ fresh: 600, policy: block }, ...index(other, []));
    const own = { authorization: "Basic x" };
    assert.equal((await get(filePath("1.0"), own)).status, 403);
    assert.deepEqual(versionsOf((await get(path, { ...wantsJson, ...own })).text), ["1.0"]);
  });

  for (const status of [404, 503])
    test(`where the upstream answers ${status} for core metadata, and the wheel has none: an error of the gateway`, async () => {
      const { get } = bench({ fresh: 600, policy: block }, ...index(status, []));
      assert.equal((await get(filePath("1.0"))).status, 502);
    });

  test("tells what was not read yet", async () => {
    const { get } = bench({ fresh: 600, policy: block }, ...index(free, []));
    const { files } = JSON.parse((await get("/pypi/policy/demo/")).text);
    assert.deepEqual([files[0].offered, files[0].unread], [true, true]);
  });
});
