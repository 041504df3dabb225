import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProjectFile, ProjectPage } from "../src/index.ts";
import { readJson } from "../src/pypi/read-json.ts";
import { file, md5, page, sha256, sha512, source } from "./samples.ts";

const entry = {
  filename: "foo-1.0-py3-none-any.whl",
  url: "https://files.example/packages/foo-1.0-py3-none-any.whl",
  hashes: { sha256 },
};
const plain = { meta: { "api-version": "1.0" }, name: "foo", files: [entry] };

function read(json: object): ProjectPage {
  const result = readJson(JSON.stringify(json), source);
  assert.ok("page" in result, "fault" in result ? result.fault : "");
  return result.page;
}

describe("PEP 691 a project's page in JSON", () => {
  const rows: readonly [says: string, given: object, then: Partial<ProjectPage>][] = [
    ["the least that there can be", {}, {}],
    ["a name that is not normalised", { name: "Foo" }, {}],
    ["no name", { name: undefined }, {}],
    ["no meta", { meta: undefined }, {}],
    ["an API version as a number", { meta: { "api-version": 1.1 } }, { apiVersion: "1.1" }],
    ["a whole API version as a number", { meta: { "api-version": 1 } }, {}],
    ["a minor version of tomorrow", { meta: { "api-version": "1.17" } }, { apiVersion: "1.17" }],
    ["no files", { files: [] }, { files: [] }],
    ["PEP 700 versions", { versions: ["2.0", "1.0"] }, { versions: ["2.0", "1.0"] }],
    ["versions that are none are left out", { versions: ["1.0", 2, null] }, { versions: ["1.0"] }],
    ["versions null", { versions: null }, {}],
    [
      "PEP 708 tracks and alternate locations, made absolute",
      {
        meta: { "api-version": "1.2", tracks: ["https://a.example/simple/foo/"] },
        "alternate-locations": ["/b/foo/", 7],
      },
      {
        apiVersion: "1.2",
        tracks: ["https://a.example/simple/foo/"],
        alternateLocations: ["https://index.example/b/foo/"],
      },
    ],
    [
      "PEP 792 status",
      { "project-status": { status: "quarantined", reason: "haunted" } },
      { status: { status: "quarantined", reason: "haunted" } },
    ],
    [
      "PEP 792 status, as its prose names the key",
      { "project-status": { state: "archived" } },
      { status: { status: "archived" } },
    ],
    [
      "PEP 792 no reason",
      { "project-status": { status: "archived", reason: null } },
      { status: { status: "archived" } },
    ],
    ["PEP 792 a status that is none", { "project-status": "archived" }, {}],
    [
      "keys without a meaning are kept",
      { meta: { "api-version": "1.0", "_last-serial": 7 }, _x: { y: [1] }, later: null },
      { otherMeta: { "_last-serial": 7 }, other: { _x: { y: [1] }, later: null } },
    ],
  ];
  for (const [says, given, then] of rows) test(says, () => assert.deepEqual(read({ ...plain, ...given }), page(then)));

  test("what is nested without end is left out, so that it can be written again", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const result = readJson(`{"meta":{"api-version":"1.0"},"name":"foo","files":[],"x":${deep},"y":1}`, source);
    assert.deepEqual("page" in result && result.page.other, { y: 1 });
  });
});

