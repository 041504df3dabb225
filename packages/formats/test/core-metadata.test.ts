import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isMetadataMember, metadataFault, offerMetadata, type ProjectFile, type ProjectPage } from "../src/index.ts";

const wheel = "Foo_Bar-1.0-py3-none-any.whl";
const file = (given: Partial<ProjectFile>): ProjectFile => ({
  filename: wheel,
  url: `https://files.example/${wheel}`,
  hashes: {},
  yanked: false,
  ...given,
});
const page = (...files: ProjectFile[]): ProjectPage => ({
  name: "foo-bar",
  apiVersion: "1.0",
  files,
  tracks: [],
  alternateLocations: [],
});

describe("PEP 658, 714: core metadata are offered", () => {
  const rows: readonly (readonly [says: string, given: Partial<ProjectFile>, then: ProjectFile["coreMetadata"]])[] = [
    ["for a wheel that says nothing", {}, true],
    ["for a wheel that has none", { coreMetadata: false }, true],
    ["as the upstream does", { coreMetadata: true }, true],
    ["with the upstream's hash", { coreMetadata: { sha256: "a" } }, { sha256: "a" }],
    ["for a wheel in capitals", { filename: "X-1-PY3-NONE-ANY.WHL" }, true],
    ["not for an sdist", { filename: "foo-1.0.tar.gz" }, undefined],
    ["for an sdist as the upstream does", { filename: "foo-1.0.tar.gz", coreMetadata: true }, true],
  ];
  for (const [says, given, then] of rows)
    test(says, () => assert.deepEqual(offerMetadata(page(file(given))).files[0]?.coreMetadata, then));
  test("a page that offers all is itself", () => {
    const whole = page(file({ coreMetadata: true }), file({ filename: "foo-1.0.zip" }));
    assert.equal(offerMetadata(whole), whole);
  });
});

describe("PEP 427: the member that is the metadata", () => {
  for (const [member, is] of [
    ["Foo_Bar-1.0.dist-info/METADATA", true],
    ["foo.bar-1.0.dist-info/METADATA", true],
    ["foo_bar-1.0.dist-info/RECORD", false],
    ["other-1.0.dist-info/METADATA", false],
    ["vendor/foo_bar-1.0.dist-info/METADATA", false],
    ["foo_bar-1.0.dist-info/sub/METADATA", false],
    ["METADATA", false],
  ] as const)
    test(`${member}: ${is}`, () => assert.equal(isMetadataMember(wheel, member), is));
});

describe("what can't be a wheel's metadata", () => {
  const right = "Metadata-Version: 2.1\nName: foo.bar\nVersion: 1.0\n\nName: other";
  const rows: readonly (readonly [says: string, text: string, fault: RegExp | undefined, filename?: string])[] = [
    ["they are", right, undefined],
    ["with other line ends", right.replaceAll("\n", "\r\n"), undefined],
    ["a version that is written otherwise", right.replace("1.0", "v1.0"), undefined],
    ["a local version", right.replace("1.0", "1.0+cu.118"), undefined, "foo_bar-1.0+cu_118-py3-none-any.whl"],
    ["nothing", "", /Metadata-Version/],
    ["a page", "<html>\nName: foo-bar", /Metadata-Version/],
    ["another project's", right.replace("foo.bar", "foo"), /another project/],
    ["no name", "Metadata-Version: 2.1\nVersion: 1.0", /another project/],
    ["another version's", right.replace("1.0", "1.1"), /another version/],
    ["cut short", "Metadata-Version: 2.1\nName: foo.bar\nVers", /another version/],
  ];
  for (const [says, text, fault, filename = wheel] of rows)
    test(says, () => {
      const found = metadataFault(new TextEncoder().encode(text), filename);
      if (fault === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", fault);
    });
});
