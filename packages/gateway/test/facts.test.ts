import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { openFacts } from "../src/facts.ts";
import { bench, start } from "./bench.ts";
import { metadata, wheelOf } from "./zips.ts";

const json = "application/vnd.pypi.simple.v1+json";
const wantsJson = { accept: json };
const path = "/pypi/simple/demo/";
const filePath = "/pypi/files/demo/files.example/d/demo-1.0.zip";
const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

const page = (file: object, url = "https://files.example/d/demo-1.0.zip", serial = 1): Answer => ({
  fields: { "Content-Type": json, "Cache-Control": "max-age=60", ETag: '"p"' },
  body: JSON.stringify({
    meta: { "api-version": "1.0", "_last-serial": serial },
    name: "demo",
    files: [{ filename: url.slice(url.lastIndexOf("/") + 1), url, hashes: {}, ...file }],
  }),
});
const modified = formatHttpDate(start - 1e9);
const file: Answer = { fields: { "Last-Modified": modified }, body: "content" };
const all = { hashes: { sha256: sha256("content") }, size: 7, "upload-time": "2025-01-01T00:00:00Z" };

describe("what a file's index doesn't say is learned when the file passes", () => {
  const learned = { hashes: all.hashes, size: 7, "upload-time": new Date(start - 1e9).toISOString() };
  const rows: readonly (readonly [says: string, file: object, after: Record<string, unknown>])[] = [
    ["nothing is said", {}, learned],
    [
      "another hash is said, which stays",
      { hashes: { sha1: createHash("sha1").update("content").digest("hex") } },
      {
        ...learned,
        hashes: { sha1: createHash("sha1").update("content").digest("hex"), ...all.hashes },
      },
    ],
    [
      "the upload time is said",
      { "upload-time": all["upload-time"] },
      { ...learned, "upload-time": all["upload-time"] },
    ],
    ["a size is said, which stays", { hashes: all.hashes, size: 8 }, { ...learned, size: 8 }],
  ];
  for (const [says, said, then] of rows)
    test(says, async () => {
      const { get } = bench({ fresh: 600 }, page(said), file, page(said, undefined, 2));
      const first = await get(path, wantsJson);
      assert.equal((await get(filePath)).text, "content");
      const conditional = { ...wantsJson, "if-none-match": first.fields.get("etag")! };
      assert.equal((await get(path, conditional)).status, 304, "a page does not change because of who fetches what");
      const second = await get(path, { ...conditional, "cache-control": "no-cache" });
      assert.equal(second.status, 200, "the index's next page says it");
      const [told] = JSON.parse(second.text).files;
      for (const [key, value] of Object.entries(then)) assert.deepEqual(told[key], value, key);
      assert.equal(JSON.parse(second.text).meta["api-version"], "1.1");
      const byDate = { ...wantsJson, "if-modified-since": first.fields.get("last-modified")! };
      assert.equal((await get(path, byDate)).status, 200, "its date has moved, too");
    });

  test("where all is said, the page stays as it is", async () => {
    const { get } = bench({ fresh: 600 }, page(all), file);
    const first = await get(path, wantsJson);
    await get(filePath);
    assert.equal((await get(path, { ...wantsJson, "if-none-match": first.fields.get("etag")! })).status, 304);
  });

  test("learned once, it stays the same", async () => {
    const { get, pass } = bench({ fresh: 600 }, page({}), file, { status: 200, ...file });
    await get(path, wantsJson);
    await get(filePath);
    pass(2);
    const second = await get(path, wantsJson);
    pass(5);
    await get(filePath);
    const third = await get(path, wantsJson);
    for (const name of ["etag", "last-modified"]) assert.equal(third.fields.get(name), second.fields.get(name));
  });

  test("signed links are one file: the page stays as it is, the file is fetched once, by the signature of now", async () => {
    const hashes = { sha1: createHash("sha1").update("content").digest("hex") };
    const signed = (signature: number) =>
      page({ hashes, filename: "demo-1.0.zip" }, `https://files.example/d/demo-1.0.zip?X-Amz-Signature=${signature}`);
    const { get, pass, upstream } = bench({ fresh: 0 }, signed(1), signed(2), file, signed(3), signed(4));
    const first = await get(path, wantsJson);
    assert.equal(JSON.parse(first.text).files[0].url, "../../files/demo/files.example/d/demo-1.0.zip");
    assert.equal((await get(filePath)).text, "content");
    assert.match(upstream.asked[2]!.target, /Signature=2$/);
    pass(100);
    const second = await get(path, wantsJson);
    assert.deepEqual(JSON.parse(second.text).files[0].hashes, { ...hashes, ...all.hashes });
    await get(filePath);
    const third = await get(path, { ...wantsJson, "if-none-match": second.fields.get("etag")! });
    assert.deepEqual([third.status, upstream.asked.length], [304, 5]);
  });

  test("no field of ours, nor what an upstream says in its name, gets out or in", async () => {
    const lying = { ...file, fields: { "Larder-Project": "other", "Larder-Mends": "x" } };
    const { get } = bench({ fresh: 600 }, page(all), lying, page({}));
    const { fields } = await get(filePath);
    assert.deepEqual(
      [...fields.names()].filter((name) => name.startsWith("larder")),
      [],
    );
    assert.deepEqual(JSON.parse((await get(path, wantsJson)).text).files[0].hashes, all.hashes);
  });

  test("a wrong hash of core metadata is mended on the page", async () => {
    const wheel = wheelOf(metadata, 10);
    const url = "https://files.example/d/demo-1.0-py3-none-any.whl";
    const said = { hashes: { sha256: sha256(wheel) }, "core-metadata": { sha256: "0".repeat(64) } };
    const part: Answer = {
      status: 206,
      fields: { "Content-Range": `bytes 0-${wheel.length - 1}/${wheel.length}` },
      body: (async function* () {
        yield wheel;
      })(),
    };
    const { get } = bench({ fresh: 600 }, page(said, url), { status: 404 }, part);
    assert.equal((await get("/pypi/files/demo/files.example/d/demo-1.0-py3-none-any.whl.metadata")).text, metadata);
    const [told] = JSON.parse((await get(path, wantsJson)).text).files;
    assert.deepEqual(told["core-metadata"], { sha256: sha256(metadata) });
  });
});

