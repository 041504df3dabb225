import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { type Answer, failure } from "@larder/cache/testing";
import type { RequestHead } from "@larder/core";
import { bench } from "./bench.ts";
import { metadata, wheelOf, zipOf } from "./zips.ts";

const json = "application/vnd.pypi.simple.v1+json";
const wheel = wheelOf();
const name = "demo-1.0-py3-none-any.whl";
const filePath = `/pypi/files/demo/files.example/d/${name}`;
const metadataPath = `${filePath}.metadata`;
const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

/** What a file is stored under. */
const stored = (path: string) => `pypi /pypi/ ${path.replace("/pypi/files/demo/", "https://")}`;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What an upstream has, and how it gives it. */
interface Has {
  readonly bytes?: Buffer;
  readonly hashes?: object;
  /** as the page says it */
  readonly coreMetadata?: unknown;
  /** to a request for the wheel's `.metadata` */
  readonly metadata?: Answer;
  readonly ranges?: boolean;
  /** in place of the wheel */
  readonly instead?: Answer;
}

/** An index with one wheel that answers whatever it is asked. */
function server({ bytes = wheel, hashes = { sha256: sha256(bytes) }, ranges = true, ...has }: Has) {
  const page: Answer = {
    fields: { "Content-Type": json, "Cache-Control": "max-age=60" },
    body: JSON.stringify({
      meta: { "api-version": "1.0" },
      name: "demo",
      files: [{ filename: name, url: `https://files.example/d/${name}`, hashes, "core-metadata": has.coreMetadata }],
    }),
  };
  const file = (range: string | undefined): Answer => {
    const all = { ETag: '"w"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT" };
    const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
    if (first === undefined || !ranges) return { fields: all, body: once(bytes) };
    const from = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
    const part = bytes.subarray(from, first === "" ? bytes.length : Number(last) + 1);
    const fields = { ...all, "Content-Range": `bytes ${from}-${from + part.length - 1}/${bytes.length}` };
    return { status: 206, fields, body: once(part) };
  };
  const answer = ({ target, fields }: RequestHead): Answer => {
    if (!target.startsWith("https://files.example/")) return page;
    if (target.endsWith(".metadata")) return has.metadata ?? { status: 404 };
    return has.instead ?? file(fields.get("range"));
  };
  return Array.from({ length: 60 }, () => answer);
}

/** What the upstream was asked: page, metadata, the whole wheel, or a part of it. */
const asked = ({ upstream }: ReturnType<typeof bench>) =>
  upstream.asked.map(({ target, fields }) =>
    !target.startsWith("https://files.example/")
      ? "page"
      : target.endsWith(".metadata")
        ? "metadata"
        : fields.has("range")
          ? "range"
          : "wheel",
  );

describe("PEP 658: a page offers core metadata", () => {
  for (const [says, coreMetadata, offered] of [
    ["of a wheel without", undefined, true],
    ["of a wheel that the upstream says has none", false, true],
    ["of one that has, as it says", { sha256: sha256(metadata) }, { sha256: sha256(metadata) }],
  ] as const)
    test(says, async () => {
      const { get } = bench({}, ...server({ coreMetadata }));
      const { text } = await get("/pypi/simple/demo/", { accept: json });
      const [file] = JSON.parse(text).files;
      assert.deepEqual([file["core-metadata"], file["dist-info-metadata"]], [offered, offered]);
      const html = await get("/pypi/simple/demo/");
      assert.match(html.text, /data-core-metadata="/);
    });
});

describe("many clients that ask at once for what nobody had before", () => {
  for (const [clients, says, path, upstream] of [
    [20, "a page", "/pypi/simple/demo/", ["page"]],
    [8, "a wheel", filePath, ["page", "wheel"]],
    [50, "a wheel's core metadata", metadataPath, ["page", "range", "range"]],
  ] as const)
    test(`${clients} for ${says}: upstream ${upstream.join(", ")}`, async () => {
      const it = bench({}, ...server({}));
      const answers = await Promise.all(Array.from({ length: clients }, () => it.get(path)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal(new Set(answers.map(({ bytes }) => sha256(bytes))).size, 1);
      assert.deepEqual(asked(it), upstream);
    });
});

describe("PEP 658: core metadata", () => {
  test("are read from the wheel in two ranges, and kept for good", async () => {
    const it = bench({}, ...server({}));
    const first = await it.get(metadataPath);
    assert.deepEqual([first.status, first.text], [200, metadata]);
    assert.deepEqual(asked(it), ["page", "range", "range"]);
    assert.equal(first.fields.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(first.fields.get("content-length"), String(metadata.length));
    assert.equal(first.fields.has("larder-wheel"), false);
    it.pass(86_400 * 30);
    const again = await it.get(metadataPath, { "if-none-match": first.fields.get("etag")! });
    assert.equal(again.status, 304);
    assert.deepEqual(asked(it).length, 3);
  });

  const rows: readonly (readonly [says: string, has: Has, upstream: readonly string[]])[] = [
    [
      "the upstream's own, where they are right",
      { coreMetadata: { sha256: sha256(metadata) }, metadata: { body: metadata } },
      ["metadata"],
    ],
    ["its own without a hash", { coreMetadata: true, metadata: { body: metadata } }, ["metadata"]],
    ["404 for what it offers", { coreMetadata: true }, ["metadata", "range", "range"]],
    ["500", { coreMetadata: true, metadata: { status: 500 } }, ["metadata", "range", "range"]],
    [
      "another content than its hash",
      { coreMetadata: { sha256: sha256(metadata) }, metadata: { body: metadata.replace("other", "evil") } },
      ["metadata", "range", "range"],
    ],
    [
      "cut short",
      { coreMetadata: { sha256: sha256(metadata) }, metadata: { body: metadata.slice(0, 60) } },
      ["metadata", "range", "range"],
    ],
    [
      "a hash that is wrong itself",
      { coreMetadata: { sha256: "0".repeat(64) }, metadata: { body: metadata } },
      ["metadata", "range", "range"],
    ],
    ["a login page", { coreMetadata: true, metadata: { body: "<html>" } }, ["metadata", "range", "range"]],
    [
      "those of another version",
      { coreMetadata: true, metadata: { body: metadata.replace("1.0", "2.0") } },
      ["metadata", "range", "range"],
    ],
    ["an upstream that knows no ranges", { ranges: false }, ["range", "wheel"]],
    ["no hash of the wheel", { hashes: {} }, ["range", "range"]],
    ["a wheel that its first range has all of", { bytes: wheelOf(metadata, 10) }, ["range"]],
  ];
  for (const [says, has, upstream] of rows)
    test(`the client never sees the fault: ${says}`, async () => {
      const it = bench({}, ...server(has));
      const { status, text, fields } = await it.get(metadataPath);
      assert.deepEqual([status, text], [200, metadata]);
      assert.deepEqual(asked(it), ["page", ...upstream]);
      assert.equal((await it.get(metadataPath)).fields.get("etag"), fields.get("etag"), "made again, it is the same");
    });

  test("from the wheel that is stored, without asking", async () => {
    const it = bench({}, ...server({}));
    assert.equal((await it.get(filePath)).bytes.length, wheel.length);
    assert.equal((await it.get(metadataPath)).text, metadata);
    assert.deepEqual(asked(it), ["page", "wheel"]);
  });

  const evil = metadata.replace("other", "evil");
  test("taken on trust, are compared with the wheel when it passes, and the page tells what is right", async () => {
    const it = bench({ fresh: 600 }, ...server({ coreMetadata: true, metadata: { body: evil } }));
    assert.equal((await it.get(metadataPath)).text, evil, "nothing says yet that it is wrong");
    await it.get(filePath);
    await it.checked();
    const { text } = await it.get("/pypi/simple/demo/", { accept: json });
    assert.deepEqual(JSON.parse(text).files[0]["core-metadata"], { sha256: sha256(metadata) });
    assert.equal((await it.get(metadataPath)).text, metadata);
    // also when the wheel is gone
    await it.store.remove(await it.store.list(stored(filePath)));
    await it.store.remove(await it.store.list(stored(metadataPath)));
    assert.equal((await it.get(metadataPath)).text, metadata);
    assert.deepEqual(asked(it), ["page", "metadata", "wheel", "metadata", "range", "range"]);
  });

  test("that were right stay, and the page too", async () => {
    const it = bench({ fresh: 600 }, ...server({}));
    const before = await it.get("/pypi/simple/demo/", { accept: json });
    await it.get(metadataPath);
    await it.get(filePath);
    await it.checked();
    assert.equal((await it.get(metadataPath)).text, metadata);
    const after = await it.get("/pypi/simple/demo/", { accept: json });
    assert.equal(after.fields.get("etag"), before.fields.get("etag"));
    assert.deepEqual(asked(it), ["page", "range", "range", "wheel"]);
  });

  test("a wheel that was fetched whole is kept", async () => {
    const it = bench({}, ...server({ ranges: false }));
    await it.get(metadataPath);
    assert.equal((await it.get(filePath)).bytes.length, wheel.length);
    assert.deepEqual(asked(it), ["page", "range", "wheel"]);
  });

  test("of a wheel that the index replaced are made anew", async () => {
    const other = metadata.replace("other", "another");
    const [before] = server({});
    const after = server({ bytes: wheelOf(other) });
    const { get } = bench({ fresh: 60 }, before!, before!, before!, ...after);
    assert.equal((await get(metadataPath)).text, metadata);
    await get("/pypi/simple/demo/", { "cache-control": "no-cache" });
    assert.equal((await get(metadataPath)).text, other);
  });

  test("HEAD tells what GET would send", async () => {
    const { get } = bench({}, ...server({}));
    const head = await get(metadataPath, {}, "HEAD");
    assert.deepEqual([head.status, head.fields.get("content-length")], [200, String(metadata.length)]);
  });

  test("got with a client's own credentials are that client's", async () => {
    const it = bench({}, ...server({}));
    assert.equal((await it.get(metadataPath, { authorization: "Basic x" })).text, metadata);
    assert.equal((await it.get(metadataPath)).text, metadata);
    assert.equal(asked(it).filter((what) => what === "range").length, 4);
  });

  const faults: readonly (readonly [says: string, has: Has, status: number, why: RegExp])[] = [
    ["the wheel is 404", { instead: { status: 404 } }, 404, /404/],
    ["the upstream is down", { instead: failure("timeout") }, 504, /timeout/],
    ["the wheel is no archive", { bytes: Buffer.from("no wheel") }, 502, /can't be read/],
    ["it has no metadata", { bytes: zipOf([{ path: "x", content: "" }]) }, 502, /no members/],
    ["it is a bomb", { bytes: wheelOf(Buffer.alloc(20_000_000)) }, 502, /more than/],
    ["the whole has another hash than the page says", { ranges: false, hashes: { sha256: "0".repeat(64) } }, 502, /./],
  ];
  for (const [says, has, status, why] of faults)
    test(`where there are none: ${says}`, async () => {
      const it = bench({}, ...server(has));
      const answer = await it.get(metadataPath);
      assert.equal(answer.status, status);
      assert.match(answer.text, why);
    });
});
