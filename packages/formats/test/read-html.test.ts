import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProjectFile, ProjectPage } from "../src/index.ts";
import { readHtml } from "../src/pypi/read-html.ts";
import { file, md5, page, sha256, source } from "./samples.ts";

const url = "https://files.example/packages/foo-1.0-py3-none-any.whl";
const anchor = `<a href="${url}#sha256=${sha256}">foo-1.0-py3-none-any.whl</a>`;

function read(html: string): ProjectPage {
  const result = readHtml(html, source);
  assert.ok("page" in result, "fault" in result ? result.fault : "");
  return result.page;
}

describe("PEP 503 a project's page in HTML", () => {
  const rows: readonly [says: string, given: string, then: Partial<ProjectPage>][] = [
    ["the least that there can be", anchor, {}],
    [
      "a whole document",
      `<!DOCTYPE html><html><head><title>Links for foo</title></head><body><h1>Links for foo</h1>${anchor}<br/></body></html>`,
      {},
    ],
    ["PEP 629 a version", `<meta name="pypi:repository-version" content="1.1">${anchor}`, { apiVersion: "1.1" }],
    ["links that are never closed", `<h1>Links for foo</h1>${anchor.replace("</a>", "\n")}`, {}],
    ["a last link that is not closed", `<body>${anchor.replace("</a>", "</body>")}`, {}],
    ["an empty page that says whose it is", "<title>Links for Foo</title>", { files: [] }],
    ["an empty page whose heading says it", "<h1>Links for <b>foo</b></h1>", { files: [] }],
    ["PEP 629 an empty page with a version", '<meta name="pypi:repository-version" content="1.0">', { files: [] }],
    ["an empty folder", "<h1>Index of /simple/foo/</h1><a href='../'>../</a>", { files: [] }],
    [
      "a folder listing",
      `<h1>Index of /foo/</h1><pre><a href="../">../</a> <a href="${url}#sha256=${sha256}">foo</a> 17-Feb-2020 1234</pre>`,
      {},
    ],
    [
      "PEP 708 and 792",
      `<meta name="pypi:tracks" content="https://a.example/foo/"><meta name="pypi:tracks" content="/b/foo/"><meta name="pypi:alternate-locations" content="https://c.example/foo/"><meta name="pypi:project-status" content="archived"><meta name="pypi:project-status-reason" content="old &amp; done">${anchor}`,
      {
        tracks: ["https://a.example/foo/", "https://index.example/b/foo/"],
        alternateLocations: ["https://c.example/foo/"],
        status: { status: "archived", reason: "old & done" },
      },
    ],
    [
      "PEP 792 a quarantined project",
      '<meta name="pypi:repository-version" content="1.4"><meta name="pypi:project-status" content="quarantined"><title>Links for foo</title>',
      {
        apiVersion: "1.4",
        files: [],
        status: { status: "quarantined" },
      },
    ],
    [
      "links to other things are not files",
      `<a href="/about">about</a><a name="x">x</a><a>y</a><a href="foo-1.0.tar.gz.asc">sig</a><a href="mailto:a@b">c</a>${anchor}`,
      {},
    ],
    [
      "files of several names",
      `${anchor}<a href="https://files.example/old-name-1.0.zip">old</a>`,
      {
        files: [
          file(),
          file({ filename: "old-name-1.0.zip", url: "https://files.example/old-name-1.0.zip", hashes: {} }),
        ],
      },
    ],
  ];
  for (const [says, given, then] of rows) test(says, () => assert.deepEqual(read(given), page(then)));
});

