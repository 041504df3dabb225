import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fields } from "@larder/core";
import { microversions } from "../src/index.ts";

const negotiate = microversions({
  service: "placement",
  oldest: "1.0",
  newest: "1.39",
  introduced: { lastModified: "1.15", limit: "1.16" },
});
const asked = (...lines: readonly string[]) =>
  negotiate(Fields.of(...lines.map((line) => ["OpenStack-API-Version", line] as const)));

describe("microversions", () => {
  const rows: readonly [says: string, lines: readonly string[], version: string, lastModified: boolean][] = [
    ["absent: the oldest", [], "1.0", false],
    ["before a feature", ["placement 1.14"], "1.14", false],
    ["the feature's own", ["placement 1.15"], "1.15", true],
    ["1.9 is before 1.15", ["placement 1.9"], "1.9", false],
    ["the newest", ["placement latest"], "1.39", true],
    ["written otherwise", ["Placement  1.015"], "1.15", true],
    ["among those of other services", ["compute 2.1, placement 1.15"], "1.15", true],
    ["on a line of its own", ["compute 2.1", "placement 1.15"], "1.15", true],
    ["only another service's", ["compute 2.1"], "1.0", false],
  ];
  for (const [says, lines, version, lastModified] of rows)
    test(says, () => {
      const result = asked(...lines);
      assert.ok(result.type === "version");
      assert.deepEqual([result.version, result.has.lastModified], [version, lastModified]);
      assert.deepEqual(result.fields, {
        "openstack-api-version": `placement ${version}`,
        vary: "openstack-api-version",
      });
    });
  for (const text of ["placement", "placement 1", "placement 1.x", "placement 1.1 2", "placement 1.1, placement 1.2"])
    test(`malformed: ${text}`, () => assert.equal(asked(text).type, "malformed"));
  for (const text of ["placement 1.40", "placement 0.9", "placement 2.0"])
    test(`not supported: ${text}`, () => assert.equal(asked(text).type, "not-supported"));
  test("a feature outside the versions is a mistake", () =>
    assert.throws(
      () => microversions({ service: "a", oldest: "1.0", newest: "1.9", introduced: { b: "1.10" } }),
      RangeError,
    ));
});
