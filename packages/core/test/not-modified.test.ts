import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { errorFields, Fields, notModifiedFields } from "../src/index.ts";

const inBoth = ["date", "server", "set-cookie", "vary", "x-own", "content-security-policy"];
const notInErrors = [
  ...["cache-control", "cdn-cache-control", "content-location", "etag", "expires", "last-modified", "accept-ranges"],
  "surrogate-control",
];
const ofContent = [
  ...["content-type", "content-length", "content-encoding", "content-language", "content-range", "content-disposition"],
  ...["content-md5", "content-digest", "repr-digest", "digest", "transfer-encoding", "trailer"],
];
const all = Fields.fromRaw([...inBoth, ...notInErrors, ...ofContent].flatMap((name) => [name.toUpperCase(), "x"]));
const sorted = (names: Iterable<string>) => [...names].sort();

describe("9110:15.4.5 the fields of a 304 #9110:15.4.5-fields #9110:15.4.5-no-more", () => {
  test("all but those about the content", () =>
    assert.deepEqual(sorted(notModifiedFields(all).names()), sorted([...inBoth, ...notInErrors])));
  for (const name of ["cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified"])
    test(`keeps ${name}`, () => assert.equal(notModifiedFields(all).get(name), "x"));
  test("adds nothing", () => assert.deepEqual([...notModifiedFields(Fields.empty)], []));
});

test("law: a 304 has of the 200's fields those that the section names, as they were, in their order #9110:15.4.5-fields", () => {
  const named = ["cache-control", "content-location", "date", "etag", "expires", "vary"];
  const line = fc.tuple(fc.constantFrom(...named, ...ofContent, "x-own", "Set-Cookie", "ETag"), fc.string());
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const [whole, part] = [Fields.of(...lines), notModifiedFields(Fields.of(...lines))];
      for (const name of named) assert.deepEqual(part.all(name), whole.all(name));
      for (const name of ofContent) assert.equal(part.has(name), false);
    }),
  );
});

describe("9110:15.5 the fields of a 412 or 416", () => {
  test("nothing about the representation or its freshness", () =>
    assert.deepEqual(sorted(errorFields(all).names()), sorted([...inBoth, "content-length"])));
  test("no content", () => assert.equal(errorFields(all).get("content-length"), "0"));
});