describe("PEP 503 one link", () => {
  const at = (where: string): Partial<ProjectFile> => ({
    url: where,
    filename: where.slice(where.lastIndexOf("/") + 1),
    hashes: {},
  });
  const rows: readonly [says: string, given: string, then: Partial<ProjectFile>][] = [
    ["no hash", `<a href="${url}">`, { hashes: {} }],
    ["an md5 hash", `<a href="${url}#md5=${md5}">`, { hashes: { md5 } }],
    ["a hash in upper case", `<a href="${url}#SHA256=${sha256.toUpperCase()}">`, {}],
    ["a hash that is cut", `<a href="${url}#sha256=${sha256.slice(1)}">`, { hashes: {} }],
    ["a hash among other things", `<a href="${url}#egg=foo&amp;sha256=${sha256}&subdirectory=x">`, {}],
    ["a fragment that is no hash", `<a href="${url}#egg">`, { hashes: {} }],
    ["an empty fragment", `<a href="${url}#">`, { hashes: {} }],
    ["relative", '<a href="foo-1.0.tar.gz">', at("https://index.example/simple/foo/foo-1.0.tar.gz")],
    [
      "relative, climbing",
      '<a href="../../packages/foo-1.0.tar.gz">',
      at("https://index.example/packages/foo-1.0.tar.gz"),
    ],
    [
      "relative, climbing too far",
      '<a href="../../../../../../foo-1.0.tar.gz">',
      at("https://index.example/foo-1.0.tar.gz"),
    ],
    ["without a scheme", '<a href="//files.example/foo-1.0.tar.gz">', at("https://files.example/foo-1.0.tar.gz")],
    [
      "base href",
      '<base href="https://b.example/x/"><a href="foo-1.0.tar.gz">',
      at("https://b.example/x/foo-1.0.tar.gz"),
    ],
    [
      "base href, relative",
      '<base href="../"><a href="foo-1.0.tar.gz">',
      at("https://index.example/simple/foo-1.0.tar.gz"),
    ],
    [
      "base href: the first counts",
      '<base target="_top"><base href="/a/"><base href="/b/"><a href="foo-1.0.tar.gz">',
      at("https://index.example/a/foo-1.0.tar.gz"),
    ],
    [
      "base href that is none",
      '<base href="https://"><a href="foo-1.0.tar.gz">',
      at("https://index.example/simple/foo/foo-1.0.tar.gz"),
    ],
    ["white space around", `<a href="\n ${url}#sha256=${sha256} \n">`, {}],
    ["of 2008: capitals, no quotes, nothing closed", `<A HREF=${url}#sha256=${sha256}>foo<BR><P>`, {}],
    ["single quotes and line ends", `<a\n\thref = '${url}#sha256=${sha256}'\n>`, {}],
    ["closed in itself", `<a href="${url}#sha256=${sha256}" />`, {}],
    ["an attribute twice: the first counts", `<a href="${url}#sha256=${sha256}" href="x">`, {}],
    [
      "character references in the URL",
      '<a href="https://files.example/foo-1.0.tar.gz?a=1&amp;b=2&#x26;c">',
      { ...at("https://files.example/foo-1.0.tar.gz"), url: "https://files.example/foo-1.0.tar.gz?a=1&b=2&c" },
    ],
    [
      "percent-encoding in the file name",
      '<a href="foo-1.0%2Bcu118-py3-none-any.whl">',
      {
        ...at("https://index.example/simple/foo/foo-1.0%2Bcu118-py3-none-any.whl"),
        filename: "foo-1.0+cu118-py3-none-any.whl",
      },
    ],
    ["the text does not matter", `<a href="${url}#sha256=${sha256}">download <img src="x"></a>`, {}],
    [
      "PEP 503 requires-python",
      `<a href="${url}#sha256=${sha256}" data-requires-python="&gt;=3.6, &lt;4">`,
      { requiresPython: ">=3.6, <4" },
    ],
    [
      "PEP 503 requires-python, not escaped",
      `<a href="${url}#sha256=${sha256}" data-requires-python=">=3.6">`,
      { requiresPython: ">=3.6" },
    ],
    ["PEP 503 requires-python empty", `<a href="${url}#sha256=${sha256}" data-requires-python="">`, {}],
    ["PEP 592 yanked", `<a href="${url}#sha256=${sha256}" data-yanked>`, { yanked: true }],
    ["PEP 592 yanked, empty", `<a href="${url}#sha256=${sha256}" data-yanked="">`, { yanked: true }],
    [
      "PEP 592 yanked with a reason",
      `<a href="${url}#sha256=${sha256}" data-yanked="it&#39;s &quot;bad&quot;">`,
      { yanked: `it's "bad"` },
    ],
    [
      "PEP 658 with a hash",
      `<a href="${url}#sha256=${sha256}" data-dist-info-metadata="sha256=${sha256}">`,
      { coreMetadata: { sha256 } },
    ],
    ["PEP 658 without", `<a href="${url}#sha256=${sha256}" data-dist-info-metadata="true">`, { coreMetadata: true }],
    [
      "PEP 658 with a hash that is none",
      `<a href="${url}#sha256=${sha256}" data-dist-info-metadata="sha256=?">`,
      { coreMetadata: true },
    ],
    [
      "PEP 714 the new name wins",
      `<a href="${url}#sha256=${sha256}" data-dist-info-metadata="true" data-core-metadata="sha256=${sha256}">`,
      { coreMetadata: { sha256 } },
    ],
    ["PEP 714 false", `<a href="${url}#sha256=${sha256}" data-core-metadata="false">`, { coreMetadata: false }],
    ["PEP 503 a signature", `<a href="${url}#sha256=${sha256}" data-gpg-sig="true">`, { gpgSig: true }],
    ["PEP 503 no signature", `<a href="${url}#sha256=${sha256}" data-gpg-sig="false">`, { gpgSig: false }],
    [
      "PEP 740 provenance",
      `<a href="${url}#sha256=${sha256}" data-provenance="/p">`,
      { provenance: "https://index.example/p" },
    ],
    ["PEP 740 provenance empty", `<a href="${url}#sha256=${sha256}" data-provenance="">`, {}],
  ];
  for (const [says, given, then] of rows)
    test(says, () => assert.deepEqual(read(`<h1>Links for foo</h1>${given}`).files, [file(then)]));

  const none: readonly string[] = [
    `<!-- ${anchor} -->`,
    `<script>document.write('${anchor}')</script>`,
    `<style>${anchor}</style>`,
    `<textarea>${anchor}</textarea>`,
    '<a href="javascript:alert(1)//foo-1.0.whl">',
    '<a href="file:///foo-1.0.whl">',
    '<a href="ftp://files.example/foo-1.0.whl">',
    '<a href="https://">',
    '<a href="">',
    '<a href="..%2ffoo-1.0.whl">',
    '<a href="foo%00-1.0.whl">',
    '<a href="foo-1.0%ff.whl">',
    `<a href="foo-${"1".repeat(300)}.whl">`,
    '<a href="foo-1.0.whl.metadata">',
    '<link href="foo-1.0.whl">',
    '<a data-href="foo-1.0.whl">',
  ];
  for (const given of none)
    test(`no file: ${given.slice(0, 60)}`, () => assert.deepEqual(read(`<h1>Links for foo</h1>${given}`).files, []));
});

