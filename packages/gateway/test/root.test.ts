import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { bench } from "./bench.ts";

const json = "application/vnd.pypi.simple.v1+json";
const page = (name: string): Answer => ({
  fields: { "Content-Type": json },
  body: JSON.stringify({ meta: { "api-version": "1.1" }, name, versions: [], files: [] }),
});
const names = (text: string) => JSON.parse(text).projects.map(({ name }: { name: string }) => name);

describe("the list of projects (PEP 503, 691)", () => {
  test("has the projects whose pages were stored, in order, and never asks the upstream", async () => {
    const { get, upstream } = bench({ fresh: 60 }, page("zope-event"), page("attrs"), { status: 404 }, page("middle"));
    assert.deepEqual(names((await get("/pypi/simple/", { accept: json })).text), []);
    for (const name of ["zope-event", "attrs", "no-such-thing"]) await get(`/pypi/simple/${name}/`);
    assert.deepEqual(names((await get("/pypi/simple/", { accept: json })).text), ["attrs", "zope-event"]);
    await get("/pypi/simple/middle/");
    const html = await get("/pypi/simple/");
    assert.match(
      html.text,
      /<a href="attrs\/">attrs<\/a><br>\n<a href="middle\/">middle<\/a><br>\n<a href="zope-event\/">/,
    );
    assert.equal(upstream.asked.length, 4, "one for each page");
  });

  test("knows what was stored before it was asked first", async () => {
    const { get } = bench({ fresh: 60 }, page("attrs"));
    await get("/pypi/simple/attrs/");
    assert.deepEqual(names((await get("/pypi/simple/", { accept: json })).text), ["attrs"]);
  });

  test("9110:8.8.3 each form has a strong tag of its own, which a new project changes", async () => {
    const { get } = bench({ fresh: 60 }, page("attrs"));
    const tag = async (accept: string) => (await get("/pypi/simple/", { accept })).fields.get("etag")!;
    const before = await tag(json);
    assert.match(before, /^"[\w-]+"$/);
    assert.notEqual(before, await tag("text/html"));
    assert.equal((await get("/pypi/simple/", { accept: json, "if-none-match": before })).status, 304);
    await get("/pypi/simple/attrs/");
    assert.equal((await get("/pypi/simple/", { accept: json, "if-none-match": before })).status, 200);
    assert.notEqual(await tag(json), before);
  });

  test("9110:14.2 several parts of it come as they are in the whole", async () => {
    const name = "far".repeat(40);
    const { get } = bench({ fresh: 60 }, page(name));
    await get(`/pypi/simple/${name}/`);
    const { text: whole } = await get("/pypi/simple/", { accept: json });
    const parts = await get("/pypi/simple/", { accept: json, range: "bytes=1-5,-5" });
    assert.equal(parts.status, 206);
    for (const part of [whole.slice(1, 6), whole.slice(-5)]) assert.ok(parts.text.includes(`\r\n\r\n${part}\r\n`));
  });

  test("PEP 691: the query may name the form; an unknown one is 406", async () => {
    const { get } = bench({});
    assert.equal((await get(`/pypi/simple/?format=${encodeURIComponent(json)}`)).fields.get("content-type"), json);
    assert.equal((await get("/pypi/simple/?format=text/plain")).status, 406);
  });
});
