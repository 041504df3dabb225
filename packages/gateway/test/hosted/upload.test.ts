import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { noise, zipOf } from "../zips.ts";
import { coreMetadata, sdist, wheel } from "./archives.ts";
import { formOf, type HostedBench, hostedBench } from "./bench.ts";

const name = "my_pkg-1.0-py3-none-any.whl";
const content = wheel("my-pkg", "1.0");
const hash = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex");
const json = { accept: "application/vnd.pypi.simple.v1+json" };
const page = async ({ ask, token }: HostedBench, project = "my-pkg") =>
  ask("GET", `/private/simple/${project}/`, { token: token(), fields: json });

describe("an upload by the legacy API", () => {
  test("the page shows it at once: hash, size, time, core metadata (PEP 503, 658, 700)", async () => {
    const bench = hostedBench();
    const uploaded = await bench.upload(name, content, {
      name: "My.Pkg",
      version: "1.0",
      sha256_digest: hash("sha256", content),
      md5_digest: hash("md5", content),
    });
    assert.deepEqual([uploaded.status, uploaded.text], [200, `${name} is in the index.\n`]);
    const { text } = await page(bench);
    const metadata = coreMetadata("my-pkg", "1.0");
    const core = { sha256: hash("sha256", Buffer.from(metadata)) };
    assert.deepEqual(JSON.parse(text), {
      meta: { "api-version": "1.1" },
      name: "my-pkg",
      versions: ["1.0"],
      files: [
        {
          filename: name,
          url: `../../files/my-pkg/-/${name}`,
          hashes: { sha256: hash("sha256", content) },
          size: content.length,
          "upload-time": "2026-01-01T12:00:00.000Z",
          "core-metadata": core,
          "dist-info-metadata": core,
        },
      ],
    });
    const file = await bench.ask("GET", `/private/files/my-pkg/-/${name}`, { token: bench.token() });
    assert.deepEqual(Buffer.from(file.bytes), Buffer.from(content));
    const about = await bench.ask("GET", `/private/files/my-pkg/-/${name}.metadata`, { token: bench.token() });
    assert.equal(about.text, metadata);
  });

  test("the same content again is well, and changes nothing", async () => {
    const bench = hostedBench();
    await bench.upload(name, content);
    const before = await page(bench);
    bench.pass(60);
    assert.equal((await bench.upload(name, content)).status, 200);
    assert.equal((await page(bench)).fields.get("etag"), before.fields.get("etag"));
    assert.equal(bench.files().length, 1);
  });

  const otherContent: readonly (readonly [says: string, filename: string])[] = [
    ["other content under the name", name],
    ["another spelling of the name", "My_Pkg-1.0-py3-none-any.whl"],
  ];
  for (const [says, filename] of otherContent)
    test(`nothing is replaced: ${says}`, async () => {
      const bench = hostedBench();
      await bench.upload(name, content);
      const refused = await bench.upload(filename, wheel("my-pkg", "1.0", "x = 2\n"));
      assert.equal(refused.status, 409);
      assert.match(JSON.parse(refused.text).detail, /already exists/);
      assert.deepEqual(bench.files(), [hash("sha256", content)]);
    });

  const sdists: readonly (readonly [says: string, metadata: string, offered: boolean])[] = [
    ["before 2.2", "2.1\nName: my-pkg", false],
    ["from 2.2 on", "2.2\nName: my-pkg", true],
    ["with what may still change", "2.4\nDynamic: Requires-Dist\nName: my-pkg", false],
    ["with what may still change, but matters to no resolver", "2.4\nDynamic: Summary\nName: my-pkg", true],
  ];
  for (const [says, head, offered] of sdists)
    test(`PEP 643: a source distribution's metadata ${says} are ${offered ? "" : "not "}offered`, async () => {
      const bench = hostedBench();
      const metadata = `Metadata-Version: ${head}\nVersion: 1.0\n`;
      const archive = await sdist([["my_pkg-1.0/PKG-INFO", metadata]]);
      assert.equal((await bench.upload("my_pkg-1.0.tar.gz", archive, { filetype: "sdist" })).status, 200);
      const [file] = JSON.parse((await page(bench)).text).files;
      const sha256 = hash("sha256", Buffer.from(metadata));
      assert.deepEqual([file.filename, file["core-metadata"]], ["my_pkg-1.0.tar.gz", offered && { sha256 }]);
      const path = "/private/files/my-pkg/-/my_pkg-1.0.tar.gz.metadata";
      const answer = await bench.ask("GET", path, { token: bench.token() });
      assert.deepEqual([answer.status, answer.status === 200 && answer.text], offered ? [200, metadata] : [404, false]);
    });

  const bomb = zipOf([{ path: "my_pkg-1.0.dist-info/METADATA", content: Buffer.alloc(9 * 1024 * 1024, "x") }]);
  const liar = zipOf([{ path: "my_pkg-1.0.dist-info/METADATA", content: coreMetadata("my-pkg", "1.0"), size: 5 }]);
  const rows: readonly (readonly [
    says: string,
    filename: string,
    content: Uint8Array,
    fields: Record<string, string | null>,
    status: number,
    detail: RegExp,
  ])[] = [
    ["another SHA-256", name, content, { sha256_digest: "0".repeat(64) }, 400, /another sha256/],
    ["another MD5", name, content, { md5_digest: "0".repeat(32) }, 400, /another md5/],
    ["a hash of another length", name, content, { sha256_digest: "00" }, 400, /another sha256/],
    ["another name", name, content, { name: "other" }, 400, /says other/],
    ["another version", name, content, { version: "2" }, 400, /says version 2/],
    ["another type", name, content, { filetype: "sdist" }, 400, /bdist_wheel by its name/],
    ["a file name of another project", "other-1.0-py3-none-any.whl", content, {}, 400, /no members|has no members/],
    ["a file name of another version", "my_pkg-1.1-py3-none-any.whl", content, {}, 400, /no file name of version/],
    [
      "another file in its metadata",
      name,
      wheel("my-pkg", "1.0", "", coreMetadata("evil", "1.0")),
      {},
      400,
      /of the project evil/,
    ],
    ["a wheel that is none", name, Buffer.from("hello"), {}, 400, /can't be read/],
    ["a wheel that is cut short", name, content.subarray(0, 100), {}, 400, /can't be read/],
    ["a zip bomb", name, bomb, {}, 400, /more than 8388608 octets/],
    ["a member that is longer than it says", name, liar, {}, 400, /can't be read/],
    ["a source distribution that is none", "my_pkg-1.0.tar.gz", Buffer.from("hello"), {}, 400, /gzip tar/],
    ["an archive of another kind", "my_pkg-1.0.zip", content, {}, 400, /neither a wheel/],
    ["a path", "..%2f..%2fmy_pkg-1.0-py3-none-any.whl", content, {}, 400, /characters/],
    ["an empty file", name, Buffer.alloc(0), {}, 400, /can't be read/],
    ["a file that is too long", name, noise(1_000_001), {}, 413, /at most 1000000 octets/],
    ["another action", name, content, { ":action": "submit" }, 400, /not submit/],
    ["no action", name, content, { ":action": null }, 400, /file_upload/],
  ];
  for (const [says, filename, bytes, fields, status, detail] of rows)
    test(`what lies is refused and leaves nothing: ${says}`, async () => {
      const bench = hostedBench();
      const refused = await bench.upload(filename, bytes, fields);
      assert.equal(refused.status, status);
      assert.equal(refused.fields.get("content-type"), "application/problem+json");
      assert.match(JSON.parse(refused.text).detail, detail);
      assert.deepEqual(bench.files(), []);
      assert.deepEqual(bench.hosted.packages.projects("/private/"), []);
    });

  type Break = (body: Uint8Array) => AsyncIterable<Uint8Array>;
  const cut = (at: number): Break =>
    async function* (body) {
      yield body.subarray(0, at);
    };
  const breaks: readonly (readonly [says: string, how: Break, status: number | "thrown"])[] = [
    ["cut short within the file", cut(500), 400],
    ["cut short at once", cut(10), 400],
    ["without its last boundary", (body) => cut(body.length - 8)(body), 400],
    ["empty", cut(0), 400],
    [
      "its client goes away",
      async function* (body) {
        yield body.subarray(0, 500);
        throw new Error("aborted");
      },
      "thrown",
    ],
  ];
  for (const [says, how, status] of breaks)
    test(`what stops half-way leaves nothing: ${says}`, async () => {
      const bench = hostedBench();
      const { type, body } = await formOf(name, content);
      const asked = bench.ask("POST", "/private/legacy/", {
        token: bench.token(),
        fields: { "content-type": type },
        body: how(body),
      });
      if (status === "thrown") await assert.rejects(asked, /aborted/);
      else assert.equal((await asked).status, status);
      assert.deepEqual(bench.files(), []);
    });

  const forms: readonly (readonly [says: string, type: string, body: string, status: number, detail: RegExp])[] = [
    ["no form", "application/json", "{}", 415, /multipart\/form-data/],
    ["a form without boundary", "multipart/form-data", "x", 415, /multipart\/form-data/],
    ["no content type", "", "x", 415, /multipart\/form-data/],
    [
      "a form without a file",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n--x--\r\n',
      400,
      /no file/,
    ],
    [
      "a file in another field",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
      400,
      /no file/,
    ],
  ];
  for (const [says, type, body, status, detail] of forms)
    test(`what is no such form: ${says}`, async () => {
      const bench = hostedBench();
      const answer = await bench.ask("POST", "/private/legacy/", {
        token: bench.token(),
        fields: type === "" ? {} : { "content-type": type },
        body: Buffer.from(body),
      });
      assert.equal(answer.status, status);
      assert.match(JSON.parse(answer.text).detail, detail);
      assert.deepEqual(bench.files(), []);
    });

  test("a form of more fields than anybody needs is refused", async () => {
    const bench = hostedBench();
    const part = '--x\r\nContent-Disposition: form-data; name="classifiers"\r\n\r\na\r\n';
    const answer = await bench.ask("POST", "/private/legacy/", {
      token: bench.token(),
      fields: { "content-type": "multipart/form-data; boundary=x" },
      body: Buffer.from(`${part.repeat(20_001)}--x--\r\n`),
    });
    assert.match(JSON.parse(answer.text).detail, /more than 20000 fields/);
  });

  test("two uploads of one name at once: one is kept", async () => {
    const bench = hostedBench();
    const contents = ["a", "b", "c", "d"].map((payload) => wheel("my-pkg", "1.0", payload));
    const answers = await Promise.all(contents.map((one) => bench.upload(name, one)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    assert.equal(bench.files().length, 1);
  });

  test("RFC 7578: a form is the same in whatever pieces it comes", async () => {
    const { type, body } = await formOf(name, content, { name: "my-pkg" });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: body.length }), { maxLength: 20 }), async (cuts) => {
        const { answer, files } = await inPieces(type, body, cuts);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(files.length, 1);
      }),
      { numRuns: 20 },
    );
    for (const at of [...Buffer.from(body).toString("latin1").matchAll(/\r\n/g)].flatMap(({ index }) => [index + 1]))
      assert.equal((await inPieces(type, body, [at])).answer.status, 200, `cut at ${at}`);
  });
});

/** Uploads a form cut at these places. */
async function inPieces(type: string, body: Uint8Array, cuts: readonly number[]) {
  const places = [0, ...cuts.toSorted((a, b) => a - b), body.length];
  const bench = hostedBench();
  const pieces = async function* () {
    for (const [index, place] of places.slice(1).entries()) yield body.subarray(places[index], place);
  };
  const sent = { token: bench.token(), fields: { "content-type": type }, body: pieces() };
  return { answer: await bench.ask("POST", "/private/legacy/", sent), files: bench.files() };
}
