import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { promisify } from "node:util";

const path = (name: string) => join(import.meta.dirname, "..", "examples", `${name}.ts`);

/** Runs an example that serves, until `use` is done with the address it prints. */
async function serving(name: string, use: (url: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [path(name)], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    for await (const line of createInterface(child.stdout)) {
      await use(line);
      return;
    }
    assert.fail(`${name} printed no address`);
  } finally {
    child.kill();
  }
}
const status = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  await response.bytes();
  return response.status;
};
const put = (body: string, headers: Record<string, string>): RequestInit => ({ method: "PUT", body, headers });

describe("examples", { concurrency: true }, () => {
  test("notes", () =>
    serving("notes", async (url) => {
      const note = `${url}/1`;
      assert.equal(await status(note), 404);
      assert.equal(await status(note, put("a", {})), 428);
      assert.equal(await status(note, put("a", { "if-none-match": "*" })), 201);
      assert.equal(await status(note, put("b", { "if-none-match": "*" })), 412);
      const { headers } = await fetch(note);
      const etag = headers.get("etag")!;
      assert.equal(await status(note, { headers: { "if-none-match": etag } }), 304);
      const list = (await fetch(url)).headers.get("etag")!;
      assert.equal(await status(url, { headers: { "if-none-match": list } }), 304);
      assert.equal(await status(note, put("b", { "if-match": etag })), 204);
      assert.equal(await status(note, put("c", { "if-match": etag })), 412);
      assert.equal(await status(url, { headers: { "if-none-match": list } }), 200);
      const now = (await fetch(note)).headers.get("etag")!;
      assert.equal(await status(note, { method: "DELETE", headers: { "if-match": now } }), 204);
      assert.equal(await status(note), 404);
    }));
  test("site", () =>
    serving("site", async (url) => {
      // fetch asks for ranges in no coding, so the tag must be that of no coding too
      const plainly = { "accept-encoding": "identity" };
      for (const page of [url, `${url}style.css`, `${url}report`]) {
        const response = await fetch(page, { headers: plainly });
        assert.equal(response.status, 200);
        const etag = response.headers.get("etag")!;
        assert.equal(await status(page, { headers: { ...plainly, "if-none-match": etag } }), 304);
        assert.equal(await status(page, { headers: { ...plainly, range: "bytes=0-9", "if-range": etag } }), 206);
      }
      const [plain, coded] = await Promise.all(
        ["identity", "br"].map((coding) => fetch(`${url}report`, { headers: { "accept-encoding": coding } })),
      );
      assert.notEqual(plain!.headers.get("etag"), coded!.headers.get("etag"));
      assert.equal(await plain!.text(), await coded!.text());
      assert.equal(await status(`${url}none`), 404);
    }));
  test("express", () =>
    serving("express", async (url) => {
      const etag = (await fetch(url)).headers.get("etag")!;
      assert.equal(await status(url, { headers: { "if-none-match": etag } }), 304);
    }));
  test("fastify, with microversions", () =>
    serving("fastify", async (url) => {
      const at = async (version: string) => {
        const response = await fetch(url, { headers: { "openstack-api-version": `shelf ${version}` } });
        return [response.status, response.headers.has("last-modified"), await response.text()];
      };
      assert.deepEqual(await at("1.14"), [200, false, '{"name":"thing"}']);
      assert.deepEqual(await at("1.15"), [200, false, '{"name":"thing","weight":3}']);
      assert.deepEqual(await at("1.20"), [200, true, '{"name":"thing","weight":3}']);
      assert.equal((await at("1.21"))[0], 406);
      assert.equal((await at("x"))[0], 400);
    }));
  test("hono", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [path("hono")]);
    assert.match(stdout, /^200 \["red","green","blue"\] "[\w-]{24}"\n304\n$/);
  });
});
