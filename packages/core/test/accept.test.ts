import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accept, acceptEncoding, acceptLanguage, preferredCoding, preferredMediaType } from "../src/index.ts";

const lines = (value: string | undefined) => (value === undefined ? [] : [value]);

describe("9110:12.5.1 Accept", () => {
  test("ranges, parameters and weights, in order", () =>
    assert.deepEqual(accept.parse(["Text/*;q=0.3, text/HTML;Level=1;q=0.7", "*/*;q=0.001"]), [
      { type: "text", subtype: "*", parameters: [], weight: 0.3 },
      { type: "text", subtype: "html", parameters: [["level", "1"]], weight: 0.7 },
      { type: "*", subtype: "*", parameters: [], weight: 0.001 },
    ]));
  test("q is the weight wherever it stands #9110:12.5.1-q-anywhere", () =>
    assert.deepEqual(accept.parse(["a/b;q=0.5;x=1"]), [
      { type: "a", subtype: "b", parameters: [["x", "1"]], weight: 0.5 },
    ]));
  test("what can't be read is left out", () =>
    assert.deepEqual(
      accept.parse(["text, */html, a/b/c, a/, /b, a/b;x, a/b;q=2, a/b;q=-1, a/b;q=, a/b;q=1;q=1, a b/c, ok/ok"]),
      [{ type: "ok", subtype: "ok", parameters: [], weight: 1 }],
    ));
  test("absent", () => assert.equal(accept.parse([]), undefined));

  const simple = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.1, text/html;q=0.01";
  const json = "application/vnd.pypi.simple.v1+json";
  const html = "application/vnd.pypi.simple.v1+html";
  const table: readonly (readonly [
    says: string,
    value: string | undefined,
    offered: string[],
    then: string | undefined,
  ])[] = [
    ["nothing asked for: the first", undefined, ["text/html", json], "text/html"],
    ["an empty field asks for nothing", "", ["text/html", json], "text/html"],
    ["the greatest weight", simple, ["text/html", html, json], json],
    ["of what is offered", simple, ["text/html", html], html],
    ["none acceptable", "image/png", ["text/html"], undefined],
    ["nothing offered", "*/*", [], undefined],
    ["q=0 is not acceptable", "text/html;q=0, */*", ["text/html"], undefined],
    ["the most specific range counts", "text/*, text/html;q=0.1, */*;q=0.5", ["text/html", "a/b"], "a/b"],
    [
      "a parameter makes it more specific",
      "text/html;level=1, text/html;q=0.1",
      ["text/html;level=1"],
      "text/html;level=1",
    ],
    ["a range with a parameter takes no type without", "text/html;level=1", ["text/html"], undefined],
    ["another parameter with that value", "text/html;level=1", ["text/html;x=1"], undefined],
    ["that parameter with another value", "text/html;level=1", ["text/html;level=2"], undefined],
    [
      "parameter values have no case",
      "text/html;charset=UTF-8",
      ['text/html; charset="utf-8"'],
      'text/html; charset="utf-8"',
    ],
    ["equals: the first offered", "a/b, c/d", ["c/d", "a/b"], "c/d"],
    ["case", "TEXT/HTML", ["text/html"], "text/html"],
    ["nothing readable counts as nothing asked for", "???", ["text/html"], "text/html"],
  ];
  for (const [says, value, offered, then] of table)
    test(says, () => assert.equal(preferredMediaType(accept.parse(lines(value)), offered), then));
});

describe("9110:12.5.3 Accept-Encoding", () => {
  test("codings and weights, in order; x-gzip is gzip", () =>
    assert.deepEqual(acceptEncoding.parse(["X-GZIP;q=0.50, br, *;q=0, a/b, gzip;level=9"]), [
      { coding: "gzip", weight: 0.5 },
      { coding: "br", weight: 1 },
      { coding: "*", weight: 0 },
    ]));
  const all = ["br", "gzip", "identity"];
  const table: readonly (readonly [
    says: string,
    value: string | undefined,
    offered: string[],
    then: string | undefined,
  ])[] = [
    ["absent: identity", undefined, all, "identity"],
    ["absent, and no identity to give: any", undefined, ["gzip"], "gzip"],
    ["empty: only identity", "", all, "identity"],
    ["empty, and no identity to give", "", ["gzip"], undefined],
    ["equals: the first offered", "gzip, br", all, "br"],
    ["the greatest weight", "gzip, br;q=0.9", all, "gzip"],
    ["identity that nobody mentioned comes last", "gzip;q=0.001", all, "gzip"],
    ["what isn't listed isn't acceptable: no coding #9110:12.5.3-identity", "zstd", all, "identity"],
    ["* stands for all that isn't listed", "*;q=0.5, br;q=0", ["br", "gzip", "identity"], "gzip"],
    ["* with 0 forbids identity too #9110:12.5.3-identity", "*;q=0", all, undefined],
    ["identity with 0", "identity;q=0, gzip", ["identity", "gzip"], "gzip"],
    ["identity with 0, nothing else", "identity;q=0", all, undefined],
    ["identity named beside * with 0", "identity, *;q=0", all, "identity"],
    ["preferring identity", "identity, gzip;q=0.5", ["gzip", "identity"], "identity"],
    ["x-gzip", "x-gzip", ["br", "gzip"], "gzip"],
    ["a weight that can't be read is no wish", "gzip;q=yes", all, "identity"],
  ];
  for (const [says, value, offered, then] of table)
    test(says, () => assert.equal(preferredCoding(acceptEncoding.parse(lines(value)), offered), then));
});

describe("9110:12.4.2 weights", () => {
  const table: readonly (readonly [text: string, weight: number | undefined])[] = [
    ["1", 1],
    ["1.", 1],
    ["1.000", 1],
    ["0", 0],
    ["0.", 0],
    ["0.5", 0.5],
    [".5", 0.5],
    ["0.3333", 0.3333],
    ["1.001", undefined],
    ["2", undefined],
    ["-0", undefined],
    ["00.5", undefined],
    ["", undefined],
    ["1e-1", undefined],
  ];
  for (const [text, weight] of table) {
    test(`q=${text}`, () =>
      assert.deepEqual(acceptLanguage.parse([`de;q=${text}`]), weight === undefined ? [] : [{ range: "de", weight }]));
  }
});

test("9110:12.5.4 Accept-Language: ranges and weights, in order", () => {
  assert.deepEqual(acceptLanguage.parse(["de-CH;q=0.8, en, *;q=0.1, x_y, toolonglanguage, de;x=1"]), [
    { range: "de-ch", weight: 0.8 },
    { range: "en", weight: 1 },
    { range: "*", weight: 0.1 },
  ]);
  assert.equal(acceptLanguage.parse([]), undefined);
});
