import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  findLink,
  htmlType,
  jsonType,
  type ProjectFile,
  type ProjectPage,
  plainHtmlType,
  readPage,
  writePage,
} from "../src/index.ts";
import { apiVersionOf } from "../src/pypi/api-version.ts";
import { upstreamUrl } from "../src/pypi/file-url.ts";
import { htmlHash } from "../src/pypi/hashes.ts";
import { uploadTime } from "../src/pypi/page-values.ts";
import { versionsOf } from "../src/pypi/versions.ts";
import { normalUrl } from "../src/upstream-url.ts";
import { mount, paths, source } from "./samples.ts";

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const hashes = fc.record(
  { sha256: hex(64), sha512: hex(128), md5: hex(32), later: hex(6) },
  { requiredKeys: [], noNullPrototype: true },
);
const url = fc
  .tuple(
    fc.constantFrom("https://index.example", "https://files.example", "http://files.example:8080", "https://[::1]:1"),
    fc.string({ unit: fc.constantFrom("a", "/", "+", "%20", "%2F", "~", "-", "ä", "&") }),
    fc.constantFrom("foo-1.0.tar.gz", "foo-2.0%2Bx-py3-none-any.whl", "Foo-3.zip"),
    fc.constantFrom("", "?a=1&b=%3C", "?"),
  )
  .map(([origin, folder, name, query]) => normalUrl(`${origin}/${folder}/${name}${query}`)!);
const text = fc.string({ unit: fc.constantFrom("a", " ", "<", ">", "&", '"', "'", "&amp;", "ü", "="), minLength: 1 });
const time = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
// JSON has no -0
const anyJson = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
const nameOf = (of: string) => decodeURIComponent(of.split("?")[0]!.split("/").at(-1)!);
const file: fc.Arbitrary<ProjectFile> = fc
  .record(
    {
      url,
      hashes,
      yanked: fc.oneof(fc.boolean(), text),
      requiresPython: text,
      size: fc.nat(),
      uploadTime: time,
      coreMetadata: fc.oneof(
        fc.boolean(),
        hashes.filter((some) => Object.keys(some).length > 0),
      ),
      gpgSig: fc.boolean(),
      provenance: url,
      other: fc.dictionary(fc.constantFrom("_a", "later"), anyJson, {
        minKeys: 1,
        noNullPrototype: true,
      }),
    },
    { requiredKeys: ["url", "hashes", "yanked"], noNullPrototype: true },
  )
  .map((given) => ({ ...given, filename: nameOf(given.url) }));
const page: fc.Arbitrary<ProjectPage> = fc
  .record(
    {
      apiVersion: fc.constantFrom("1.0", "1.1", "1.4"),
      versions: fc.uniqueArray(fc.constantFrom("1.0", "2.0+x", "3", "4a1", "?"), { minLength: 1 }),
      files: fc.array(file, { maxLength: 5 }),
      tracks: fc.array(url, { maxLength: 2 }),
      alternateLocations: fc.array(url, { maxLength: 2 }),
      status: fc.record(
        { status: fc.constantFrom("active", "archived"), reason: text.map((some) => `x${some}x`) },
        { requiredKeys: ["status"], noNullPrototype: true },
      ),
      other: fc.dictionary(fc.constantFrom("_a", "later"), anyJson, {
        minKeys: 1,
        noNullPrototype: true,
      }),
      otherMeta: fc.constant({ "_last-serial": 7 }),
    },
    { requiredKeys: ["apiVersion", "files", "tracks", "alternateLocations"], noNullPrototype: true },
  )
  .map((given) => ({ name: "foo", ...given }));

/** what a client behind the mount reads, with the links led back to the upstream */
function throughClient(given: ProjectPage, type: typeof jsonType | typeof htmlType): ProjectPage {
  const base = "https://larder.example/pypi/simple/foo/";
  const result = readPage(type, writePage(paths, given, type), { base, project: "foo" });
  assert.ok("page" in result, "fault" in result ? result.fault : "");
  const back = (link: string): string => {
    const found = upstreamUrl(mount, link.slice("https://larder.example/pypi/".length));
    assert.equal(found?.project, "foo");
    return found!.url;
  };
  const files = result.page.files.map((read) => ({
    ...read,
    url: back(read.url),
    ...(read.provenance !== undefined && { provenance: back(read.provenance) }),
  }));
  return { ...result.page, files };
}

