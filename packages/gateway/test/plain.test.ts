import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import { formatHttpDate, parseList, type RequestHead } from "@larder/core";
import { bench, start } from "./bench.ts";

const http = { prefix: "/", format: "http", upstream: new URL("http://upstream.example/") } as const;
const at = (seconds: number) => formatHttpDate(start + seconds * 1000);
const page = (fields: Record<string, string> = {}, body = "one"): Answer => ({
  fields: { Date: at(0), "Cache-Control": "max-age=60", ...fields },
  body,
});

describe("9111:4 what a plain mount answers from its store", () => {
  test("shows its age, in place of any that came #9111:4-age", async () => {
    const { get, pass } = bench(http, page({ Age: "5" }));
    assert.deepEqual((await get("/x")).fields.all("age"), ["5"]);
    pass(20);
    assert.deepEqual((await get("/x")).fields.all("age"), ["25"]);
  });
  test("only for its own target, query included #9111:4-target", async () => {
    const { get, upstream } = bench(http, page(), page({}, "two"), page({}, "three"));
    const texts = [await get("/x"), await get("/y"), await get("/x?q"), await get("/x")].map(({ text }) => text);
    assert.deepEqual([texts, upstream.asked.length], [["one", "two", "three", "one"], 3]);
  });
  test("octet for octet, whatever codings the client takes #9111:5.2.2.6-no-transform", async () => {
    const text = "a".repeat(10_000);
    const { get } = bench(
      http,
      page({ "Cache-Control": "max-age=60, no-transform", "Content-Type": "text/html" }, text),
    );
    for (const coding of ["gzip, br, zstd", "identity"]) {
      const answer = await get("/x", { "accept-encoding": coding });
      assert.deepEqual([answer.text, answer.fields.get("content-encoding")], [text, undefined]);
    }
  });
  test("with all its directives, its targeted fields too #9111:5.2-pass-through #9213:2.2-pass-through", async () => {
    const said = {
      "Cache-Control": "max-age=60, foo=bar",
      "CDN-Cache-Control": "max-age=9",
      "Other-Cache-Control": "max-age=8",
    };
    const { get } = bench(http, page(said));
    for (const answer of [await get("/x"), await get("/x")])
      for (const [name, value] of Object.entries(said)) assert.equal(answer.fields.get(name.toLowerCase()), value);
  });
});

describe("9111:4.3.2 a client's conditions are judged against what is stored", () => {
  test("its tag, or its date #9111:4.3.2-evaluate", async () => {
    const { get, upstream } = bench(http, page({ ETag: '"1"', "Last-Modified": at(-100) }));
    await get("/x");
    const rows: readonly (readonly [Record<string, string>, number])[] = [
      [{ "if-none-match": '"1"' }, 304],
      [{ "if-none-match": 'W/"1"' }, 304],
      [{ "if-none-match": '"2"' }, 200],
      [{ "if-modified-since": at(-100) }, 304],
      [{ "if-modified-since": at(-101) }, 200],
      [{ "if-none-match": '"2"', "if-modified-since": at(-100) }, 200],
    ];
    for (const [fields, status] of rows) assert.equal((await get("/x", fields)).status, status, JSON.stringify(fields));
    assert.equal(upstream.asked.length, 1);
  });
  test("conditions of origins alone go to the upstream, and its word holds #9111:4.3.2-origins-own", async () => {
    const { get, upstream } = bench(http, page({ ETag: '"1"' }), { status: 412 }, page({ ETag: '"2"' }, "two"));
    await get("/x");
    assert.equal((await get("/x", { "if-match": '"1"' })).status, 412);
    const answer = await get("/x", { "if-match": '"3"' });
    assert.deepEqual([answer.status, answer.text], [200, "two"]);
    assert.deepEqual(
      upstream.asked.map(({ fields }) => fields.get("if-match")),
      [undefined, '"1"', '"3"'],
    );
  });
  test("no Last-Modified: its Date stands in #9111:4.3.2-no-last-modified", async () => {
    const { get } = bench(http, page({ Date: at(-10), "Cache-Control": "max-age=60" }));
    await get("/x");
    assert.equal((await get("/x", { "if-modified-since": at(-10) })).status, 304);
    assert.equal((await get("/x", { "if-modified-since": at(-11) })).status, 200);
  });
  test("a 304 about a tag that the client doesn't have is a 200 for it #9111:4.3.2-own-tag", async () => {
    const { get, pass, upstream } = bench(http, page({ ETag: '"1"' }), {
      status: 304,
      fields: { ETag: '"1"', Date: at(61) },
    });
    await get("/x");
    pass(61);
    const answer = await get("/x", { "if-none-match": '"9"' });
    assert.deepEqual([answer.status, answer.text], [200, "one"]);
    assert.equal(upstream.asked[1]?.fields.get("if-none-match"), '"1"');
  });
});

