import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { findFault, type Schema } from "../src/api/json-schema.ts";
import { repr } from "../src/api/python.ts";

const object: Schema = {
  type: "object",
  properties: { total: { type: "integer", minimum: 1 }, max_unit: { type: "integer", minimum: 1 } },
  required: ["total"],
  additionalProperties: false,
};
const patterned: Schema = {
  type: "object",
  patternProperties: { "^a+$": { type: "integer" } },
  additionalProperties: false,
};

/** The sentences of Python's jsonschema 4, as the public suite looks for them. */
const rows: readonly { value: unknown; schema: Schema; says: string | undefined }[] = [
  { value: { total: 1 }, schema: object, says: undefined },
  { value: { total: 4.0 }, schema: object, says: undefined },
  {
    value: { total: true },
    schema: object,
    says: "True is not of type 'integer'  Failed validating 'type' in schema['properties']['total']  On instance['total']:     True",
  },
  { value: { total: "4" }, schema: object, says: "'4' is not of type 'integer'" },
  { value: { total: 1.5 }, schema: object, says: "1.5 is not of type 'integer'" },
  {
    value: {},
    schema: object,
    says: "'total' is a required property  Failed validating 'required' in schema  On instance:     {}",
  },
  { value: [], schema: object, says: "[] is not of type 'object'" },
  {
    value: { total: 0 },
    schema: object,
    says: "0 is less than the minimum of 1  Failed validating 'minimum' in schema['properties']['total']",
  },
  {
    value: { total: 0, max_unit: 0 },
    schema: object,
    says: "Failed validating 'minimum' in schema['properties']['total']",
  },
  { value: { total: 1, x: 1 }, schema: object, says: "Additional properties are not allowed ('x' was unexpected)" },
  {
    value: { total: 1, y: 1, x: 1 },
    schema: object,
    says: "Additional properties are not allowed ('x', 'y' were unexpected)",
  },
  { value: { total: 0, x: 1 }, schema: object, says: "Additional properties are not allowed" },
  { value: { b: 1 }, schema: patterned, says: "'b' does not match any of the regexes: '^a+$'" },
  { value: { b: 1, c: 1 }, schema: patterned, says: "'b', 'c' do not match any of the regexes: '^a+$'" },
  { value: 3, schema: { maximum: 2 }, says: "3 is greater than the maximum of 2" },
  { value: "", schema: { minLength: 1 }, says: "'' should be non-empty" },
  { value: "abc", schema: { maxLength: 2 }, says: "'abc' is too long" },
  { value: "😀😀", schema: { maxLength: 2 }, says: undefined },
  { value: "x", schema: { pattern: "^[A-Z0-9_]+$" }, says: "'x' does not match '^[A-Z0-9_]+$'" },
  { value: "x", schema: { format: "uuid" }, says: "'x' is not a 'uuid'" },
  { value: "{00000000-0000-4000-8000-000000000001}", schema: { format: "uuid" }, says: undefined },
  { value: "urn:uuid:00000000000040008000000000000001", schema: { format: "uuid" }, says: undefined },
  { value: [], schema: { type: "array", minItems: 1 }, says: "[] should be non-empty" },
  { value: ["a", "a"], schema: { uniqueItems: true }, says: "['a', 'a'] has non-unique elements" },
  { value: {}, schema: { minProperties: 1 }, says: "{} should be non-empty" },
  { value: "bogus", schema: { enum: ["none", "isolate"] }, says: "'bogus' is not one of ['none', 'isolate']" },
  { value: "x", schema: { type: ["integer", "null"] }, says: "'x' is not of type 'integer', 'null'" },
  {
    value: "x",
    schema: { anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] },
    says: "'x' is not a 'uuid'",
  },
  {
    value: 5,
    schema: { anyOf: [{ type: "string" }, { type: "null" }] },
    says: "5 is not valid under any of the given schemas",
  },
  { value: null, schema: { anyOf: [{ type: "string" }, { type: "null" }] }, says: undefined },
  { value: "a\ud800", schema: { type: "string" }, says: "half of a surrogate pair" },
];

describe("placement:4 what is wrong in JSON", () => {
  for (const { value, schema, says } of rows)
    test(`${JSON.stringify(value)} by ${JSON.stringify(schema).slice(0, 60)}: ${says ?? "fine"}`, () => {
      const fault = findFault(value, schema);
      if (says === undefined) assert.equal(fault, undefined);
      else assert.ok(fault?.includes(says), fault ?? "nothing is wrong");
    });

  test("values are written as Python writes them", () => {
    const value = { a: [1, 1.5, true, null, "it's", 'say "it\'s"', "a\\b\n"] };
    assert.equal(repr(value), `{'a': [1, 1.5, True, None, "it's", 'say "it\\'s"', 'a\\\\b\\n']}`);
  });

  test("whatever the value, a sentence is short", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => repr(value).length < 1100));
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    assert.ok(repr(deep).length < 1100);
    assert.ok((findFault("x".repeat(1_000_000), { maxLength: 1 }) ?? "").length < 3000);
  });
});