/** what of a page HTML has room for */
function inHtml({ versions: _v, other: _o, otherMeta: _m, ...given }: ProjectPage): ProjectPage {
  const one = (some: Readonly<Record<string, string>>) => {
    const [name, digest] = htmlHash(some)?.split("=") ?? [];
    return name === undefined ? {} : { [name]: digest! };
  };
  const files = given.files.map(({ size: _s, uploadTime: _u, other: _f, coreMetadata, ...kept }) => {
    const metadata =
      typeof coreMetadata === "object" && htmlHash(coreMetadata) !== undefined
        ? one(coreMetadata)
        : coreMetadata && true;
    return { ...kept, hashes: one(kept.hashes), ...(metadata && { coreMetadata: metadata }) };
  });
  return { ...given, files };
}

describe("laws of reading and writing", () => {
  test("JSON that is written reads as the same page", () => {
    fc.assert(
      fc.property(page, (given) => {
        assert.deepEqual(throughClient(given, jsonType), {
          ...given,
          apiVersion: apiVersionOf(given),
          versions: versionsOf(given),
        });
      }),
    );
  });

  test("HTML that is written reads as the same page, but for what HTML has no room for", () => {
    fc.assert(
      fc.property(page, (given) => {
        assert.deepEqual(throughClient(given, htmlType), { ...inHtml(given), apiVersion: apiVersionOf(given) });
      }),
    );
  });

  test("every link of a page is found again, in the page and only there", () => {
    fc.assert(
      fc.property(page, (given) => {
        for (const { url: of, provenance } of given.files) {
          assert.ok(findLink(given, of)?.file.url.startsWith(of.split("?")[0]!));
          if (provenance !== undefined) assert.notEqual(findLink(given, provenance), undefined);
        }
        assert.equal(findLink(given, "https://evil.example/foo-1.0.tar.gz"), undefined);
      }),
    );
  });

  test("no content makes the reader throw, and what it reads can be written", () => {
    const piece = fc.constantFrom(
      "<a href=",
      '"',
      "'",
      ">",
      "<",
      "</a>",
      "foo-1.0.zip",
      "#sha256=",
      "&#",
      "&amp;",
      "x41;",
      "<base href=",
      "<meta name=pypi:repository-version content=1.0>",
      "<!--",
      "-->",
      "<script>",
      "<title>Links for foo",
      "\0",
      "{",
      "}",
      "[",
      "]",
      '"files":',
      '"meta":',
      '"name":"foo"',
      ",",
      ":",
      "null",
      "1",
      "\\",
      " ",
      "\uD800",
    );
    const type = fc.constantFrom(
      "",
      "text/html",
      "application/json",
      jsonType,
      "text/html; charset=utf-16",
      ";;charset=",
    );
    fc.assert(
      fc.property(
        type,
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join("")),
          fc.uint8Array(),
        ),
        (contentType, content) => {
          const result = readPage(contentType, content, source);
          if ("page" in result) for (const as of [jsonType, plainHtmlType] as const) writePage(paths, result.page, as);
          else assert.match(result.fault, /\.$/);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("no JSON value makes the reader throw", () => {
    const key = fc.constantFrom(
      "meta",
      "name",
      "files",
      "versions",
      "url",
      "filename",
      "hashes",
      "yanked",
      "size",
      "upload-time",
      "core-metadata",
      "provenance",
      "api-version",
      "tracks",
      "alternate-locations",
      "project-status",
      "status",
      "__proto__",
      "sha256",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("foo", "1.0", "https://files.example/foo-1.0.zip", "", 0, -1, 1e300, true, null),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(key, tie("any"), { maxKeys: 5 }),
      ),
    })).any;
    const like = fc.record(
      {
        meta: fc.oneof(fc.constant({ "api-version": "1.1" }), value),
        name: fc.oneof(fc.constant("foo"), value),
        files: fc.array(fc.dictionary(key, value)),
        versions: value,
        "alternate-locations": value,
        "project-status": value,
      },
      { requiredKeys: ["meta", "name", "files"] },
    );
    fc.assert(
      fc.property(fc.oneof(like, value), (json) => {
        const result = readPage("application/json", JSON.stringify(json), source);
        if ("page" in result) for (const as of [jsonType, plainHtmlType] as const) writePage(paths, result.page, as);
      }),
      { numRuns: 2000 },
    );
  });

  test("an upload time that was read reads as itself", () => {
    const number = fc.nat({ max: 99 }).map((some) => String(some).padStart(2, "0"));
    const any = fc
      .tuple(
        number,
        number,
        number,
        number,
        fc.constantFrom("", ".5", ".1234567"),
        fc.constantFrom("", "Z", "+05:30", "-1200"),
      )
      .map(
        ([month, day, hour, second, fraction, zone]) => `2024-${month}-${day} ${hour}:00:${second}${fraction}${zone}`,
      );
    fc.assert(
      fc.property(fc.oneof(any, fc.string()), (given) => {
        const read = uploadTime(given);
        if (read !== undefined) assert.equal(uploadTime(read), read);
      }),
      { numRuns: 2000 },
    );
  });
});