describe("9111:4.1 what is stored is what the upstream was asked", () => {
  test("9110:7.6.1 a field that Connection names does not select", async () => {
    const vary = { Vary: "Accept-Language" };
    const { get, upstream } = bench(http, page(vary, "default"), page(vary, "bonjour"));
    await get("/x", { "accept-language": "fr", connection: "Accept-Language" });
    assert.equal((await get("/x", { "accept-language": "fr" })).text, "bonjour");
    assert.equal(upstream.asked.length, 2);
  });
  test("9110:8.8.3.3 one strong tag for all codings: nobody gets a coding that it can't undo", async () => {
    const vary = { Vary: "Accept-Encoding", ETag: '"1"' };
    const gzipped = page({ ...vary, "Content-Encoding": "gzip" }, "gzipped");
    const upstream = ({ fields }: RequestHead): Answer =>
      fields.get("if-none-match") === '"1"' ? { status: 304, fields: { ...vary, Date: at(0) } } : page(vary, "plain");
    const { get } = bench(http, gzipped, upstream, upstream);
    await get("/x", { "accept-encoding": "gzip" });
    for (const fields of [{}, { "accept-encoding": "br" }]) assert.equal((await get("/x", fields)).text, "plain");
  });
  test("9110:14.2 a range in HEAD is no range #9110:14.2-method", async () => {
    const part = { ...page({ ETag: '"1"', "Content-Range": "bytes 0-2/9" }), status: 206 };
    const { get } = bench(http, part, page({ ETag: '"1"', "Content-Length": "9" }));
    await get("/x", { range: "bytes=0-2" });
    assert.equal((await get("/x", { range: "bytes=0-2" })).status, 206);
    assert.equal((await get("/x", { range: "bytes=0-2" }, "HEAD")).status, 200);
  });
  test("9110:9.3.8 TRACE would show the mount's credentials, and is refused", async () => {
    const { get, upstream } = bench(http, page());
    assert.deepEqual([(await get("/x", {}, "TRACE")).status, upstream.asked.length], [405, 0]);
  });
});

describe("9211:2 Cache-Status", () => {
  test("comes after those of caches nearer to the origin #9211:2-preserve", async () => {
    const { get, pass } = bench(http, page({ "Cache-Status": "Nearer; hit" }));
    const read = async () =>
      parseList((await get("/x")).fields.all("cache-status"))?.map((one) => "item" in one && one.item.value);
    assert.deepEqual(await read(), ["Nearer", "larder"]);
    pass(1);
    assert.deepEqual(await read(), ["Nearer", "larder"]);
  });
  test("says of an upstream that failed why it was asked", async () => {
    const { get } = bench(http, failure("timeout"));
    const answer = await get("/x");
    assert.deepEqual([answer.status, answer.fields.get("cache-status")], [504, "larder; fwd=uri-miss; detail=timeout"]);
  });
});

test("9110:12.5 what a pypi mount says of its own: names in Vary, weights last in Accept #9110:12.5.5-star #9110:12.5.1-q-last", async () => {
  const body = JSON.stringify({ meta: { "api-version": "1.0" }, name: "demo", files: [] });
  const json = "application/vnd.pypi.simple.v1+json";
  const { get, upstream } = bench({}, { fields: { "Content-Type": json, Vary: "*" }, body });
  const answer = await get("/pypi/simple/demo/");
  assert.deepEqual([answer.status, answer.fields.get("vary")], [200, "Accept, Accept-Encoding"]);
  const accept = upstream.asked[0]?.fields.get("accept");
  assert.match(accept ?? "", /;\s*q=/);
  for (const range of (accept ?? "").split(",")) assert.match(range, /^[^;]+(;(?!\s*q=)[^;]+)*(;\s*q=[0-9.]+)?$/);
});
