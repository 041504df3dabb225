import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Fields } from "@larder/core";
import { type Answer, immutable } from "../src/index.ts";
import { type StaticOptions, staticFiles } from "../src/static-node.ts";

let folder: string;
let root: string;
/** so late that whatever was written has settled */
const later = () => Date.now() + 3_600_000;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-static-"));
  root = join(folder, "public");
  await mkdir(join(root, "docs"), { recursive: true });
  await writeFile(join(root, "index.html"), "<p>home");
  await writeFile(join(root, "docs", "index.html"), "<p>docs");
  await writeFile(join(root, "docs", "index.html.br"), "brotli");
  await writeFile(join(root, "a b.txt"), "0123456789");
  await writeFile(join(root, ".secret"), "secret");
  await writeFile(join(folder, "outside.txt"), "outside");
  await symlink(join(folder, "outside.txt"), join(root, "way-out.txt"));
  await symlink(join(root, "a b.txt"), join(root, "way-within.txt"));
});
after(() => rm(folder, { recursive: true }));

const ask = (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  options: StaticOptions = {},
  method = "GET",
) =>
  staticFiles(root, { now: later, ...options })({
    method,
    target: `http://a.example${path}`,
    fields: Fields.of(...Object.entries(headers)),
  });
async function contentOf(answer: Answer | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  if (answer?.content) for await (const chunk of answer.content as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("static files", () => {
  const found: readonly [path: string, type: string, content: string][] = [
    ["/", "text/html; charset=utf-8", "<p>home"],
    ["/docs/", "text/html; charset=utf-8", "<p>docs"],
    ["/docs/index.html?x=1", "text/html; charset=utf-8", "<p>docs"],
    ["/a%20b.txt", "text/plain; charset=utf-8", "0123456789"],
    ["/way-within.txt", "text/plain; charset=utf-8", "0123456789"],
  ];
  for (const [path, type, content] of found)
    test(`${path} is there`, async () => {
      const answer = await ask(path);
      assert.equal(answer?.status, 200);
      assert.equal(answer.fields.get("content-type"), type);
      assert.match(answer.fields.get("etag")!, /^"[\w-]{24}"$/);
      assert.ok(answer.fields.has("last-modified"));
      assert.equal(answer.fields.get("cache-control"), "no-cache");
      assert.equal(await contentOf(answer), content);
    });

  const nothing = [
    ...["/none", "/index.html/", "/docs/none/", "//index.html", "/docs//index.html", "/.secret", "/way-out.txt"],
    ...[
      "/%2e%2e/outside.txt",
      "/..%2foutside.txt",
      "/docs%2findex.html",
      "/%5c..%5coutside.txt",
      "/a%00",
      "/%ff",
      "/%",
    ],
    `/${"a".repeat(5000)}`,
  ];
  for (const path of nothing)
    test(`${path.slice(0, 40)} is not there`, async () => assert.equal(await ask(path), undefined));
  test("POST is not meant", async () => assert.equal(await ask("/", {}, {}, "POST"), undefined));

  test("a folder without its slash is led to it", async () => {
    const answer = await ask("/docs?x=1");
    assert.deepEqual([answer?.status, answer?.fields.get("location")], [301, "./docs/?x=1"]);
  });
  test("below a prefix", async () => {
    assert.equal(await contentOf(await ask("/static/a%20b.txt", {}, { prefix: "/static" })), "0123456789");
    assert.equal(await ask("/staticx/a%20b.txt", {}, { prefix: "/static" }), undefined);
    assert.equal(await ask("/a%20b.txt", {}, { prefix: "/static" }), undefined);
  });
  test("a policy by path", async () => {
    const answer = await ask("/", {}, { cacheControl: (path) => (path === "/" ? immutable() : "no-store") });
    assert.equal(answer?.fields.get("cache-control"), immutable().cacheControl);
  });
  test("names with a dot, where wanted", async () =>
    assert.equal(await contentOf(await ask("/.secret", {}, { dotFiles: true })), "secret"));
  test("HEAD", async () => {
    const answer = await ask("/", {}, {}, "HEAD");
    assert.deepEqual([answer?.fields.get("content-length"), answer?.content], ["7", null]);
  });
  test("a range", async () => {
    const answer = await ask("/a%20b.txt", { range: "bytes=2-4" });
    assert.equal(answer?.status, 206);
    assert.equal(await contentOf(answer), "234");
  });
  test("304 by tag and by date", async () => {
    const { fields } = (await ask("/"))!;
    assert.equal((await ask("/", { "if-none-match": fields.get("etag")! }))?.status, 304);
    assert.equal((await ask("/", { "if-modified-since": fields.get("last-modified")! }))?.status, 304);
  });
});

describe("9110:12.5.3 static files in a coding that is at hand", () => {
  const rows: readonly [says: string, path: string, accepted: string | undefined, coding: string | null][] = [
    ["wanted", "/docs/", "gzip, br", "br"],
    ["not wanted", "/docs/", "gzip", null],
    ["refused", "/docs/", "br;q=0", null],
    ["nothing said", "/docs/", undefined, null],
    ["no file of it", "/", "br", null],
  ];
  for (const [says, path, accepted, coding] of rows)
    test(says, async () => {
      const answer = await ask(path, accepted === undefined ? {} : { "accept-encoding": accepted }, {
        precompressed: ["br", "gzip"],
      });
      assert.equal(answer?.fields.get("content-encoding") ?? null, coding);
      assert.equal(answer?.fields.get("vary"), "accept-encoding");
      assert.equal((await contentOf(answer)) === "brotli", coding === "br");
    });
  test("each coding has its own tag", async () => {
    const options: StaticOptions = { precompressed: ["br"] };
    const [plain, coded] = [
      await ask("/docs/", {}, options),
      await ask("/docs/", { "accept-encoding": "br" }, options),
    ];
    assert.notEqual(plain?.fields.get("etag"), coded?.fields.get("etag"));
  });
});

/** Acts until the file system's clock, which ticks in milliseconds, shows it. */
async function changing(path: string, act: () => Promise<void>): Promise<void> {
  const before = await stat(path, { bigint: true });
  do await act();
  while ((await stat(path, { bigint: true })).ctimeNs === before.ctimeNs);
}

describe("9110:8.8 a changed file never has its old validators", () => {
  test("other content of the same length, with its modification time set back", async () => {
    const path = join(root, "same.txt");
    const serve = staticFiles(root, { now: later });
    const get = (headers: Readonly<Record<string, string>>) =>
      serve({ method: "GET", target: "http://a.example/same.txt", fields: Fields.of(...Object.entries(headers)) });
    await writeFile(path, "one");
    await utimes(path, 1, 1);
    const first = (await get({}))!;
    // alike in all but the change time
    await changing(path, async () => {
      await writeFile(path, "two");
      await utimes(path, 1, 1);
    });
    const second = (await get({ "if-none-match": first.fields.get("etag")! }))!;
    assert.equal(second.status, 200);
    assert.equal(await contentOf(second), "two");
    assert.ok(Date.parse(second.fields.get("last-modified")!) > 1_000_000, "the date is not the one set back");
  });
  test("no Last-Modified, and no memory of a digest, within the second it was written in", async () => {
    await writeFile(join(root, "new.txt"), "new");
    const answer = await ask("/new.txt", {}, { now: Date.now });
    assert.ok(!answer?.fields.has("last-modified"));
    assert.match(answer!.fields.get("etag")!, /^"/);
  });
  test("large files: weak until settled, then strong, and other once changed #9110:8.8.3-weak", async () => {
    const path = join(root, "large.bin");
    await writeFile(path, Buffer.alloc(9 * 1024 * 1024));
    assert.match((await ask("/large.bin", {}, { now: Date.now }))!.fields.get("etag")!, /^W\//);
    const first = (await ask("/large.bin"))!.fields.get("etag")!;
    assert.match(first, /^"/);
    await changing(path, () => chmod(path, 0o600));
    assert.notEqual((await ask("/large.bin"))!.fields.get("etag"), first);
  });
  test("a file that changes while it is sent breaks off", async () => {
    await writeFile(join(root, "moving.txt"), "before");
    const answer = await ask("/moving.txt");
    await writeFile(join(root, "moving.txt"), "afterwards");
    await assert.rejects(contentOf(answer), /changed while it was sent/);
  });
});
