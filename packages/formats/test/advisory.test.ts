import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concernsVersion, readAdvisory } from "../src/pypi/advisory.ts";

const report = (affected: object, more: object = {}) => ({
  id: "MAL-2026-1",
  affected: [{ package: { ecosystem: "PyPI", name: "Evil_Thing" }, ...affected }],
  ...more,
});
const range = (...events: object[]) => ({ type: "ECOSYSTEM", events });

describe("OSV: which versions a report of malicious code is about", () => {
  const rows: readonly [says: string, affected: object, inIt: readonly string[], notInIt: readonly string[]][] = [
    ["all, where it names none", {}, ["0.1", "2!1", "odd"], []],
    ["those that it names", { versions: ["1.0", "v1.1.0"] }, ["1.0", "1.1.0"], ["1.1", "1.0.1", "odd"]],
    ["from the first on", { ranges: [range({ introduced: "0" })] }, ["0.1.dev1", "9"], []],
    [
      "until it was mended",
      { ranges: [range({ introduced: "1.0" }, { fixed: "1.2" })] },
      ["1.0", "1.2rc1"],
      ["0.9", "1.2"],
    ],
    [
      "up to the last one",
      { ranges: [range({ introduced: "1.0" }, { last_affected: "1.2" })] },
      ["1.2"],
      ["1.2.1", "1.2.post1"],
    ],
    [
      "twice, in whatever order",
      { ranges: [range({ fixed: "2.0" }, { introduced: "3.0" }, { introduced: "1.0" }, { fixed: "4.0" })] },
      ["1.5", "3.5"],
      ["2.5", "4.0"],
    ],
    [
      "in one of two ranges",
      { ranges: [range({ introduced: "1" }, { fixed: "2" }), range({ introduced: "5" })] },
      ["1", "6"],
      ["3"],
    ],
    [
      "by name or by range",
      { versions: ["9"], ranges: [range({ introduced: "1" }, { fixed: "2" })] },
      ["9", "1"],
      ["3"],
    ],
    ["what is no version may be in a range", { ranges: [range({ introduced: "1" })] }, ["odd"], []],
    ["a range that can't be read holds all", { ranges: [range({ introduced: "x.y" })] }, ["1", "odd"], []],
    [
      "commits say nothing of versions, so all",
      { ranges: [{ type: "GIT", events: [{ introduced: "0" }] }] },
      ["1"],
      [],
    ],
    ["commits beside versions don't count", { versions: ["1"], ranges: [{ type: "GIT", events: [] }] }, ["1"], ["2"]],
  ];
  for (const [says, affected, inIt, notInIt] of rows)
    test(says, () => {
      const [[name, advisory]] = readAdvisory(report(affected)) as [[string, never]];
      assert.equal(name, "evil-thing");
      assert.deepEqual(
        [...inIt, ...notInIt].map((version) => [version, concernsVersion(advisory, version)]),
        [...inIt.map((version) => [version, true]), ...notInIt.map((version) => [version, false])],
      );
    });
  test("a file without a version is in what names versions, too", () => {
    const [[, advisory]] = readAdvisory(report({ versions: ["1"] })) as [[string, never]];
    assert.equal(concernsVersion(advisory, undefined), true);
  });
});

describe("OSV: what is no report of malicious code in a project of PyPI's", () => {
  const rows: readonly [says: string, report: unknown][] = [
    ["another kind", report({}, { id: "GHSA-1" })],
    ["one that was withdrawn", report({}, { withdrawn: "2026-01-01T00:00:00Z" })],
    ["another ecosystem", { ...report({}), affected: [{ package: { ecosystem: "npm", name: "evil" } }] }],
    ["a name that can't be", { ...report({}), affected: [{ package: { ecosystem: "PyPI", name: "a b" } }] }],
    ["no package", { ...report({}), affected: [{}, 5, null] }],
    ["nothing affected", { id: "MAL-1" }],
    ["text", "MAL-1"],
    ["null", null],
  ];
  for (const [says, report] of rows) test(says, () => assert.deepEqual(readAdvisory(report), []));
});
