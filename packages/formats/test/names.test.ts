import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { distributionVersion, isDistribution } from "../src/pypi/file-name.ts";
import { isLike, isProjectName, normalizeName } from "../src/pypi/names.ts";
import { normalizeVersion, sortVersions } from "../src/pypi/versions.ts";

describe("PEP 503 normalised names", () => {
  const rows: readonly [name: string, normal: string][] = [
    ["requests", "requests"],
    ["Friendly-Bard", "friendly-bard"],
    ["FRIENDLY.BARD", "friendly-bard"],
    ["friendly_bard", "friendly-bard"],
    ["friendly--bard", "friendly-bard"],
    ["FrIeNdLy-._.-bArD", "friendly-bard"],
    ["zope.interface", "zope-interface"],
  ];
  for (const [name, normal] of rows) test(name, () => assert.equal(normalizeName(name), normal));

  test("a second time changes nothing", () => {
    fc.assert(fc.property(fc.string(), (name) => normalizeName(normalizeName(name)) === normalizeName(name)));
  });
});

describe("PEP 508 names", () => {
  for (const name of ["a", "A1", "zope.interface", "a-_.b", "7zip"]) test(name, () => assert.ok(isProjectName(name)));
  for (const name of ["", "-a", "a-", "_", ".", "..", "a b", "a/b", "ä", "a\n", "a%2fb", "a~b", "~foo"])
    test(JSON.stringify(name), () => assert.ok(!isProjectName(name)));
});

describe("patterns of names", () => {
  const rows: readonly [pattern: string, name: string, like: boolean][] = [
    ["acme", "acme", true],
    ["acme", "acme-x", false],
    ["acme*", "acme", true],
    ["acme-*", "acme", false],
    ["*", "", true],
    ["a*b", "ab", true],
    ["a*a", "a", false],
    ["a*b*c", "a-c-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["*aab*", "aaab", true],
    ["a.c", "abc", false],
  ];
  for (const [pattern, name, like] of rows)
    test(`${pattern} and ${name || "nothing"}`, () => assert.equal(isLike(pattern, name), like));
});

describe("PEP 427, 625 the version in a file name", () => {
  const rows: readonly [file: string, project: string, version: string | undefined][] = [
    ["foo-1.0-py3-none-any.whl", "foo", "1.0"],
    ["foo-1.0-1-py3-none-any.whl", "foo", "1.0"],
    ["Foo_Bar-1.0+cu118-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "foo-bar", "1.0+cu118"],
    ["foo-1.0-py3-none.whl", "foo", undefined],
    ["foo-1.0-1-2-py3-none-any.whl", "foo", undefined],
    ["foo_bar-1.0-py3-none-any.whl", "foo", undefined],
    ["foo--py3-none-any.whl", "foo", undefined],
    ["foo-1.0.tar.gz", "foo", "1.0"],
    ["foo_bar-1.0.tar.gz", "foo-bar", "1.0"],
    ["foo-bar-1.0.tar.gz", "foo-bar", "1.0"],
    ["foo-bar-1.0.tar.gz", "foo", "bar-1.0"],
    ["foo.bar-1.0-beta-1.zip", "foo-bar", "1.0-beta-1"],
    ["foo-1.0.tar.bz2", "foo", "1.0"],
    ["foo-1.0.TGZ", "foo", "1.0"],
    ["foo-1.0-py2.7.egg", "foo", "1.0"],
    ["foo-1.0-py2.7-linux-x86_64.egg", "foo", "1.0"],
    ["foo-1.0.win32.exe", "foo", "1.0"],
    ["foo-1.0.win-amd64-py2.7.exe", "foo", "1.0"],
    ["foo-1.0.win32-py2.7.msi", "foo", "1.0"],
    ["foo-.tar.gz", "foo", undefined],
    ["foo.tar.gz", "foo", undefined],
    ["foo-1.0.txt", "foo", undefined],
    ["", "foo", undefined],
  ];
  for (const [file, project, version] of rows)
    test(`${file} of ${project}`, () => assert.equal(distributionVersion(file, project), version));

  test("what is no distribution", () => {
    for (const name of ["foo-1.0.tar.gz.asc", "foo-1.0.whl.metadata", "index.html", "foo", "tar.gz"])
      assert.ok(!isDistribution(name), name);
  });
});

describe("PEP 440 order and normal form", () => {
  test("sorted, once each, what is no version first", () => {
    const sorted = [
      "2004d",
      "not a version",
      "1.0.dev1",
      "1.0a1",
      "1.0a1.post1",
      "1.0rc1",
      "1.0",
      "1.0+local",
      "1.0.post1",
      "1.9",
      "1.10",
      "1!0.1",
    ];
    assert.deepEqual(sortVersions([...sorted, "1.10"].reverse()), sorted);
  });

  test("equal versions keep one order, whatever they came in", () => {
    assert.deepEqual(sortVersions(["1.0", "1"]), sortVersions(["1", "1.0"]));
  });

  const rows: readonly [version: string, normal: string][] = [
    ["1.0-BETA.2", "1.0b2"],
    ["v1.0", "1.0"],
    ["1.0-1", "1.0.post1"],
    ["2004d", "2004d"],
    ["1.0+CU-118_x", "1.0+cu.118.x"],
    ["20230101123456789012", "20230101123456789012"],
    ["", ""],
  ];
  for (const [version, normal] of rows)
    test(`${version} is ${normal}`, () => assert.equal(normalizeVersion(version), normal));

  test("the order holds for any list in any order", () => {
    const number = fc.integer({ min: 0, max: 12 });
    const version = fc
      .tuple(number, number, fc.constantFrom("", "a1", "rc2", ".post1", ".dev3", "+x.1", "?"))
      .map(([a, b, end]) => `${a}.${b}${end}`);
    fc.assert(
      fc.property(fc.uniqueArray(version), (versions) => {
        const sorted = sortVersions(versions);
        assert.deepEqual(sortVersions([...versions].reverse()), sorted);
        assert.deepEqual(sortVersions(sorted), sorted);
        assert.equal(sorted.length, versions.length);
      }),
    );
  });
});
