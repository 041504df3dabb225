import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  htmlType,
  jsonType,
  newestUpload,
  type PageType,
  type ProjectFile,
  type ProjectPage,
  plainHtmlType,
  readPage,
  writePage,
  writeRoot,
} from "../src/index.ts";
import { apiVersionOf } from "../src/pypi/api-version.ts";
import { file, md5, page, paths, sha256, sha512 } from "./samples.ts";

const json = (given: ProjectPage) => JSON.parse(writePage(paths, given, jsonType));
const written = (given: Partial<ProjectFile>) => json(page({ files: [file(given)] })).files[0];
/** the one link of a page in HTML */
const anchor = (given: Partial<ProjectFile>): string =>
  /<a .*<\/a>/.exec(writePage(paths, page({ files: [file(given)] }), plainHtmlType))![0];

describe("PEP 629 the version that a page claims", () => {
  const sized = file({ size: 1 });
  const rows: readonly [says: string, given: Partial<ProjectPage>, then: string][] = [
    ["no size: PEP 700 is not kept", {}, "1.0"],
    ["no size, whatever the upstream claims", { apiVersion: "1.4", files: [sized, file()] }, "1.0"],
    ["sizes: PEP 700, since the versions can be made", { files: [sized] }, "1.1"],
    ["no files", { files: [] }, "1.1"],
    ["what the upstream claims, above that", { apiVersion: "1.3", files: [sized] }, "1.3"],
    ["no more than Larder writes", { apiVersion: "1.17", files: [sized] }, "1.4"],
    ["PEP 708", { files: [sized], tracks: ["https://a.example/"] }, "1.2"],
    ["PEP 708 locations", { files: [sized], alternateLocations: ["https://a.example/"] }, "1.2"],
    ["PEP 740", { files: [file({ size: 1, provenance: "https://a.example/p" })] }, "1.3"],
    ["PEP 792", { files: [sized], status: { status: "archived" } }, "1.4"],
  ];
  for (const [says, given, then] of rows) test(says, () => assert.equal(apiVersionOf(page(given)), then));
});

describe("PEP 691 writing JSON", () => {
  test("a whole page", () => {
    const given = page({
      apiVersion: "1.4",
      versions: ["1.10", "1.9"],
      files: [file({ size: 5, uploadTime: "2024-01-02T03:04:05Z", requiresPython: ">=3", other: { _id: 1 } })],
      tracks: ["https://a.example/foo/"],
      alternateLocations: ["https://b.example/foo/"],
      status: { status: "deprecated", reason: "use bar" },
      other: { _x: 1 },
      otherMeta: { "_last-serial": 7 },
    });
    assert.deepEqual(json(given), {
      meta: { "api-version": "1.4", tracks: ["https://a.example/foo/"], "_last-serial": 7 },
      name: "foo",
      "project-status": { status: "deprecated", reason: "use bar" },
      "alternate-locations": ["https://b.example/foo/"],
      versions: ["1.9", "1.10"],
      files: [
        {
          filename: "foo-1.0-py3-none-any.whl",
          url: "../../files/foo/files.example/packages/foo-1.0-py3-none-any.whl",
          hashes: { sha256 },
          "requires-python": ">=3",
          size: 5,
          "upload-time": "2024-01-02T03:04:05Z",
          _id: 1,
        },
      ],
      _x: 1,
    });
  });

  const rows: readonly [says: string, given: Partial<ProjectFile>, key: string, then: unknown][] = [
    ["PEP 592 yanked", { yanked: true }, "yanked", true],
    ["PEP 592 yanked with a reason", { yanked: "bad" }, "yanked", "bad"],
    ["PEP 714 the new key", { coreMetadata: { sha256 } }, "core-metadata", { sha256 }],
    ["PEP 658 the old key", { coreMetadata: { sha256 } }, "dist-info-metadata", { sha256 }],
    ["PEP 714 without a hash", { coreMetadata: true }, "core-metadata", true],
    ["PEP 714 none", { coreMetadata: false }, "dist-info-metadata", false],
    ["PEP 503 a signature", { gpgSig: true }, "gpg-sig", true],
    ["PEP 691 hashes always", { hashes: {} }, "hashes", {}],
    [
      "PEP 740 provenance leads through the mount",
      { provenance: "https://index.example/p?q" },
      "provenance",
      "../../files/foo/-~~P3E/p",
    ],
  ];
  for (const [says, given, key, then] of rows) test(says, () => assert.deepEqual(written(given)[key], then));

  test("PEP 700 versions from the files where the upstream gives none", () => {
    const files = ["foo-1.10.tar.gz", "foo-1.9-py3-none-any.whl", "Foo-1.10.0RC1.zip", "foo.zip"].map((filename) =>
      file({ filename }),
    );
    assert.deepEqual(json(page({ files })).versions, ["1.9", "1.10.0rc1", "1.10"]);
    assert.deepEqual(json(page({ files, versions: [] })).versions, ["1.9", "1.10.0rc1", "1.10"]);
  });
});

