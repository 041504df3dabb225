import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate } from "@larder/core";
import { start } from "../bench.ts";
import { wheel } from "./archives.ts";
import { type HostedBench, hostedBench } from "./bench.ts";

const name = "my_pkg-1.0-py3-none-any.whl";
const file = `/private/files/my-pkg/-/${name}`;
const json = { accept: "application/vnd.pypi.simple.v1+json" };
const project = "/private/simple/my-pkg/";

/** A mount with my-pkg 1.0, and how to ask it with a token for everything. */
async function filled(config: Parameters<typeof hostedBench>[0] = {}) {
  const bench = hostedBench(config);
  await bench.upload(name, wheel("my-pkg", "1.0"));
  const token = bench.token();
  const ask = (method: string, path: string, fields: Record<string, string> = {}, body?: string) =>
    bench.ask(method, path, { token, fields, ...(body !== undefined && { body: Buffer.from(body) }) });
  return { ...bench, bench, ask };
}
const files = async ({ ask, token }: HostedBench) =>
  JSON.parse((await ask("GET", project, { token: token(), fields: json })).text).files;

describe("a hosted project's page", () => {
  test("9110:13.2.2 its tag and date answer conditions, and both move with each change, in the same second", async () => {
    const { ask, upload } = await filled();
    const first = await ask("GET", project, json);
    assert.equal(first.fields.get("last-modified"), formatHttpDate(start));
    const tag = first.fields.get("etag")!;
    assert.equal((await ask("GET", project, { ...json, "if-none-match": tag })).status, 304);
    await upload("my_pkg-1.1-py3-none-any.whl", wheel("my-pkg", "1.1"));
    const second = await ask("GET", project, { ...json, "if-none-match": tag });
    assert.deepEqual([second.status, JSON.parse(second.text).files.length], [200, 2]);
    const byDate = { ...json, "if-modified-since": first.fields.get("last-modified")! };
    assert.equal((await ask("GET", project, byDate)).status, 200);
  });

  const modes: readonly (readonly [anonymousRead: boolean, page: string, file: string])[] = [
    [false, "private, no-cache", "private, max-age=31536000, immutable"],
    [true, "no-cache", "public, max-age=31536000, immutable"],
  ];
  for (const [anonymousRead, page, artifact] of modes)
    test(`9111:5.2.2.7 ${anonymousRead ? "anybody" : "only its reader"} may keep what it says`, async () => {
      const { bench, ask: withToken } = await filled({ anonymousRead });
      const ask = anonymousRead ? bench.ask : withToken;
      for (const path of [project, "/private/simple/"])
        assert.equal((await ask("GET", path)).fields.get("cache-control"), page, path);
      for (const path of [file, `${file}.metadata`])
        assert.equal((await ask("GET", path)).fields.get("cache-control"), artifact, path);
    });

  test("PEP 503: another spelling of the name leads to it, and the list has it", async () => {
    const { ask } = await filled();
    const moved = await ask("GET", "/private/simple/My.Pkg");
    assert.deepEqual([moved.status, moved.fields.get("location")], [301, "/private/simple/my-pkg/"]);
    assert.deepEqual(JSON.parse((await ask("GET", "/private/simple/", json)).text).projects, [{ name: "my-pkg" }]);
  });
});

describe("a hosted file", () => {
  test("9110:14.2 ranges, 304 and HEAD", async () => {
    const { ask } = await filled();
    const whole = await ask("GET", file);
    const part = await ask("GET", file, { range: "bytes=2-5" });
    assert.deepEqual([part.status, part.bytes], [206, whole.bytes.slice(2, 6)]);
    const tag = whole.fields.get("etag")!;
    assert.equal((await ask("GET", file, { "if-none-match": tag })).status, 304);
    assert.equal((await ask("GET", file, { range: "bytes=2-5", "if-range": '"x"' })).status, 200);
    assert.equal((await ask("GET", `${file}.metadata`, { range: "bytes=0-7" })).text, "Metadata");
    const head = await ask("HEAD", file);
    assert.deepEqual([head.status, head.fields.get("content-length")], [200, `${whole.bytes.length}`]);
    assert.equal(whole.fields.has("cache-status"), false, "no cache has a part in it");
  });

  const missing: readonly string[] = [
    "/private/files/my-pkg/-/other.whl",
    `/private/files/other/-/${name}`,
    `/private/files/my-pkg/files.example/${name}`,
    `/private/files/my-pkg/-/folder/${name}`,
    `/private/files/my-pkg/-/${name}.asc`,
    "/private/files/my-pkg/-/%FF.whl",
    `/private/files/my-pkg/-~~P2E/${name}`,
    "/private/simple/other/",
    "/private/simple/-/",
    "/private/other",
  ];
  for (const path of missing)
    test(`what isn't there is a 404: ${path}`, async () => {
      const { ask } = await filled();
      assert.equal((await ask("GET", path)).status, 404);
    });

  test("PEP 440: signs in versions survive what clients do to URLs", async () => {
    const { ask, upload } = await filled();
    const odd = "my_pkg-1!2.0+cpu.1-py3-none-any.whl";
    assert.equal((await upload(odd, wheel("my-pkg", "1!2.0+cpu.1"))).status, 200);
    for (const path of [odd, odd.replace("!", "%21").replace("+", "%2B")])
      assert.equal((await ask("GET", `/private/files/my-pkg/-/${path}`)).status, 200, path);
  });
});

