import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Fields, type RequestHead } from "@larder/core";
import { type Answer, conditional, json, type MaybePromise, tagOfVersion, validateAlways } from "../../src/index.ts";

/** An app behind an adapter; `ask` is a client's `fetch` with a path in place of a URL. */
export interface Running {
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Sends one of the app's answers for GET, HEAD and PUT to /thing and below. */
export type App = (request: RequestHead) => MaybePromise<Answer>;

const text = "0123456789".repeat(100);
const changed = Date.UTC(2026, 0, 1);

async function* chunks(fails: boolean) {
  yield new TextEncoder().encode("first ");
  if (fails) throw new Error("the disk is gone");
  yield new TextEncoder().encode("second");
}

const problemOf = async (response: Response) => (await response.json()) as { readonly status: number };

/** What the app does at each path; the adapters differ only in how it is reached. */
const app: App = (request) => {
  const { pathname } = new URL(request.target);
  const state = {
    etag: tagOfVersion(7),
    lastModified: changed,
    cacheControl: validateAlways(),
    vary: ["accept"],
    requirePrecondition: true,
  };
  const type = { "content-type": "text/plain" };
  switch (pathname) {
    case "/thing":
      return conditional(request, state, () => ({ fields: type, content: text }));
    case "/thing/later":
      return conditional(request, state, async () => ({ fields: type, content: text }));
    case "/thing/stream":
      return conditional(request, state, () => ({ fields: type, content: chunks(false) }));
    case "/thing/broken":
      return conditional(request, state, () => ({ fields: type, content: chunks(true) }));
    case "/thing/request":
      return conditional(request, {}, () => json({ ...request, fields: [...request.fields] }));
    case "/thing/cookies":
      return conditional(request, state, () => ({ fields: Fields.of(["set-cookie", "a=1"], ["set-cookie", "b=2"]) }));
    case "/thing/fault":
      throw new Error("a fault of the program");
    default:
      return conditional(request, { exists: false }, () => ({ status: 404, fields: type, content: "not here" }));
  }
};

/** The suite that every adapter passes. */
export function adapterContract(name: string, start: (app: App) => Promise<Running>): void {
  describe(`adapter contract: ${name}`, () => {
    let running: Running;
    before(async () => {
      running = await start(app);
    });
    after(() => running.close());
    const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
      running.ask(path, { method, headers });

    for (const path of ["/thing", "/thing/later"])
      test(`200 at ${path}`, async () => {
        const response = await ask(path);
        assert.equal(response.status, 200);
        const fields = [
          "etag",
          "last-modified",
          "cache-control",
          "vary",
          "accept-ranges",
          "content-length",
          "content-type",
        ];
        assert.deepEqual(
          fields.map((field) => response.headers.get(field)),
          ['"7"', new Date(changed).toUTCString(), "no-cache", "accept", "bytes", "1000", "text/plain"],
        );
        assert.ok(response.headers.get("date"));
        assert.equal(await response.text(), text);
      });

    test("HEAD: the fields of GET, no content", async () => {
      const [get, head] = await Promise.all([ask("/thing"), ask("/thing", "HEAD")]);
      assert.equal(head.status, 200);
      for (const field of ["etag", "last-modified", "cache-control", "vary", "content-length", "content-type"])
        assert.equal(head.headers.get(field), get.headers.get(field), field);
      assert.equal(await head.text(), "");
      await get.text();
    });

    for (const method of ["GET", "HEAD"])
      test(`304 to ${method}`, async () => {
        const response = await ask("/thing", method, { "if-none-match": '"6", W/"7"' });
        assert.equal(response.status, 304);
        assert.deepEqual(
          ["etag", "last-modified", "cache-control", "vary", "content-type"].map((field) =>
            response.headers.get(field),
          ),
          ['"7"', new Date(changed).toUTCString(), "no-cache", "accept", null],
        );
        assert.equal(await response.text(), "");
      });

    test("206, one range", async () => {
      const response = await ask("/thing", "GET", { range: "bytes=995-" });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get("content-range"), "bytes 995-999/1000");
      assert.equal(response.headers.get("content-length"), "5");
      assert.equal(await response.text(), "56789");
    });

    test("206, several ranges", async () => {
      const response = await ask("/thing", "GET", { range: "bytes=0-1,-2" });
      const content = await response.text();
      assert.equal(response.status, 206);
      assert.match(response.headers.get("content-type")!, /^multipart\/byteranges; boundary=/);
      assert.equal(response.headers.get("content-length"), String(content.length));
      assert.deepEqual(content.match(/(?<=\r\n\r\n)\d+/g), ["01", "89"]);
    });

    test("416", async () => {
      const response = await ask("/thing", "GET", { range: "bytes=1000-" });
      assert.equal(response.status, 416);
      assert.equal(response.headers.get("content-range"), "bytes */1000");
      assert.equal((await problemOf(response)).status, 416);
    });

    for (const [says, headers, status] of [
      ["412 to a lost update", { "if-match": '"6"' }, 412],
      ["428 to a change without a condition", {}, 428],
    ] as const)
      test(says, async () => {
        const response = await ask("/thing", "PUT", headers);
        assert.equal(response.status, status);
        assert.equal(response.headers.get("content-type"), "application/problem+json");
        assert.equal((await problemOf(response)).status, status);
      });

    test("the app's own error", async () => {
      const response = await ask("/thing/none");
      assert.equal(response.status, 404);
      assert.equal(await response.text(), "not here");
    });

    test("content as it comes", async () => {
      const response = await ask("/thing/stream");
      // a server that waits for the first chunks may find that these are all
      assert.ok([null, "12"].includes(response.headers.get("content-length")));
      assert.equal(await response.text(), "first second");
    });
    test("HEAD of content as it comes", async () =>
      assert.equal(await (await ask("/thing/stream", "HEAD")).text(), ""));
    test("content that breaks off is not taken for whole", async () =>
      assert.rejects(async () => (await ask("/thing/broken")).text()));

    test("method, target and fields as sent", async () => {
      const response = await ask("/thing/request?a=%2F&b", "GET", { "X-Own": "1" });
      const seen = (await response.json()) as { method: string; target: string; fields: [string, string][] };
      const { pathname, search } = new URL(seen.target);
      assert.deepEqual([seen.method, pathname, search], ["GET", "/thing/request", "?a=%2F&b"]);
      assert.ok(seen.fields.some(([name, value]) => name.toLowerCase() === "x-own" && value === "1"));
    });

    test("several lines of one name", async () => {
      const response = await ask("/thing/cookies");
      assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
      await response.text();
    });

    test("a fault of the program is a 500 that says nothing", async () => {
      const response = await ask("/thing/fault");
      assert.equal(response.status, 500);
      assert.ok(!(await response.text()).includes("at "));
    });
  });
}
