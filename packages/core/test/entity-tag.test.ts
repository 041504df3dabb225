import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type EntityTag,
  etag,
  formatEntityTag,
  ifMatch,
  ifNoneMatch,
  parseEntityTag,
  strongMatch,
  weakMatch,
} from "../src/index.ts";

const strong = (opaque: string): EntityTag => ({ weak: false, opaque });
const weak = (opaque: string): EntityTag => ({ weak: true, opaque });
/** the tag's whole alphabet, and what stands around tags in fields */
const fieldText = fc.string({
  unit: fc.constantFrom('"', "W", "w", "/", ",", " ", "\t", "*", "\\", "a", "b", "ü", "-"),
});
const etagc = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x22 && code !== 0x7f);
const validTag = fc.record(
  { weak: fc.boolean(), opaque: fc.string({ unit: etagc.map((code) => String.fromCharCode(code)) }) },
  { noNullPrototype: true },
);

describe("9110:8.8.3 reading an entity tag", () => {
  const rows: readonly [text: string, then: EntityTag | undefined][] = [
    ['"xyzzy"', strong("xyzzy")],
    ['W/"xyzzy"', weak("xyzzy")],
    ['""', strong("")],
    ['W/""', weak("")],
    ['"a,b"', strong("a,b")],
    ['"a\\"', strong("a\\")],
    ['"*"', strong("*")],
    ['"abcdefü"', strong("abcdefü")],
    // beyond the grammar, but no wrong match can come of it
    ['w/"a"', weak("a")],
    ['"a b"', strong("a b")],
    ["abc", strong("abc")],
    ["W/abc", weak("abc")],
    // what nobody can know the meaning of
    ["", undefined],
    ["*", undefined],
    ["W/", undefined],
    ['"', undefined],
    ['"abc', undefined],
    ['abc"', undefined],
    ['"abc"-gzip', undefined],
    ['"a", "b"', undefined],
    ["a, b", undefined],
    ['W"abc"', undefined],
    ['W\\"abc"', undefined],
    ['"a\x7f"', undefined],
    ['"a\tb"', undefined],
    ['"€"', undefined],
  ];
  for (const [text, then] of rows) test(JSON.stringify(text), () => assert.deepEqual(parseEntityTag(text), then));
  test("what is written is read as the same", () =>
    fc.assert(fc.property(validTag, (tag) => assert.deepEqual(parseEntityTag(formatEntityTag(tag)), tag))));
  for (const opaque of ['a"b', "a\nb", "€"])
    test(`${JSON.stringify(opaque)} can't be written`, () =>
      assert.throws(() => formatEntityTag(strong(opaque)), TypeError));
});

describe("9110:8.8.3 the ETag field", () => {
  test("absent", () => assert.equal(etag.parse([]), undefined));
  test("one", () => assert.deepEqual(etag.parse(['"a"']), strong("a")));
  test("the same twice", () => assert.deepEqual(etag.parse(['"a"', '"a"']), strong("a")));
  test("two that differ", () => assert.equal(etag.parse(['"a"', '"b"']), undefined));
});

describe("9110:13.1.1, 13.1.2 lists of entity tags", () => {
  const rows: readonly [lines: readonly string[], then: "*" | readonly EntityTag[] | undefined][] = [
    [[], undefined],
    [["*"], "*"],
    [[""], []],
    [['"a"'], [strong("a")]],
    [['"a", W/"b"'], [strong("a"), weak("b")]],
    [
      ['"a"', '"b"'],
      [strong("a"), strong("b")],
    ],
    [[',, "a" ,\t"b",'], [strong("a"), strong("b")]],
    [['"a,b", "c"'], [strong("a,b"), strong("c")]],
    [['"a" "b"'], [strong("a"), strong("b")]],
    [["a, W/b"], [strong("a"), weak("b")]],
    // "*" is no member of a list
    [['"a", *'], [strong("a")]],
    [["*", '"a"'], [strong("a")]],
    // only the member that can't be read is left out
    [['"a"-gzip, "b"'], [strong("b")]],
    [['"a"b"c,d", "e"'], [strong("e")]],
    [['"a", "b'], [strong("a")]],
  ];
  for (const parser of [ifNoneMatch, ifMatch])
    for (const [lines, then] of rows)
      test(`${parser.name}: ${JSON.stringify(lines)}`, () => assert.deepEqual(parser.parse(lines), then));
  test("a list holds the tags that were put in", () =>
    fc.assert(
      fc.property(fc.array(validTag, { minLength: 1 }), fc.constantFrom(",", ", ", " ,\t", ",,"), (tags, comma) =>
        assert.deepEqual(ifNoneMatch.parse([tags.map(formatEntityTag).join(comma)]), tags),
      ),
    ));
  test("never throws, and never reads more tags than there are words", () =>
    fc.assert(
      fc.property(fieldText, (text) => {
        const tags = ifNoneMatch.parse([text]);
        assert.ok(tags === "*" || tags!.length <= text.length);
      }),
    ));
});

describe("9110:8.8.3.2 comparison #9110:8.8.3.2-strong #9110:8.8.3.2-weak", () => {
  const rows: readonly [EntityTag, EntityTag, strong: boolean, weak: boolean][] = [
    [weak("1"), weak("1"), false, true],
    [weak("1"), weak("2"), false, false],
    [weak("1"), strong("1"), false, true],
    [strong("1"), strong("1"), true, true],
    [strong("a"), strong("A"), false, false],
  ];
  for (const [a, b, strongly, weakly] of rows)
    test(`${formatEntityTag(a)} and ${formatEntityTag(b)}`, () => {
      assert.deepEqual([strongMatch(a, b), strongMatch(b, a)], [strongly, strongly]);
      assert.deepEqual([weakMatch(a, b), weakMatch(b, a)], [weakly, weakly]);
    });
  test("a strong match is a weak match", () =>
    fc.assert(fc.property(validTag, validTag, (a, b) => !strongMatch(a, b) || weakMatch(a, b))));
});
