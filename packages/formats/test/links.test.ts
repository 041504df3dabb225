import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findLink, type Link } from "../src/index.ts";
import { file, md5, page, sha256, sha512 } from "./samples.ts";

const wheel = file({
  size: 9,
  coreMetadata: { sha256: sha512.slice(0, 64) },
  provenance: "https://index.example/p/wheel",
});
const sdist = file({
  filename: "foo-1.0.tar.gz",
  url: "https://files.example/foo-1.0.tar.gz",
  hashes: { md5, sha512, sha256 },
});
const signed = file({ filename: "foo-1.0.zip", url: "https://files.example/foo-1.0.zip?sig=1", coreMetadata: true });
const bare = file({ filename: "foo-1.0.egg", url: "https://files.example/foo-1.0.egg", hashes: {}, size: 7 });
const odd = file({
  filename: "foo-2.0.tar.gz",
  url: "https://files.example/foo-2.0.tar.gz",
  hashes: { blake2b: sha512, tomorrow: "ab" },
});
const asc = file({ filename: "foo-1.0.egg.asc", url: `${bare.url}.asc`, hashes: { sha256 } });
const twins = ["a", "b"].map((id) => file({ url: `https://files.example/get/foo.whl?id=${id}` }));
const plus = file({ filename: "foo-1.0+x.zip", url: "https://files.example/foo-1.0+x.zip" });
const all = page({ files: [wheel, sdist, signed, bare, odd, asc, plus, ...twins] });
const sha = (hex: string) => ({ digest: { algorithm: "sha256", hex } });

describe("what a page links", () => {
  const rows: readonly [says: string, url: string, then: Link | undefined][] = [
    [
      "a file with its hash, whatever its size is said to be",
      wheel.url,
      { part: "file", url: wheel.url, file: wheel, expected: sha(sha256), immutable: true },
    ],
    [
      "the strongest hash",
      sdist.url,
      {
        part: "file",
        url: sdist.url,
        file: sdist,
        expected: { digest: { algorithm: "sha512", hex: sha512 } },
        immutable: true,
      },
    ],
    [
      "hashes as node:crypto names them",
      odd.url,
      {
        part: "file",
        url: odd.url,
        file: odd,
        expected: { digest: { algorithm: "blake2b512", hex: sha512 } },
        immutable: true,
      },
    ],
    [
      "a file without a hash can change, but has a size",
      bare.url,
      { part: "file", url: bare.url, file: bare, expected: { length: 7 }, immutable: false },
    ],
    [
      "PEP 658 metadata with its hash",
      `${wheel.url}.metadata`,
      {
        part: "metadata",
        url: `${wheel.url}.metadata`,
        file: wheel,
        expected: sha(sha512.slice(0, 64)),
        immutable: true,
      },
    ],
    [
      "PEP 658 metadata whose hash is not said",
      "https://files.example/foo-1.0.zip.metadata?sig=1",
      {
        part: "metadata",
        url: "https://files.example/foo-1.0.zip.metadata?sig=1",
        file: signed,
        expected: {},
        immutable: true,
      },
    ],
    [
      "metadata that is not said to be there",
      `${bare.url}.metadata`,
      { part: "metadata", url: `${bare.url}.metadata`, file: bare, expected: {}, immutable: false },
    ],
    [
      "PEP 503 a signature",
      `${sdist.url}.asc`,
      { part: "signature", url: `${sdist.url}.asc`, file: sdist, expected: {}, immutable: false },
    ],
    [
      "a signature that is linked as a file",
      asc.url,
      { part: "file", url: asc.url, file: asc, expected: sha(sha256), immutable: true },
    ],
    [
      "PEP 740 provenance",
      "https://index.example/p/wheel",
      { part: "provenance", url: "https://index.example/p/wheel", file: wheel, expected: {}, immutable: false },
    ],
    [
      "a signed link of yesterday: the present one",
      "https://files.example/foo-1.0.zip?sig=0",
      { part: "file", url: signed.url, file: signed, expected: sha(sha256), immutable: true },
    ],
    [
      "no query where there is one",
      "https://files.example/foo-1.0.zip",
      { part: "file", url: signed.url, file: signed, expected: sha(sha256), immutable: true },
    ],
    [
      "metadata of a signed link of yesterday",
      "https://files.example/foo-1.0.zip.metadata?sig=0",
      {
        part: "metadata",
        url: "https://files.example/foo-1.0.zip.metadata?sig=1",
        file: signed,
        expected: {},
        immutable: true,
      },
    ],
    [
      "files that only the query tells apart",
      twins[1]!.url,
      { part: "file", url: twins[1]!.url, file: twins[1]!, expected: sha(sha256), immutable: true },
    ],
    ["one of these without its query", "https://files.example/get/foo.whl?id=c", undefined],
    [
      "a plus as pip writes it",
      "https://files.example/foo-1.0%2Bx.zip",
      { part: "file", url: plus.url, file: plus, expected: sha(sha256), immutable: true },
    ],
    [
      "a plus as uv writes it",
      plus.url,
      { part: "file", url: plus.url, file: plus, expected: sha(sha256), immutable: true },
    ],
    ["a query where the page has none", `${wheel.url}?x`, undefined],
    ["another file there", "https://files.example/foo-9.tar.gz", undefined],
    ["another file's metadata", "https://files.example/foo-9.tar.gz.metadata", undefined],
    ["the file on another host", wheel.url.replace("files.", "evil."), undefined],
    ["the file with another scheme", wheel.url.replace("https:", "http:"), undefined],
    ["more than the file", `${wheel.url}/../../../secret`, undefined],
    ["metadata of metadata", `${wheel.url}.metadata.metadata`, undefined],
    ["only the suffix", ".metadata", undefined],
    ["nothing", "", undefined],
  ];
  for (const [says, url, then] of rows) test(says, () => assert.deepEqual(findLink(all, url), then));
});