describe("PEP 503 what is no project page in HTML", () => {
  const rows: readonly [says: string, given: string, fault: RegExp][] = [
    [
      "a login page",
      '<title>Sign in</title><form action="/login"><input name=u><input TYPE=Password></form>',
      /login form/,
    ],
    ["an error page", "<title>Not Found</title><h1>404 Not Found</h1>", /not a project's page/],
    ["an empty document", "<!DOCTYPE html><html></html>", /not a project's page/],
    [
      "the list of all projects",
      '<title>Simple index</title><a href="/simple/foo/">foo</a><a href="/simple/bar/">bar</a>',
      /not a project's page/,
    ],
    [
      "PEP 629 the list of all projects with a version",
      '<meta name="pypi:repository-version" content="1.0"><title>Simple index</title><a href="/simple/foo/">foo</a>',
      /not a project's page/,
    ],
    ["words", "no such project", /not a project's page/],
    [
      "another project's page",
      '<h1>Links for bar</h1><a href="bar-1.0.tar.gz">',
      /another project: of "bar", not of "foo"/,
    ],
    [
      "another project's empty page",
      '<meta name="pypi:repository-version" content="1.0"><title>Links for bar</title>',
      /another project: of "bar"/,
    ],
    ["files of another project alone", '<a href="foobar-1.0.tar.gz">', /none of "foo": foobar-1\.0\.tar\.gz/],
    [
      "PEP 629 a major version of tomorrow",
      `<meta name="pypi:repository-version" content="2.0">${anchor}`,
      /version 2\.0/,
    ],
    ["a page cut short in a second link's tag", `${anchor}\n<a href="${url}#sha2`, /cut short/],
    ["a page cut short in an attribute with >", `${anchor}\n<a data-requires-python=">=3.8,`, /cut short/],
    ["a page cut short in a link's name", `${anchor}\n<a href="${url}">foo-1.0-py3`, /cut short/],
    ["a page cut short in an end tag", `${anchor.slice(0, -1)}`, /cut short/],
    ["a page cut short in its first link", `<!DOCTYPE html><body><a href="${url}`, /cut short/],
    ["PEP 629 no version", `<meta name="pypi:repository-version" content="one">${anchor}`, /which is no version/],
  ];
  for (const [says, given, fault] of rows)
    test(says, () => {
      const result = readHtml(given, source);
      assert.match("fault" in result ? result.fault : "a page", fault);
    });
});
