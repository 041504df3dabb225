import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Token } from "../../src/hosted/tokens.ts";
import { start } from "../bench.ts";
import { wheel } from "./archives.ts";
import { hostedBench } from "./bench.ts";

const name = "my_pkg-1.0-py3-none-any.whl";
const content = wheel("my-pkg", "1.0");

/** What each kind of request is answered with, in the order of `asked`. */
const asked: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/private/simple/my-pkg/"],
  ["GET", `/private/files/my-pkg/-/${name}`],
  ["GET", `/private/files/my-pkg/-/${name}.metadata`],
  ["GET", "/private/simple/"],
  ["POST", "/private/legacy/"],
  ["PUT", "/private/yanked/my-pkg/1.0"],
  ["DELETE", `/private/files/my-pkg/-/${name}`],
];

describe("who may what", () => {
  const reads = [200, 200, 200, 200];
  const rows: readonly (readonly [
    says: string,
    token: Partial<Token>,
    anonymousRead: boolean,
    statuses: readonly number[],
  ])[] = [
    ["may read", { may: "read" }, false, [...reads, 403, 403, 403]],
    ["may upload", { may: "upload" }, false, [...reads, 200, 403, 403]],
    ["may administer", { may: "admin" }, false, [...reads, 200, 200, 200]],
    ["for this project", { projects: ["my-*"] }, false, [...reads, 200, 200, 200]],
    ["for another project", { projects: ["other"] }, false, [403, 403, 403, 200, 403, 403, 403]],
    ["for another mount", { spaces: ["/other/"] }, false, [403, 403, 403, 403, 403, 403, 403]],
    ["expired", { expires: start }, false, [401, 401, 401, 401, 401, 401, 401]],
    ["expired, where anybody reads", { expires: start }, true, [...reads, 401, 401, 401]],
    ["for another project, where anybody reads", { projects: ["other"] }, true, [...reads, 403, 403, 403]],
  ];
  for (const [says, given, anonymousRead, statuses] of rows)
    test(`a token that is ${says}`, async () => {
      const bench = hostedBench({ anonymousRead });
      await bench.upload(name, content);
      const token = bench.token(given);
      const told: number[] = [];
      for (const [method, path] of asked) {
        const isUpload = method === "POST";
        const answer = isUpload
          ? await bench.upload(name, content, {}, token)
          : await bench.ask(method, path, { token });
        told.push(answer.status);
        if (answer.status === 401)
          assert.match(answer.fields.get("www-authenticate")!, /^Basic realm="larder \/private\/"/);
      }
      assert.deepEqual(told, statuses);
      assert.equal(bench.files().length, statuses[6] === 200 ? 0 : 1);
    });

  const logins: readonly (readonly [
    says: string,
    of: (token: string) => string | undefined,
    status: number,
    detail: RegExp,
  ])[] = [
    ["none", () => undefined, 401, /private and wants a token/],
    ["Bearer", (token) => `Bearer ${token}`, 200, /./],
    ["bearer, in small letters", (token) => `bearer  ${token}`, 200, /./],
    ["Basic", (token) => `Basic ${btoa(`__token__:${token}`)}`, 200, /./],
    ["Basic with another user", (token) => `Basic ${btoa(`me:${token}`)}`, 401, /__token__/],
    ["Basic without a colon", () => `Basic ${btoa("__token__")}`, 401, /__token__/],
    ["Basic that is no base64", () => "Basic ~~~", 401, /__token__/],
    ["an empty token", () => `Basic ${btoa("__token__:")}`, 401, /not known/],
    ["another token", () => `Bearer larder_000000000000_${"A".repeat(43)}`, 401, /not known/],
    ["another scheme", () => "Digest x", 401, /only tokens/],
    ["nonsense", () => "x", 401, /only tokens/],
  ];
  for (const [says, of, status, detail] of logins)
    test(`7617:2 6750:2.1 credentials: ${says}`, async () => {
      const bench = hostedBench();
      await bench.upload(name, content);
      const authorization = of(bench.token());
      const fields = authorization === undefined ? {} : { authorization };
      const answer = await bench.ask("GET", "/private/simple/my-pkg/", { fields });
      assert.equal(answer.status, status);
      assert.match(answer.text, detail);
    });

  test("a revoked token is worth nothing from the next request on", async () => {
    const bench = hostedBench();
    const token = bench.token();
    assert.equal((await bench.ask("GET", "/private/simple/", { token })).status, 200);
    bench.hosted.tokens.revoke(bench.hosted.tokens.list()[0]!.id, start);
    assert.equal((await bench.ask("GET", "/private/simple/", { token })).status, 401);
  });

  test("without a token, or with one for something else, nobody learns what is there", async () => {
    const bench = hostedBench();
    await bench.upload(name, content);
    const paths = (project: string, filename: string): [method: string, path: string][] => [
      ["GET", `/private/simple/${project}/`],
      ["GET", `/private/simple/${project}`],
      ["HEAD", `/private/files/${project}/-/${filename}`],
      ["GET", `/private/files/${project}/-/${filename}.metadata`],
      ["PUT", `/private/yanked/${project}/1.0`],
      ["DELETE", `/private/yanked/${project}/${filename}`],
      ["DELETE", `/private/files/${project}/-/${filename}`],
      ["POST", `/private/simple/${project}/`],
      ["GET", `/private/${project}`],
    ];
    const own = bench.token({ projects: ["other"] });
    for (const token of [undefined, own])
      for (const [index, [method, path]] of paths("my-pkg", name).entries()) {
        const [, elsewhere] = paths("no-pkg", "no_pkg-1.0-py3-none-any.whl")[index]!;
        const sent = token === undefined ? {} : { token };
        const [there, missing] = [await bench.ask(method, path, sent), await bench.ask(method, elsewhere, sent)];
        if (token === undefined) assert.equal(there.status, 401, path);
        // a group must know what isn't here, so who has a token for the mount may learn which names are
        if (token !== undefined && method === "GET" && path === "/private/simple/my-pkg/") {
          assert.deepEqual([there.status, missing.status], [403, 404]);
          continue;
        }
        assert.equal(there.status, missing.status, path);
        assert.deepEqual(
          [...there.fields].filter(([name]) => !/^(location|content-length)$/i.test(name)),
          [...missing.fields].filter(([name]) => !/^(location|content-length)$/i.test(name)),
          path,
        );
        assert.equal(there.text.replaceAll("my-pkg", "no-pkg"), missing.text, path);
      }
    const list = await bench.ask("GET", "/private/simple/", {
      token: own,
      fields: { accept: "application/vnd.pypi.simple.v1+json" },
    });
    assert.deepEqual(JSON.parse(list.text).projects, []);
  });

  test("who may not upload is told so before the content is read", async () => {
    const bench = hostedBench();
    const body = async function* () {
      yield Buffer.from("x");
      throw new Error("it was read");
    };
    const fields = { "content-type": "multipart/form-data; boundary=x" };
    for (const token of [undefined, bench.token({ may: "read" })]) {
      const answer = await bench.ask("POST", "/private/legacy/", { ...(token && { token }), fields, body: body() });
      assert.equal(answer.status, token === undefined ? 401 : 403);
    }
  });
});
