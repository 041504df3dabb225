import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { acceptEncoding, normalise } from "../src/index.ts";

type Pair = readonly [name: string, a: readonly string[], b: readonly string[]];

describe("9111:4.1 request fields that mean the same", () => {
  const same: readonly Pair[] = [
    ["accept-language", ["en, de"], ["de, en"]],
    ["accept-language", ["en, de"], ["eN, De"]],
    ["accept-language", ["en, de"], [" en ,   de"]],
    ["accept-language", ["en, de"], ["en", "de"]],
    ["accept-language", ["en;q=1.0, de;q=0.50"], ["de;q=.5,en"]],
    ["accept-language", ["en, en"], ["en"]],
    ["accept-encoding", ["gzip, br"], ["br,x-gzip"]],
    ["accept-encoding", ["gzip;q=0.000"], ["gzip;q=0"]],
    ["accept", ["text/html, */*;q=0.1"], ["*/*; q=0.10,Text/HTML"]],
    ["accept", ['text/html;level="1"'], ["text/html ; LEVEL=1"]],
    ["te", ["trailers , gzip"], ["trailers,gzip"]],
    ["x-any", ["1", "2"], ["1, 2"]],
    ["x-any", ["1,2"], [" 1 ,  2 "]],
  ];
  for (const [name, a, b] of same)
    test(`${name}: ${a.join(" | ")} = ${b.join(" | ")}`, () => assert.equal(normalise(name, a), normalise(name, b)));
});

describe("9111:4.1 request fields that may mean different things #9111:4.1-vary", () => {
  const different: readonly Pair[] = [
    ["accept-encoding", [], [""]],
    ["accept-encoding", ["gzip"], []],
    ["accept-encoding", ["gzip"], ["gzip;q=0"]],
    ["accept-encoding", ["gzip"], ["gzip;q=0.9"]],
    ["accept-encoding", ["gzip"], ["gzip, br"]],
    ["accept-encoding", ["gzip"], ["gzip, ???"]],
    ["accept-encoding", ["gzip, gzip;q=0"], ["gzip;q=0, gzip"]],
    ["accept-encoding", ["gzip;q=x"], ["gzip;q=y"]],
    ["accept-language", ["en"], ["en-us"]],
    ["accept", ["*/*"], []],
    ["accept", ["text/html;level=1"], ["text/html;level=2"]],
    ["accept", ['a/b;c=","'], ["a/b;c="]],
    ["accept", ['a/b;c="x;q=0.5"'], ["a/b;c=x;q=0.5"]],
    ["te", ["a, b"], ["b, a"]],
    ["x-any", ['"a,b"'], ['"a, b"']],
    ["user-agent", ["a,b"], ["a, b"]],
    ["x-any", ["a"], ["A"]],
    ["x-any", ["1,,2"], ["1,2"]],
    ["x-any", ["1,"], ["1"]],
    ["x-any", ["", "1"], ["1"]],
    ["cookie", ["a=1; b=2"], ["b=2; a=1"]],
  ];
  for (const [name, a, b] of different)
    test(`${name}: ${a.join(" | ")} ≠ ${b.join(" | ")}`, () => assert.notEqual(normalise(name, a), normalise(name, b)));
});

test("law: preferences are equal exactly when they are the same set, however they are written", () => {
  const coding = fc.constantFrom("gzip", "br", "zstd", "identity", "*");
  const weight = fc.constantFrom("1", "0.5", "0.1", "0");
  const list = fc.uniqueArray(fc.tuple(coding, weight), { selector: ([name]) => name, maxLength: 4 });
  const write = (members: readonly (readonly [string, string])[]) => [
    members.map(([name, q]) => `${name.toUpperCase()} ;q=${q}`).join(" ,"),
  ];
  const asSet = (text: readonly string[]) =>
    new Set(acceptEncoding.parse(text)?.map(({ coding: name, weight: q }) => `${name} ${q}`));
  fc.assert(
    fc.property(list, list, fc.nat(), (a, b, turn) => {
      const turned = [...a.slice(turn % (a.length + 1)), ...a.slice(0, turn % (a.length + 1))];
      const [one, other] = [write(a), write(b)];
      assert.equal(normalise("accept-encoding", one), normalise("accept-encoding", write(turned)));
      const equal = normalise("accept-encoding", one) === normalise("accept-encoding", other);
      assert.equal(equal, asSet(one).symmetricDifference(asSet(other)).size === 0);
    }),
  );
});
