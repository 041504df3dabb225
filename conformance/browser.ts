// `npm run conformance:browser`: @larder/client with its memory store and in IndexedDB, in a real Chromium.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { prepareDebian } from "./python.ts";

const bundle = async (contents: string) => {
  const built = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return built.outputFiles[0]!.contents;
};

await prepareDebian({ chromium: "chromium" });

describe("in Chromium", () => {
  let asked: string[] = [];
  let code: Uint8Array;
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url === "/") return void response.setHeader("Content-Type", "text/html").end("<!doctype html><title>x</title>");
    if (url === "/client.js") return void response.setHeader("Content-Type", "text/javascript").end(code);
    asked.push(`${request.headers["if-none-match"] ?? "-"} ${url}`);
    if (url === "/moved") return void response.writeHead(302, { Location: "/x" }).end();
    response.setHeader("ETag", '"1"').setHeader("Cache-Control", "max-age=60");
    if (request.headers["if-none-match"] === '"1"') return void response.writeHead(304).end();
    response.end(`text of ${url}`);
  });
  let browser: Browser;
  let page: Page;
  let origin = "";
  before(async () => {
    code = await bundle(`
      export * from "@larder/client";
      export { openIndexedDbStore } from "@larder/cache/indexeddb";
      export { readAll } from "@larder/cache";`);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    server.close();
    server.closeAllConnections();
  });

  for (const store of [
    "memoryStore({ maxBytes: 1e6 })",
    "await openIndexedDbStore({ name: String(Math.random()), maxBytes: 1e6 })",
  ])
    test(`hits, validations, redirects and giving up: ${store.slice(0, 30)}`, async () => {
      await page.goto(`${origin}/`);
      asked = [];
      const got = await page.evaluate(`(async () => {
        const { createCachedFetch, memoryStore, openIndexedDbStore } = await import("/client.js");
        let now = Date.now();
        const cached = createCachedFetch({ store: ${store}, now: () => now });
        const ask = async (url, init) => {
          const response = await cached(url, init);
          return [await response.text(), new URL(response.url).pathname, response.redirected, response.cacheStatus.hit];
        };
        const answers = [await ask("/x")];
        await new Promise((resolve) => setTimeout(resolve, 50));
        answers.push(await ask("/x"));
        now += 61_000;
        answers.push(await ask("/x"), await ask("/x", { cache: "reload" }), await ask("/moved"));
        const given = await cached("/x", { signal: AbortSignal.abort() }).catch((error) => error.name);
        return { answers, given };
      })()`);
      const x = ["text of /x", "/x"];
      assert.deepEqual(got, {
        answers: [
          [...x, false, false],
          [...x, false, true],
          [...x, false, false],
          [...x, false, false],
          [...x, true, false],
        ],
        given: "AbortError",
      });
      assert.ok(asked.includes('"1" /x'), asked.join());
    });

  test("what IndexedDB has is there after the page was left", async () => {
    const visit = (what: string) =>
      page.evaluate(`(async () => {
        const { createCachedFetch, openIndexedDbStore } = await import("/client.js");
        const cached = createCachedFetch({ store: await openIndexedDbStore({ name: "kept", maxBytes: 1e6 }) });
        const response = await cached("/kept");
        const text = await response.text();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return [text, response.cacheStatus.hit, "${what}"];
      })()`);
    await page.goto(`${origin}/`);
    assert.deepEqual(await visit("first"), ["text of /kept", false, "first"]);
    await page.goto(`${origin}/`);
    assert.deepEqual(await visit("again"), ["text of /kept", true, "again"]);
  });
});