describe("PEP 592: yanks", () => {
  test("of a version with a reason, and back", async () => {
    const { ask, bench } = await filled();
    const before = (await ask("GET", project, json)).fields.get("etag");
    const done = await ask("PUT", "/private/yanked/my-pkg/1.0", {}, "it breaks\n everything");
    assert.deepEqual([done.status, done.text], [200, `yanked ${name}\n`]);
    assert.equal((await files(bench))[0].yanked, "it breaks everything");
    assert.notEqual((await ask("GET", project, json)).fields.get("etag"), before);
    assert.equal((await ask("GET", file)).status, 200, "who has it pinned still gets it");
    assert.equal((await ask("DELETE", "/private/yanked/My.Pkg/v1.0")).status, 200);
    assert.equal((await files(bench))[0].yanked, undefined);
  });

  test("of one file, without a reason", async () => {
    const { ask, bench } = await filled();
    assert.equal((await ask("PUT", `/private/yanked/my-pkg/${name}`)).status, 200);
    assert.equal((await files(bench))[0].yanked, true);
  });

  test("a file that joins a yanked version is yanked with it", async () => {
    const { ask, bench, upload } = await filled();
    await ask("PUT", "/private/yanked/my-pkg/1.0", {}, "bad");
    await upload("my_pkg-1.0-py2-none-any.whl", wheel("my-pkg", "1.0"));
    await upload("my_pkg-1.1-py3-none-any.whl", wheel("my-pkg", "1.1"));
    const yanks = (await files(bench)).map(({ yanked }: { yanked: unknown }) => yanked);
    assert.deepEqual(yanks.sort(), ["bad", "bad", undefined]);
  });

  const rows: readonly (readonly [method: string, path: string, status: number])[] = [
    ["PUT", "/private/yanked/my-pkg/2.0", 404],
    ["PUT", "/private/yanked/other/1.0", 404],
    ["DELETE", "/private/files/my-pkg/-/other.whl", 404],
    ["POST", "/private/yanked/my-pkg/1.0", 405],
    ["PUT", "/private/yanked/my-pkg/%FF", 405],
    ["PUT", "/private/simple/my-pkg/", 405],
    ["GET", "/private/yanked/my-pkg/1.0", 404],
  ];
  for (const [method, path, status] of rows)
    test(`${method} ${path} is ${status}`, async () => {
      const { ask } = await filled();
      assert.equal((await ask(method, path)).status, status);
    });

  test("a reason that is a book is refused", async () => {
    const { ask } = await filled();
    assert.equal((await ask("PUT", "/private/yanked/my-pkg/1.0", {}, "x".repeat(2001))).status, 413);
  });
});

describe("a deleted file", () => {
  test("is gone from page and disk, its name is never used again, and the name of its project stays owned", async () => {
    const { ask, bench, upload } = await filled();
    assert.equal((await ask("DELETE", file)).text, `deleted ${name}\n`);
    assert.deepEqual(bench.files(), []);
    const page = await ask("GET", project, json);
    assert.deepEqual([page.status, JSON.parse(page.text).files], [200, []]);
    assert.equal((await ask("GET", file)).status, 410);
    assert.equal((await ask("GET", `${file}.metadata`)).status, 410);
    const again = await upload(name, wheel("my-pkg", "1.0"));
    assert.equal(again.status, 409);
    assert.match(JSON.parse(again.text).detail, /was deleted on .*never used again/);
    assert.equal((await upload("My_Pkg-1.0-py3-none-any.whl", wheel("my-pkg", "1.0"))).status, 409);
    assert.equal((await ask("DELETE", file)).status, 404, "once is enough");
  });

  test("leaves the content to another file that has it", async () => {
    const { ask, bench, upload } = await filled();
    const other = "my_pkg-1.0-py2-none-any.whl";
    await upload(other, wheel("my-pkg", "1.0"));
    await ask("DELETE", file);
    assert.equal(bench.files().length, 1);
    assert.equal((await ask("GET", `/private/files/my-pkg/-/${other}`)).status, 200);
  });
});