describe("PEP 691 one file in JSON", () => {
  const rows: readonly [says: string, given: object, then: Partial<ProjectFile>][] = [
    [
      "a relative URL",
      { url: "../../packages/foo-1.0-py3-none-any.whl" },
      { url: "https://index.example/packages/foo-1.0-py3-none-any.whl" },
    ],
    ["a URL with a fragment", { url: `${entry.url}#sha256=${md5}` }, {}],
    ["no file name: the URL's", { filename: undefined }, {}],
    ["a file name other than the URL's", { filename: "foo-1.0.tar.gz" }, { filename: "foo-1.0.tar.gz" }],
    ["several hashes", { hashes: { md5, sha512, sha256 } }, { hashes: { md5, sha512, sha256 } }],
    ["hashes in upper case", { hashes: { SHA256: sha256.toUpperCase() } }, { hashes: { sha256 } }],
    ["a hash of an algorithm of tomorrow", { hashes: { sha3_1024: "ab" } }, { hashes: { sha3_1024: "ab" } }],
    ["a hash that is too short", { hashes: { sha256: "abcd", md5 } }, { hashes: { md5 } }],
    [
      "hashes that are none",
      { hashes: { sha256: null, sha1: 5, md5: "not hexadecimal, thirty-two long" } },
      { hashes: {} },
    ],
    ["hash names that no object should take", { hashes: JSON.parse(`{"__proto__":"${sha256}"}`) }, { hashes: {} }],
    ["no hashes", { hashes: undefined }, { hashes: {} }],
    ["hashes null", { hashes: null }, { hashes: {} }],
    ["PEP 503 requires-python", { "requires-python": ">=3.8,<4" }, { requiresPython: ">=3.8,<4" }],
    [
      "PEP 503 requires-python that is no specifier is passed on",
      { "requires-python": ">=3.6*" },
      { requiresPython: ">=3.6*" },
    ],
    ["requires-python null", { "requires-python": null }, {}],
    ["requires-python empty", { "requires-python": "" }, {}],
    ["PEP 700 size", { size: 1234 }, { size: 1234 }],
    ["PEP 700 size 0", { size: 0 }, { size: 0 }],
    ["PEP 700 size as text", { size: "1234" }, { size: 1234 }],
    ["PEP 700 size that is none", { size: -1 }, {}],
    ["PEP 700 size with a fraction", { size: 1.5 }, {}],
    ["PEP 700 size in words", { size: "1 KB" }, {}],
    [
      "PEP 700 upload time",
      { "upload-time": "2024-02-29T23:59:59.123456Z" },
      { uploadTime: "2024-02-29T23:59:59.123456Z" },
    ],
    [
      "PEP 700 upload time in whole seconds",
      { "upload-time": "2024-01-31T00:00:00Z" },
      { uploadTime: "2024-01-31T00:00:00Z" },
    ],
    [
      "PEP 700 upload time without a zone",
      { "upload-time": "2024-01-02 03:04:05.6" },
      { uploadTime: "2024-01-02T03:04:05.6Z" },
    ],
    [
      "PEP 700 upload time in another zone",
      { "upload-time": "2024-01-01T01:00:00+0530" },
      { uploadTime: "2023-12-31T19:30:00Z" },
    ],
    [
      "PEP 700 upload time in nanoseconds",
      { "upload-time": "2024-01-01T00:00:00.123456789Z" },
      { uploadTime: "2024-01-01T00:00:00.123456Z" },
    ],
    ["PEP 700 upload time on a day that is none", { "upload-time": "2023-02-29T00:00:00Z" }, {}],
    ["PEP 700 upload time before all time", { "upload-time": "0000-01-01T00:00:00+12:00" }, {}],
    ["PEP 700 upload time that is none", { "upload-time": "yesterday" }, {}],
    ["PEP 700 upload time as a number", { "upload-time": 1700000000 }, {}],
    ["PEP 592 yanked", { yanked: true }, { yanked: true }],
    ["PEP 592 yanked with a reason", { yanked: "broken" }, { yanked: "broken" }],
    ["PEP 592 an empty reason is none", { yanked: "" }, { yanked: false }],
    ["PEP 592 yanked null", { yanked: null }, { yanked: false }],
    ["PEP 714 core metadata with hashes", { "core-metadata": { sha256 } }, { coreMetadata: { sha256 } }],
    ["PEP 714 core metadata without", { "core-metadata": true }, { coreMetadata: true }],
    ["PEP 714 no core metadata", { "core-metadata": false }, { coreMetadata: false }],
    ["PEP 714 core metadata with hashes that are none", { "core-metadata": { sha256: "?" } }, { coreMetadata: true }],
    ["PEP 714 core metadata that is none", { "core-metadata": "yes" }, {}],
    ["PEP 658 the old key", { "dist-info-metadata": { sha256 } }, { coreMetadata: { sha256 } }],
    [
      "PEP 714 the new key wins",
      { "core-metadata": { sha256 }, "dist-info-metadata": true },
      { coreMetadata: { sha256 } },
    ],
    [
      "PEP 714 the old key under its wrong name",
      { "data-dist-info-metadata": { sha256 } },
      { coreMetadata: { sha256 } },
    ],
    ["PEP 503 a signature", { "gpg-sig": true }, { gpgSig: true }],
    ["PEP 503 no signature", { "gpg-sig": false }, { gpgSig: false }],
    [
      "PEP 740 provenance",
      { provenance: "/integrity/foo/provenance" },
      { provenance: "https://index.example/integrity/foo/provenance" },
    ],
    ["PEP 740 provenance null", { provenance: null }, {}],
    ["PEP 740 provenance elsewhere than on the web", { provenance: "file:///etc/passwd" }, {}],
    ["keys without a meaning are kept", { _id: 5, later: "x" }, { other: { _id: 5, later: "x" } }],
  ];
  for (const [says, given, then] of rows)
    test(says, () => assert.deepEqual(read({ ...plain, files: [{ ...entry, ...given }] }).files, [file(then)]));

  const dropped: readonly [says: string, given: unknown][] = [
    ["no URL", { ...entry, url: undefined }],
    ["a URL that is none", { ...entry, url: "https://" }],
    ["a URL off the web", { ...entry, url: "file:///packages/foo-1.0.whl" }],
    ["a file name with a folder", { ...entry, filename: "../foo-1.0.whl" }],
    ["a file name with a backslash", { ...entry, filename: "..\\foo-1.0.whl" }],
    ["a file name with a line end", { ...entry, filename: "foo\n-1.0.whl" }],
    ["an endless file name", { ...entry, filename: `foo-${"1".repeat(300)}.whl` }],
    ["an empty file name", { ...entry, filename: "" }],
    ["no file name and none in the URL", { ...entry, filename: undefined, url: "https://files.example/" }],
    ["null", null],
    ["a text", "foo-1.0.whl"],
    ["a list", [entry]],
  ];
  for (const [says, given] of dropped)
    test(`an entry that gives no file is left out: ${says}`, () =>
      assert.deepEqual(read({ ...plain, files: [given, entry] }).files, [file()]));
});

