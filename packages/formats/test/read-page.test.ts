import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPage } from "../src/index.ts";
import { file, page, source } from "./samples.ts";

const json = '{"meta":{"api-version":"1.1"},"name":"foo","files":[]}';
const html = '<meta name="pypi:repository-version" content="1.2"><a href="foo-1.0.zip">';
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("PEP 691 which form a page has", () => {
  const rows: readonly [type: string, content: string | Uint8Array, apiVersion: string][] = [
    ["application/vnd.pypi.simple.v1+json", json, "1.1"],
    ["application/vnd.pypi.simple.v1+json; charset=utf-8", utf8(json), "1.1"],
    ["Application/Vnd.PyPI.Simple.v1+JSON", json, "1.1"],
    ["application/vnd.pypi.simple.latest+json", json, "1.1"],
    ["application/json", json, "1.1"],
    ["application/vnd.pypi.simple.v1+html", html, "1.2"],
    ["text/html; charset=UTF-8", utf8(html), "1.2"],
    ["text/html", `\n\t${html}`, "1.2"],
    // the content is believed where the type is wrong
    ["application/vnd.pypi.simple.v1+json", html, "1.2"],
    ["application/json", `\uFEFF  ${html}`, "1.2"],
    ["text/html", ` \n${json}`, "1.1"],
    ["text/html", utf8(`\uFEFF${json}`), "1.1"],
    ["", json, "1.1"],
    ["", html, "1.2"],
    ["text/plain", html, "1.2"],
    ["application/octet-stream", json, "1.1"],
  ];
  for (const [type, content, apiVersion] of rows)
    test(`${type}: ${typeof content === "string" ? JSON.stringify(content.slice(0, 12)) : "octets"}`, () => {
      const result = readPage(type, content, source);
      assert.equal("page" in result && result.page.apiVersion, apiVersion);
    });

  const faults: readonly [type: string, content: string, fault: RegExp][] = [
    ["application/vnd.pypi.simple.v1+json", "", /empty/],
    ["text/html", " \n", /empty/],
    ["application/vnd.pypi.simple.v2+json", json, /version 2/],
    ["application/json", "not found", /not well formed/],
    ["application/json", "[1]", /not an object/],
    ["text/plain", "not found", /not a project's page/],
    ["application/zip", "PK\u0003\u0004", /not a project's page/],
  ];
  for (const [type, content, fault] of faults)
    test(`${type}: ${JSON.stringify(content)} is a fault`, () => {
      const result = readPage(type, content, source);
      assert.match("fault" in result ? result.fault : "a page", fault);
    });
});

describe("8259:8.1 and the charset of text", () => {
  const latin1 = Uint8Array.from('<a href="foo-1.0.zip" data-yanked="b\xf6se">', (letter) => letter.charCodeAt(0));
  const yanked = (reason: string) =>
    page({
      files: [file({ filename: "foo-1.0.zip", url: `${source.base}foo-1.0.zip`, hashes: {}, yanked: reason })],
    });
  const rows: readonly [says: string, type: string, content: Uint8Array, reason: string][] = [
    ["as the type says", "text/html; charset=iso-8859-1", latin1, "b\xf6se"],
    ["in quotes", 'text/html;charset="ISO-8859-1"', latin1, "b\xf6se"],
    ["UTF-8 else", "text/html", utf8('<a href="foo-1.0.zip" data-yanked="böse">'), "böse"],
    ["what is not UTF-8 costs its letters only", "text/html", latin1, "b\uFFFDse"],
    ["no such charset", "text/html; charset=klingon", utf8('<a href="foo-1.0.zip" data-yanked="böse">'), "böse"],
  ];
  for (const [says, type, content, reason] of rows)
    test(says, () => assert.deepEqual(readPage(type, content, source), { page: yanked(reason) }));

  test("JSON is UTF-8 whatever is said", () => {
    const result = readPage("application/json; charset=iso-8859-1", utf8(json.replace("}", ',"_x":"ö"}')), source);
    assert.deepEqual("page" in result && result.page.otherMeta, { _x: "ö" });
  });
});
