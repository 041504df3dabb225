import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type BareItem,
  type Dictionary,
  type Item,
  type List,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  serializeList,
} from "../src/index.ts";

const bare = (item: BareItem): Item => ({ item, parameters: new Map() });
const yes: BareItem = { type: "boolean", value: true };
const integer = (value: number): BareItem => ({ type: "integer", value });
const token = (value: string): BareItem => ({ type: "token", value });

describe("9651:4.2.3 items: what is read, and how it is written", () => {
  const rows: readonly (readonly [text: string, item: BareItem, written?: string])[] = [
    ["42", integer(42)],
    [" 0042 ", integer(42), "42"],
    ["-0", integer(0), "0"],
    ["-999999999999999", integer(-999_999_999_999_999)],
    ["1.5", { type: "decimal", value: 1.5 }],
    ["1.0", { type: "decimal", value: 1 }],
    ["-0.120", { type: "decimal", value: -0.12 }, "-0.12"],
    ["123456789012.123", { type: "decimal", value: 123456789012.123 }],
    ['""', { type: "string", value: "" }],
    ['"a \\"b\\\\"', { type: "string", value: 'a "b\\' }],
    ["uri-miss", token("uri-miss")],
    ["*a/b:c", token("*a/b:c")],
    [":aGVsbG8=:", { type: "bytes", value: new TextEncoder().encode("hello") }],
    [":aGVsbG8:", { type: "bytes", value: new TextEncoder().encode("hello") }, ":aGVsbG8=:"],
    ["::", { type: "bytes", value: new Uint8Array() }],
    ["?1", yes],
    ["?0", { type: "boolean", value: false }],
    ["@1659578233", { type: "date", value: 1659578233 }],
    ["@-1", { type: "date", value: -1 }],
    ['%"f%c3%bc 100%25"', { type: "display-string", value: "fü 100%" }],
  ];
  for (const [text, item, written = text.trim()] of rows) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(parseItem([text]), bare(item));
      assert.equal(serializeItem(bare(item)), written);
    });
  }
});

describe("9651:4.2 what is wrong is refused whole", () => {
  const items = [
    ...[
      "",
      "é",
      "1, 2",
      "1 2",
      "a b",
      "\ta",
      "1.",
      ".1",
      "1.2345",
      "1234567890123.1",
      "1234567890123456",
      "--1",
      "1.2.3",
    ],
    ...[
      '"a',
      'a"',
      '"a"b',
      '"\\a"',
      '"é"',
      '"\n"',
      "'a'",
      "?2",
      "?",
      "?1?",
      ":a",
      ":a b:",
      ":a:",
      ":aG=:",
      ":=a:",
      ":aGk==:",
    ],
    ...[
      "@",
      "@1.5",
      "@a",
      "%",
      '%"a',
      '%"%C3"',
      '%"%f"',
      '%"%ff"',
      '%"é"',
      "a;",
      "a;1",
      "a;B=1",
      "a;b=",
      "a; =1",
      "a ;b",
    ],
  ];
  for (const text of items) test(`item ${JSON.stringify(text)}`, () => assert.equal(parseItem([text]), undefined));
  test("no item at all", () => assert.equal(parseItem([]), undefined));
  const lists = ["a,", ",a", "a,,b", "a b", "(a", "(a,b)", "(a)b", "((a))", '(a"b")', "a;b,;c"];
  for (const text of lists) test(`list ${JSON.stringify(text)}`, () => assert.equal(parseList([text]), undefined));
  const dictionaries = ["a=", "A=1", "a=1,", "a=1 b=2", "a =1", "a= 1", "=1", "1=a", 'a="'];
  for (const text of dictionaries)
    test(`dictionary ${JSON.stringify(text)}`, () => assert.equal(parseDictionary([text]), undefined));
});

describe("9651:4.2.1, 9651:4.2.2 lists and dictionaries", () => {
  test("a list, over lines, with inner lists and parameters", () => {
    const list = parseList(['a;q=1 ,\t( "b"  c;x );y', "1"]);
    assert.deepEqual(list, [
      { item: token("a"), parameters: new Map([["q", integer(1)]]) },
      {
        items: [bare({ type: "string", value: "b" }), { item: token("c"), parameters: new Map([["x", yes]]) }],
        parameters: new Map([["y", yes]]),
      },
      bare(integer(1)),
    ] satisfies List);
    assert.equal(serializeList(list ?? []), 'a;q=1, ("b" c;x);y, 1');
  });
  test("a dictionary; the last of equal keys counts, in the first one's place", () => {
    const dictionary = parseDictionary(["a=1, b;x=1;x=2", "a=?0, *c=()"]);
    assert.deepEqual(
      [...(dictionary ?? [])],
      [
        ["a", bare({ type: "boolean", value: false })],
        ["b", { item: yes, parameters: new Map([["x", integer(2)]]) }],
        ["*c", { items: [], parameters: new Map() }],
      ],
    );
    assert.equal(serializeDictionary(dictionary ?? new Map()), "a=?0, b;x=2, *c=()");
  });
  test("nothing is an empty one", () => {
    assert.deepEqual(parseList([]), []);
    assert.deepEqual(parseList(["  "]), []);
    assert.deepEqual(parseDictionary([]), new Map());
    assert.equal(serializeList([]), "");
  });
});