describe("PEP 503 writing HTML", () => {
  const href = "../../files/foo/files.example/packages/foo-1.0-py3-none-any.whl";
  const rows: readonly [says: string, given: Partial<ProjectFile>, then: string][] = [
    ["a link with its hash", {}, `<a href="${href}#sha256=${sha256}">foo-1.0-py3-none-any.whl</a>`],
    ["no hash", { hashes: {} }, `<a href="${href}">foo-1.0-py3-none-any.whl</a>`],
    [
      "the hash that pip and uv both take",
      { hashes: { md5, sha512, sha256 } },
      `<a href="${href}#sha256=${sha256}">foo-1.0-py3-none-any.whl</a>`,
    ],
    ["a hash that no client knows", { hashes: { sha3_1024: "ab" } }, `<a href="${href}">foo-1.0-py3-none-any.whl</a>`],
    [
      "everything",
      {
        requiresPython: '>=3,<"4"',
        coreMetadata: { sha256 },
        gpgSig: false,
        yanked: "a & b",
        provenance: "https://index.example/p",
      },
      `<a href="${href}#sha256=${sha256}" data-requires-python="&gt;=3,&lt;&quot;4&quot;" data-core-metadata="sha256=${sha256}" data-dist-info-metadata="sha256=${sha256}" data-gpg-sig="false" data-yanked="a &amp; b" data-provenance="../../files/foo/-/p">foo-1.0-py3-none-any.whl</a>`,
    ],
    [
      "PEP 592 no reason",
      { hashes: {}, yanked: true },
      `<a href="${href}" data-yanked="">foo-1.0-py3-none-any.whl</a>`,
    ],
    [
      "PEP 714 no hash",
      { hashes: {}, coreMetadata: true },
      `<a href="${href}" data-core-metadata="true" data-dist-info-metadata="true">foo-1.0-py3-none-any.whl</a>`,
    ],
    ["PEP 714 none", { hashes: {}, coreMetadata: false }, `<a href="${href}">foo-1.0-py3-none-any.whl</a>`],
    ["a name that would be markup", { hashes: {}, filename: "<b>&.whl" }, `<a href="${href}">&lt;b&gt;&amp;.whl</a>`],
  ];
  for (const [says, given, then] of rows) test(says, () => assert.equal(anchor(given), then));

  test("PEP 629, 708, 792 in the head", () => {
    const given = page({
      files: [],
      tracks: ["https://a.example/?a&b"],
      alternateLocations: ["https://b.example/"],
      status: { status: "archived", reason: '"old"' },
    });
    const html = writePage(paths, given, htmlType);
    const metas: readonly [name: string, content: string][] = [
      ["repository-version", "1.4"],
      ["tracks", "https://a.example/?a&amp;b"],
      ["alternate-locations", "https://b.example/"],
      ["project-status", "archived"],
      ["project-status-reason", "&quot;old&quot;"],
    ];
    for (const [name, content] of metas)
      assert.ok(html.includes(`<meta name="pypi:${name}" content="${content}">`), name);
  });

  test("both HTML types have the same text", () => {
    assert.equal(writePage(paths, page(), htmlType), writePage(paths, page(), plainHtmlType));
  });
});

describe("the list of projects", () => {
  const types: readonly PageType[] = [jsonType, htmlType];
  test("PEP 691 in JSON", () => {
    assert.deepEqual(JSON.parse(writeRoot(["bar", "foo"], jsonType)), {
      meta: { "api-version": "1.0" },
      projects: [{ name: "bar" }, { name: "foo" }],
    });
  });
  test("PEP 503 in HTML", () => {
    assert.match(writeRoot(["bar", "foo"], htmlType), /<a href="bar\/">bar<\/a><br>\n<a href="foo\/">foo<\/a>/);
  });
  for (const type of types)
    test(`is no project's page: ${type}`, () => {
      const result = readPage(type, writeRoot(["foo", "bar"], type), {
        base: "https://index.example/simple/",
        project: "foo",
      });
      assert.ok("fault" in result);
    });
});

describe("PEP 700 the newest upload", () => {
  test("to the second, whatever the fraction", () => {
    const times = ["2024-01-02T03:04:05.999Z", "2024-01-02T03:04:06Z", "2023-12-31T23:59:59Z"];
    assert.equal(
      newestUpload(page({ files: [...times.map((uploadTime) => file({ uploadTime })), file()] })),
      Date.UTC(2024, 0, 2, 3, 4, 6),
    );
  });
  test("nothing known", () => assert.equal(newestUpload(page()), undefined));
});
