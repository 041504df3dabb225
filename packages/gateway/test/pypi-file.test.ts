import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { bench } from "./bench.ts";
import { file, filePath, json, page, pageOf, wheel } from "./pypi-pages.ts";

describe("a project's file", () => {
  test("is fetched once, kept for good, and sent with a strong tag", async () => {
    const { get, upstream, pass } = bench({}, page(["1.0"]), file);
    const first = await get(filePath);
    assert.deepEqual([first.status, first.text], [200, wheel]);
    assert.equal(upstream.asked[1]?.target, "https://files.example/d/demo-1.0-py3-none-any.whl");
    pass(86_400 * 400);
    const again = await get(filePath, { "cache-control": "no-cache" });
    assert.deepEqual([again.status, again.text, upstream.asked.length], [200, wheel, 2]);
    for (const name of ["etag", "cache-control", "last-modified"])
      assert.equal(again.fields.get(name), first.fields.get(name));
    assert.equal(again.fields.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal((await get(filePath, { "if-none-match": first.fields.get("etag")! })).status, 304);
  });

  test("9110:14 ranges, and If-Range by the tag", async () => {
    const { get } = bench({}, page(["1.0"]), file);
    const { fields } = await get(filePath);
    const part = await get(filePath, { range: "bytes=4-9", "if-range": fields.get("etag")! });
    assert.deepEqual(
      [part.status, part.text, part.fields.get("content-range")],
      [206, "octets", `bytes 4-9/${wheel.length}`],
    );
    assert.equal((await get(filePath, { range: "bytes=4-9", "if-range": '"x"' })).status, 200);
    assert.equal((await get(filePath, { range: "bytes=100-" })).status, 416);
  });

  test("with another hash than the page says is never ended, nor kept", async () => {
    const { get, store } = bench({ fresh: 60 }, page(["1.0"]), { ...file, body: wheel.toUpperCase() }, file);
    await assert.rejects(get(filePath), /ContentMismatch|digest|sha256/i);
    assert.equal((await get(filePath)).text, wheel);
    assert.equal(store.size().responses, 2);
  });

  test("whose index puts other content under its name is fetched anew", async () => {
    const other = wheel.toUpperCase();
    const replaced: Answer = {
      fields: { "Content-Type": json },
      body: pageOf(["1.0"], createHash("sha256").update(other).digest("hex")),
    };
    const { get } = bench({ fresh: 60 }, page(["1.0"]), file, replaced, { ...file, body: other });
    assert.equal((await get(filePath)).text, wheel);
    await get("/pypi/simple/demo/", { "cache-control": "no-cache" });
    assert.equal((await get(filePath)).text, other);
  });

  test("that the page does not link is not fetched: this is no open proxy", async () => {
    const { get, upstream } = bench({ fresh: 60 }, page(["1.0"]));
    assert.equal((await get("/pypi/files/demo/evil.example/x.whl")).status, 404);
    assert.equal(upstream.asked.length, 1);
  });

  test("whose page can't be had is not 404", async () => {
    const { get } = bench({}, failure("timeout"));
    assert.equal((await get(filePath)).status, 504);
  });

  test("got with a client's credentials is not kept for others", async () => {
    const { get, upstream } = bench({}, page(["1.0"]), file, page(["1.0"]), { status: 401 });
    assert.equal((await get(filePath, { authorization: "Basic x" })).status, 200);
    assert.equal((await get(filePath)).status, 401);
    assert.equal(upstream.asked.length, 4);
  });

  test("HEAD tells what GET would send", async () => {
    const { get } = bench({}, page(["1.0"]), file);
    const whole = await get(filePath);
    const head = await get(filePath, {}, "HEAD");
    assert.deepEqual([head.status, head.bytes.length, head.fields.get("etag")], [200, 0, whole.fields.get("etag")]);
    assert.equal(head.fields.get("content-length"), String(wheel.length));
  });
});