describe("9651:4.1 what can't be written", () => {
  const items: readonly BareItem[] = [
    integer(1e15),
    integer(0.5),
    integer(Number.NaN),
    { type: "decimal", value: 1e12 },
    { type: "decimal", value: Number.POSITIVE_INFINITY },
    { type: "string", value: "ü" },
    { type: "string", value: "\n" },
    token(""),
    token("1a"),
    token("a b"),
    { type: "date", value: 0.5 },
    { type: "display-string", value: "\ud800" },
  ];
  for (const item of items) {
    test(`${item.type} ${JSON.stringify(item.value)}`, () => {
      assert.equal(serializeItem(bare(item)), undefined);
      assert.equal(serializeList([{ items: [bare(item)], parameters: new Map() }]), undefined);
      assert.equal(serializeItem({ item: yes, parameters: new Map([["a", item]]) }), undefined);
    });
  }
  test("keys", () => {
    assert.equal(serializeDictionary(new Map([["A", bare(yes)]])), undefined);
    assert.equal(serializeItem({ item: yes, parameters: new Map([["", yes]]) }), undefined);
  });
  test("decimals are rounded to three digits, a half to the even one", () => {
    const write = (value: number) => serializeItem(bare({ type: "decimal", value }));
    assert.deepEqual([0.0625, 0.0635, 1.0005, -0.0004, 12.3456].map(write), ["0.062", "0.064", "1.0", "0.0", "12.346"]);
  });
});

describe("law: what was written is read as it was", () => {
  const plain = { noNullPrototype: true };
  const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,6}$/);
  const bareItem: fc.Arbitrary<BareItem> = fc.oneof(
    fc.record({ type: fc.constant("integer" as const), value: fc.integer() }, plain),
    fc.record({ type: fc.constant("decimal" as const), value: fc.integer().map((n) => n / 1000) }, plain),
    fc.record({ type: fc.constant("string" as const), value: fc.stringMatching(/^[ -~]{0,8}$/) }, plain),
    fc.record(
      { type: fc.constant("token" as const), value: fc.stringMatching(/^[A-Za-z*][A-Za-z0-9:/!#.*-]{0,6}$/) },
      plain,
    ),
    fc.record(
      {
        type: fc.constant("bytes" as const),
        value: fc.uint8Array({ maxLength: 8 }).map((b) => Uint8Array.from(b)),
      },
      plain,
    ),
    fc.record({ type: fc.constant("boolean" as const), value: fc.boolean() }, plain),
    fc.record({ type: fc.constant("date" as const), value: fc.integer() }, plain),
    fc.record({ type: fc.constant("display-string" as const), value: fc.string({ unit: "grapheme" }) }, plain),
  );
  const parameters = fc.array(fc.tuple(key, bareItem), { maxLength: 3 }).map((entries) => new Map(entries));
  const item: fc.Arbitrary<Item> = fc.record({ item: bareItem, parameters }, plain);
  const member = fc.oneof(item, fc.record({ items: fc.array(item, { maxLength: 3 }), parameters }, plain));
  const list: fc.Arbitrary<List> = fc.array(member, { maxLength: 4 });
  const dictionary: fc.Arbitrary<Dictionary> = fc
    .array(fc.tuple(key, member), { maxLength: 4 })
    .map((entries) => new Map(entries));

  test("items", () =>
    fc.assert(fc.property(item, (value) => assert.deepEqual(parseItem([serializeItem(value)!]), value))));
  test("lists", () =>
    fc.assert(fc.property(list, (value) => assert.deepEqual(parseList([serializeList(value)!]), value))));
  test("dictionaries, with their order", () =>
    fc.assert(
      fc.property(dictionary, (value) =>
        assert.deepEqual([...parseDictionary([serializeDictionary(value)!])!], [...value]),
      ),
    ));
});