describe("PEP 691 what is no project page in JSON", () => {
  const rows: readonly [says: string, given: string, fault: RegExp][] = [
    ["cut short", '{"meta": {"api-version": "1.0"}, "files": [', /cut short/],
    ["a list", "[]", /not an object/],
    ["null", "null", /not an object/],
    ["an error", '{"message": "not found"}', /no list "files"/],
    ["a root page", '{"meta": {"api-version": "1.0"}, "projects": []}', /no list "files"/],
    ["some other API with files", '{"files": []}', /neither a "name" nor an API version/],
    [
      "another project's",
      '{"meta": {"api-version": "1.0"}, "name": "bar", "files": []}',
      /another project: of "bar", not of "foo"/,
    ],
    [
      "PEP 629 a major version of tomorrow",
      '{"meta": {"api-version": "2.0"}, "name": "foo", "files": []}',
      /version 2\.0/,
    ],
    ["PEP 629 no version", '{"meta": {"api-version": "new"}, "name": "foo", "files": []}', /which is no version/],
    [
      "PEP 629 a version that is an object",
      '{"meta": {"api-version": {}}, "name": "foo", "files": []}',
      /which is no version/,
    ],
  ];
  for (const [says, given, fault] of rows)
    test(says, () => {
      const result = readJson(given, source);
      assert.match("fault" in result ? result.fault : "a page", fault);
    });
});