describe("PEP 700: an upload time where the index says none", () => {
  const times = (text: string) =>
    JSON.parse(text).files.map((file: Record<string, unknown>) => file["upload-time"]) as string[];
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const html = (...names: readonly string[]): Answer => ({
    fields: { "Content-Type": "text/html" },
    body: names.map((name) => `<a href="https://files.example/d/${name}">${name}</a>`).join(""),
  });

  test("is when Larder saw the file first, each file for itself, whatever the page becomes", async () => {
    const one = "demo-1.0.zip";
    const { get, pass } = bench(
      { fresh: 0 },
      html(one),
      html(one),
      html(one, "demo-2.0.zip"),
      html("demo-2.0.zip", one),
    );
    const first = await get(path, wantsJson);
    assert.deepEqual(times(first.text), [at(0)]);
    pass(50);
    assert.equal((await get(path, { ...wantsJson, "if-none-match": first.fields.get("etag")! })).status, 304);
    pass(50);
    assert.deepEqual(times((await get(path, wantsJson)).text), [at(0), at(100)]);
    pass(50);
    assert.deepEqual(times((await get(path, wantsJson)).text), [at(100), at(0)]);
  });

  test("gives way to the file's own date, when the index's page changes", async () => {
    const { get } = bench({ fresh: 600 }, page({}), file, page({}, undefined, 2));
    assert.deepEqual(times((await get(path, wantsJson)).text), [at(0)]);
    await get(filePath);
    assert.deepEqual(times((await get(path, wantsJson)).text), [at(0)], "the page does not change for it");
    assert.deepEqual(times((await get(path, { ...wantsJson, "cache-control": "no-cache" })).text), [at(-1e6)]);
  });

  test("stays the index's own where it says one", async () => {
    const { get } = bench({ fresh: 600 }, page({ "upload-time": all["upload-time"] }));
    assert.deepEqual(times((await get(path, wantsJson)).text), [all["upload-time"]]);
  });

  test("of a page that is one client's alone is not remembered", async () => {
    const { get, pass } = bench({ fresh: 0 }, page({}), page({}));
    const alone = await get(path, { ...wantsJson, authorization: "Basic x" });
    assert.deepEqual(times(alone.text), [undefined]);
    pass(100);
    assert.deepEqual(times((await get(path, wantsJson)).text), [at(100)]);
  });
});

describe("facts", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "larder-facts-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  test("outlive a restart, by mount and project", () => {
    const first = openFacts(join(folder, "facts.db"));
    first.learn("a ", "p", "u", { sha256: "1" }, 5);
    first.see("a ", "p", ["u", "v"], 6);
    first.close();
    const second = openFacts(join(folder, "facts.db"));
    const files = [
      ["u", { sha256: "1", seen: 6 }],
      ["v", { seen: 6 }],
    ];
    assert.deepEqual([...second.of("a ", "p").files], files);
    assert.equal(second.of("a ", "p").since, 1005, "a second later with each change");
    assert.equal(second.of("b ", "p").files.size + second.of("a ", "q").files.size, 0);
    second.learn("a ", "p", "u", { sha256: "1" }, 9999);
    assert.equal(second.of("a ", "p").since, 1005, "nothing new");
    second.close();
  });
  test("that can't be read are begun anew", () => {
    const path = join(folder, "damaged.db");
    writeFileSync(path, "no database, but long enough to be taken for one".repeat(100));
    const facts = openFacts(path);
    assert.equal(facts.of("a ", "p").files.size, 0);
    facts.close();
  });
});
