import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sameVarying, select, varyingMatches, varyingOf } from "../src/index.ts";
import { ago, contextWith, fields, get, type Lines, response, shared, stored } from "./given.ts";

describe("9111:4.1 a stored response fits a request #9111:4-vary #9111:4.1-vary #9110:12.5.5-vary", () => {
  const rows: readonly (readonly [says: string, vary: string | undefined, asked: Lines, asks: Lines, fits: boolean])[] =
    [
      ["no Vary: any request", undefined, { foo: "1" }, { foo: "2" }, true],
      ["the same value", "Foo", { foo: "1" }, { foo: "1" }, true],
      ["another value", "Foo", { foo: "1" }, { foo: "2" }, false],
      ["fields that aren't named", "Foo", { foo: "1", bar: "1" }, { foo: "1", bar: "2" }, true],
      ["one of several differs", "Foo, Bar", { foo: "1", bar: "1" }, { foo: "1", bar: "2" }, false],
      ["absent then and now #9111:4.1-absent", "Foo", {}, {}, true],
      ["absent then #9111:4.1-absent", "Foo", {}, { foo: "1" }, false],
      ["absent now #9111:4.1-absent", "Foo", { foo: "1" }, {}, false],
      ["empty is not absent #9111:4.1-absent", "Foo", { foo: "" }, {}, false],
      ["lines combined", "Foo", { foo: "1, 2" }, { foo: ["1", "2"] }, true],
      ["what means the same", "Accept-Language", { "accept-language": "en, de" }, { "accept-language": "DE,en" }, true],
      ["order that counts", "Foo", { foo: "1, 2" }, { foo: "2, 1" }, false],
      ["Cookie of another user", "Cookie", { cookie: "u=1" }, { cookie: "u=2" }, false],
      ["Authorization of another user", "Authorization", { authorization: "a" }, { authorization: "b" }, false],
    ];
  for (const [says, vary, asked, asks, fits] of rows) {
    test(says, () => {
      const varying = varyingOf(get(asked), response(vary === undefined ? {} : { vary }), shared.policy);
      assert.equal(varyingMatches(varying, get(asks)), fits);
    });
  }
  test("a policy that ignores Vary", () => {
    const { policy } = contextWith({ vary: "ignore" });
    assert.deepEqual(varyingOf(get({ foo: "1" }), response({ vary: "foo" }), policy), []);
  });
});

describe("9111:4 of several the newest #9111:4-newest", () => {
  const older = stored({ date: ago(20) });
  const newer = stored({ date: ago(10) });
  const undated = stored({ date: "?" }, { secondsAgo: 15 });
  const chosen = (...all: Parameters<typeof select>[1]) => select(get(), all);
  test("by Date", () => {
    assert.deepEqual(chosen(older, newer), { type: "selected", stored: newer });
    assert.deepEqual(chosen(newer, older), { type: "selected", stored: newer });
  });
  test("the time of receipt stands in for a Date that can't be read", () => {
    assert.deepEqual(chosen(older, undated), { type: "selected", stored: undated });
    assert.deepEqual(chosen(undated, newer), { type: "selected", stored: newer });
  });
  test("of one second the first in the store's order, newest first", () =>
    assert.deepEqual(chosen(newer, stored({ date: ago(10) })), { type: "selected", stored: newer }));
  test("only of those that match", () => {
    const other = stored({ date: ago(0), vary: "foo" }, { asked: { foo: "1" } });
    assert.deepEqual(chosen(older, other), { type: "selected", stored: older });
  });
  test("one with Vary before a newer one without #9111:4.1-without-vary", () => {
    const french = stored({ date: ago(10), vary: "accept-language" }, { asked: { "accept-language": "fr" } });
    const standard = stored({ date: ago(5) });
    const ask = (language: string) => select(get({ "accept-language": language }), [standard, french]);
    assert.deepEqual(ask("fr"), { type: "selected", stored: french });
    assert.deepEqual(ask("de"), { type: "selected", stored: standard });
  });
});

describe("9111:4.1 the language that is wanted most (ours)", () => {
  const german = stored(
    { date: ago(10), vary: "accept-language", "content-language": "de" },
    { asked: { "accept-language": "en, de" } },
  );
  const rows: readonly (readonly [asks: string, then: boolean])[] = [
    ["de", true],
    ["fr;q=0.5, de", true],
    ["DE;q=0.3, fr;q=0.1", true],
    ["fr, de", false],
    ["fr, de;q=0.9", false],
    ["de-AT", false],
    ["*", false],
    ["de;q=0", false],
  ];
  for (const [asks, then] of rows)
    test(`${asks}: ${then}`, () =>
      assert.equal(select(get({ "accept-language": asks }), [german]).type === "selected", then));
});

test("9211:2.2 why there is none", () => {
  assert.deepEqual(select(get(), []), { type: "none", because: "uri-miss" });
  const other = stored({ vary: "foo" }, { asked: { foo: "1" } });
  assert.deepEqual(select(get(), [other]), { type: "none", because: "vary-miss" });
});

test("responses that answer the same requests", () => {
  assert.ok(sameVarying([["a", "1"]], [["a", "1"]]));
  assert.ok(!sameVarying([["a", "1"]], [["a", undefined]]));
  assert.ok(!sameVarying([["a", "1"]], [["b", "1"]]));
  assert.ok(!sameVarying([["a", "1"]], []));
});

test("law: what is selected matches the request in every field that its Vary names #9111:4.1-vary", () => {
  const value = fc.constantFrom("1", "2", "");
  const asking = fc.dictionary(fc.constantFrom("foo", "bar"), value, { maxKeys: 2, noNullPrototype: true });
  const vary = fc.constantFrom("", "foo", "bar", "foo, bar");
  const kept = fc.tuple(asking, vary, fc.nat(99));
  fc.assert(
    fc.property(asking, fc.array(kept, { maxLength: 4 }), (asks, all) => {
      const candidates = all.map(([asked, names, old]) => stored({ vary: names, date: ago(old) }, { asked }));
      const asked = new Map(candidates.map((one, i) => [one, fields(all[i]![0])]));
      const selection = select(get(asks), candidates);
      const fits = (one: (typeof candidates)[number]) =>
        (one.fields.get("vary") ?? "")
          .split(", ")
          .every((name) => name === "" || asked.get(one)?.get(name) === fields(asks).get(name));
      if (selection.type === "selected") assert.ok(fits(selection.stored));
      else assert.ok(!candidates.some(fits));
    }),
  );
});
