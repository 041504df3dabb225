import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { bench } from "./bench.ts";
import { sdist } from "./hosted/archives.ts";
import { noise } from "./zips.ts";

const json = { accept: "application/vnd.pypi.simple.v1+json" };
const path = "/pypi/simple/demo/";
const filePath = "/pypi/files/demo/files.example/d/demo-1.0.tar.gz";
const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");
const info = (version: string, more = "") => `Metadata-Version: ${version}\nName: Demo\nVersion: 1.0\n${more}\nText.\n`;
const archive = (text: string) =>
  sdist([
    ["demo-1.0/aaa.py", "x".repeat(100_000)],
    ["demo-1.0/PKG-INFO", text],
    // more than is read at once
    ["demo-1.0/setup.py", noise(600_000).toString("base64")],
  ]);

const page = (bytes: Uint8Array, serial: number): Answer => ({
  fields: { "Content-Type": json.accept, "Cache-Control": "max-age=60" },
  body: JSON.stringify({
    meta: { "api-version": "1.0", "_last-serial": serial },
    name: "demo",
    files: [
      {
        filename: "demo-1.0.tar.gz",
        url: "https://files.example/d/demo-1.0.tar.gz",
        hashes: { sha256: sha256(bytes) },
      },
    ],
  }),
});
const file = (bytes: Uint8Array): Answer => ({
  body: (async function* () {
    yield bytes;
  })(),
});
const offered = (text: string) => JSON.parse(text).files[0]["core-metadata"];

describe("PEP 643: core metadata of a source distribution that passed", () => {
  const rows: readonly (readonly [says: string, text: string, offers: boolean])[] = [
    ["are offered from 2.2 on", info("2.2", "Requires-Dist: other\n"), true],
    ["are offered where others are dynamic", info("2.4", "Dynamic: Description\n"), true],
    ["are not of an older version", info("2.1"), false],
    ["are not where dependencies are dynamic", info("2.2", "Dynamic: Requires-Dist\n"), false],
    ["are not of another project", info("2.2").replace("Demo", "Other"), false],
  ];
  for (const [says, text, offers] of rows)
    test(says, async () => {
      const bytes = await archive(text);
      const it = bench({ fresh: 600 }, page(bytes, 1), file(bytes), page(bytes, 2));
      assert.equal(offered((await it.get(path, json)).text), undefined, "nobody knows yet");
      assert.equal((await it.get(filePath)).status, 200);
      await it.checked();
      assert.equal(
        offered((await it.get(path, json)).text),
        undefined,
        "a page does not change because of who fetches what",
      );
      const next = await it.get(path, { ...json, "cache-control": "no-cache" });
      assert.deepEqual(offered(next.text), offers ? { sha256: sha256(text) } : undefined);
      if (!offers) return;
      const metadata = await it.get(`${filePath}.metadata`);
      assert.deepEqual([metadata.status, metadata.text], [200, text]);
      assert.equal(metadata.fields.get("cache-control"), "public, max-age=31536000, immutable");
      assert.equal(it.upstream.asked.length, 3, "they are read from what is stored");
    });

  test("are read from it anew when it is no longer stored", async () => {
    const bytes = await archive(info("2.2"));
    const it = bench({ fresh: 600 }, page(bytes, 1), file(bytes), file(bytes));
    await it.get(filePath);
    await it.checked();
    await it.store.remove(await it.store.list("pypi /pypi/ https://files.example/d/demo-1.0.tar.gz"));
    assert.equal((await it.get(`${filePath}.metadata`)).text, info("2.2"));
    assert.equal(it.upstream.asked.length, 3);
  });
});
