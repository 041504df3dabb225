import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isToken,
  parsePair,
  parseParameters,
  splitList,
  splitOutsideQuotes,
  tokenOrQuoted,
  trimWhiteSpace,
} from "../src/index.ts";

describe("9110:5.6.1 lists", () => {
  const rows: readonly (readonly [says: string, lines: string[], members: string[]])[] = [
    ["no line", [], []],
    ["an empty line", [""], []],
    ["one member", ["a"], ["a"]],
    ["white space around members goes", [" a \t,\tb "], ["a", "b"]],
    ["empty members go", [",a,, ,b,"], ["a", "b"]],
    ["lines are one list", ["a, b", "", "c"], ["a", "b", "c"]],
    ["a comma in a quoted string", ['a="x, y", b'], ['a="x, y"', "b"]],
    ["an escaped quote doesn't end the string", ['a="x\\", y", b'], ['a="x\\", y"', "b"]],
    ["an escaped backslash does not escape the quote", ['a="x\\\\", b'], ['a="x\\\\"', "b"]],
    ["a quote that is never closed hides nothing", ['a="x, b, c'], ['a="x', "b", "c"]],
    ["closed ones before it still hold", ['a="x, y", b="z, c'], ['a="x, y"', 'b="z', "c"]],
    ["nor does it when the end is escaped", ['a="x\\", b'], ['a="x\\"', "b"]],
    ["a quote left open ends with its line", ['a="x', 'b="y, z"'], ['a="x', 'b="y, z"']],
    ["other white space is part of a member", ["\u00a0a\u00a0, b\u2028"], ["\u00a0a\u00a0", "b\u2028"]],
  ];
  for (const [says, lines, members] of rows) test(says, () => assert.deepEqual(splitList(lines), members));
  test("the same for other separators", () =>
    assert.deepEqual(splitOutsideQuotes('a; b="c;d" ;;e', ";"), ["a", 'b="c;d"', "e"]));
});

describe("9110:5.6.2 tokens, 9110:5.6.3 white space, 9110:5.6.4 quoted strings", () => {
  test("tokens", () => {
    for (const yes of ["a", "!#$%&'*+-.^_`|~09AZaz"]) assert.ok(isToken(yes), yes);
    for (const no of ["", " ", "a b", "a,", 'a"', "(", "a:", "a/b", "é", "a\n"]) assert.ok(!isToken(no), no);
  });
  test("only spaces and tabs are white space", () => assert.equal(trimWhiteSpace("\t \u00a0a\n \t"), "\u00a0a\n"));
  const rows: readonly (readonly [text: string, value: string | undefined])[] = [
    ["token", "token"],
    ['""', ""],
    ['"a b"', "a b"],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['"\\a"', "a"],
    ['"é"', "é"],
    ["", undefined],
    ['"', undefined],
    ['"a', undefined],
    ['a"', undefined],
    ['"a"b', undefined],
    ['"a"b"', undefined],
    ['"a\\"', undefined],
    ['"a\u0000"', undefined],
    ['"a\\\n"', undefined],
    ["a b", undefined],
  ];
  for (const [text, value] of rows)
    test(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => assert.equal(tokenOrQuoted(text), value));
});

describe("9110:5.6.6 parameters, and directives", () => {
  const pairs: readonly (readonly [
    text: string,
    name: string | undefined,
    value?: string | undefined,
    wellFormed?: boolean,
  ])[] = [
    ["No-Store", "no-store", undefined, true],
    ["max-age=1", "max-age", "1", true],
    ['max-age="1"', "max-age", "1", true],
    ["max-age =1", "max-age", undefined, false],
    ["max-age= 1", "max-age", undefined, false],
    ["max-age=", "max-age", undefined, false],
    ["max-age;x", "max-age", undefined, false],
    ["a=b=c", "a", undefined, false],
    ["=1", undefined],
    ['"max-age"=1', undefined],
    ["", undefined],
  ];
  for (const [text, name, value, wellFormed] of pairs) {
    test(`${JSON.stringify(text)}`, () =>
      assert.deepEqual(parsePair(text), name === undefined ? undefined : { name, value, wellFormed }));
  }
  const parameters: readonly (readonly [member: string, then: unknown])[] = [
    ["text/html", { item: "text/html", parameters: [] }],
    [
      "text/html ; Level=1;q=0.5",
      {
        item: "text/html",
        parameters: [
          ["level", "1"],
          ["q", "0.5"],
        ],
      },
    ],
    ['a;b="c;d"', { item: "a", parameters: [["b", "c;d"]] }],
    ["a;;b=1;", { item: "a", parameters: [["b", "1"]] }],
    ["a;b", undefined],
    ["a;b =1", undefined],
    [";b=1", undefined],
    ["", undefined],
  ];
  for (const [member, then] of parameters)
    test(`${JSON.stringify(member)}`, () => assert.deepEqual(parseParameters(member), then));
});
