import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { age, connection, contentLength, type FieldParser, pragmaNoCache, vary } from "../src/index.ts";

type Row<T> = readonly [lines: readonly string[], then: T];

function rows<T>(parser: FieldParser<T>, table: readonly Row<T>[]): void {
  for (const [lines, then] of table)
    test(`${JSON.stringify(lines)} is ${JSON.stringify(then)}`, () => assert.deepEqual(parser.parse(lines), then));
}

describe("9110:12.5.5 Vary", () =>
  rows(vary, [
    [[], []],
    [[""], []],
    [["Accept"], ["accept"]],
    [["b, A,, a"], ["a", "b"]],
    [
      ["Accept", "accept-encoding, ACCEPT"],
      ["accept", "accept-encoding"],
    ],
    [["*"], "*"],
    [["*, *"], "*"],
    [["*", "*"], "*"],
    [["", "*"], "*"],
    [["Foo, *"], "*"],
    [["*, Foo"], "*"],
    [["a b"], "*"],
    [['"accept"'], "*"],
    [["accept;q=1"], "*"],
    [["acc\u00e9pt"], "*"],
  ]));

const cap = 2 ** 31;
describe("9111:5.1 Age: the first member counts #9111:5.1-first", () =>
  rows(age, [
    [[], undefined],
    [["0"], 0],
    [["007"], 7],
    [["7200,0"], 7200],
    [["0,7200"], 0],
    [["2147483648"], cap],
    [["99999999999999999999"], cap],
  ]));

describe("9111:5.1 of a list the first Age counts; one that can't be read is ignored #9111:5.1-invalid", () =>
  rows(age, [
    [["abc"], undefined],
    [["-7200"], undefined],
    [["7200.0"], undefined],
    [["7200;foo=bar"], undefined],
    [["7200 0"], undefined],
    [["0, 7200"], 0],
    [["0", "7200"], 0],
    [["7200", "0"], 7200],
    [["abc, 7200"], undefined],
    [[""], undefined],
  ]));

describe("9111:5.4 Pragma", () =>
  rows(pragmaNoCache, [
    [[], false],
    [["no-cache"], true],
    [["x, No-Cache"], true],
    [["x", "no-cache=1"], true],
    [["x"], false],
    [['"no-cache"'], false],
    [["no-cache-not"], false],
  ]));

describe("9110:7.6.1 Connection", () =>
  rows(connection, [
    [[], []],
    [["close"], ["close"]],
    [
      ["Keep-Alive, X-Hop", "te"],
      ["keep-alive", "x-hop", "te"],
    ],
    [["a b, c"], ["c"]],
  ]));

describe("9110:8.6 Content-Length", () =>
  rows(contentLength, [
    [[], undefined],
    [["0"], 0],
    [["42"], 42],
    [["42, 42"], 42],
    [["42", "42"], 42],
    [["42", "43"], "invalid"],
    [["42, 43"], "invalid"],
    [["42, 042"], "invalid"],
    [[""], "invalid"],
    [["-1"], "invalid"],
    [["+1"], "invalid"],
    [["1.0"], "invalid"],
    [["0x1"], "invalid"],
    [["9007199254740991"], 9007199254740991],
    [["9007199254740992"], "invalid"],
    [["9".repeat(400)], "invalid"],
  ]));
