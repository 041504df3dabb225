import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields } from "@larder/core";
import { htmlType, jsonType, negotiate, type PageType, plainHtmlType } from "../src/index.ts";

describe("PEP 691 content negotiation", () => {
  const rows: readonly [accept: string | undefined, then: PageType | undefined][] = [
    [undefined, plainHtmlType],
    ["", plainHtmlType],
    ["*/*", plainHtmlType],
    ["text/*", plainHtmlType],
    ["application/*", htmlType],
    [jsonType, jsonType],
    [htmlType, htmlType],
    ["text/html", plainHtmlType],
    ["application/vnd.pypi.simple.latest+json", jsonType],
    ["application/vnd.pypi.simple.latest+html", htmlType],
    ["Application/Vnd.Pypi.Simple.Latest+JSON", jsonType],
    // pip
    [`${jsonType}, ${htmlType}; q=0.1, text/html; q=0.01`, jsonType],
    // uv
    [`${jsonType}, ${htmlType};q=0.2, text/html;q=0.01`, jsonType],
    // a browser
    ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", plainHtmlType],
    [`text/html, ${jsonType}`, jsonType],
    [`text/html, ${jsonType};q=0.9`, plainHtmlType],
    [`${jsonType}, */*`, jsonType],
    [`${jsonType};q=0, */*`, plainHtmlType],
    [`text/html;q=0, ${htmlType};q=0, */*;q=0.1`, jsonType],
    ["application/vnd.pypi.simple.v2+json, text/html;q=0.1", plainHtmlType],
    ["application/vnd.pypi.simple.v2+json", undefined],
    ["application/json", undefined],
    ["image/png", undefined],
    [`${jsonType};q=0`, undefined],
  ];
  for (const [accept, then] of rows)
    test(String(accept), () =>
      assert.equal(negotiate(accept === undefined ? Fields.empty : Fields.of(["Accept", accept])), then),
    );

  test("several lines are one list", () => {
    assert.equal(negotiate(Fields.of(["Accept", "text/html;q=0.1"], ["Accept", jsonType])), jsonType);
  });
  test("the query parameter goes before the field", () => {
    assert.equal(negotiate(Fields.of(["Accept", "text/html"]), jsonType), jsonType);
    assert.equal(negotiate(Fields.of(["Accept", "text/html"]), "application/vnd.pypi.simple.latest+json"), jsonType);
    assert.equal(negotiate(Fields.of(["Accept", "text/html"]), "yaml"), undefined);
    assert.equal(negotiate(Fields.of(["Accept", "text/html"]), ""), undefined);
  });
});
