import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type IndexPolicy, jsonType, withhold, writePage } from "../src/index.ts";
import type { Judged } from "../src/pypi/withhold.ts";
import { file, page, paths, sha256 } from "./samples.ts";
import { check, day, daysAgo, judge, named, nothing, now, told, wheel } from "./withhold-rows.ts";

describe("PEP 700 a minimum age by upload-time", () => {
  const week = { minimumAge: 7 * day };
  check([
    { says: "old enough", policy: week, files: [wheel("1.0", { uploadTime: daysAgo(8) })], withheld: {} },
    { says: "to the millisecond", policy: week, files: [wheel("1.0", { uploadTime: daysAgo(7) })], withheld: {} },
    {
      says: "too new",
      policy: week,
      files: [wheel("1.0"), wheel("1.1", { uploadTime: daysAgo(6.99) })],
      withheld: { "foo-1.1": "too-new" },
    },
    {
      says: "from the future",
      policy: week,
      files: [wheel("1.0", { uploadTime: daysAgo(-1000) })],
      withheld: { "foo-1.0": "too-new" },
    },
    {
      says: "unknown: closed",
      policy: week,
      files: [file()],
      withheld: { "foo-1.0": "upload-time-unknown" },
    },
    {
      says: "no time at all: closed",
      policy: week,
      files: [wheel("1.0", { uploadTime: "2026-01-01T99:00:00Z" })],
      withheld: { "foo-1.0": "upload-time-unknown" },
    },
    { says: "no minimum: nothing is asked", policy: {}, files: [file()], withheld: {} },
  ]);
});

describe("a line in the sand", () => {
  const policy = { minimumAge: 30 * day, lineInTheSand: now - 5 * day * 1000 };
  check([
    {
      says: "what was there when it was drawn stays",
      policy,
      files: [wheel("1.0", { uploadTime: daysAgo(5) })],
      withheld: {},
    },
    {
      says: "what came later waits",
      policy,
      files: [wheel("1.0", { uploadTime: daysAgo(4.9) })],
      withheld: { "foo-1.0": "too-new" },
    },
    { says: "what has no time waits, too", policy, files: [file()], withheld: { "foo-1.0": "upload-time-unknown" } },
  ]);
});

describe("exemptions from the minimum age", () => {
  const fresh = [wheel("1.0", { uploadTime: daysAgo(1) }), wheel("2.0", { uploadTime: daysAgo(1) })];
  const both = { "foo-1.0": "too-new", "foo-2.0": "too-new" };
  const rows: readonly [says: string, rule: IndexPolicy["exempt"][number], withheld: Record<string, string>][] = [
    ["by name", { names: ["foo"] }, {}],
    ["by another name", { names: ["fo", "foo-bar"] }, both],
    ["by a pattern", { names: ["bar", "f*"] }, {}],
    ["of everything", {}, {}],
    ["PEP 440 by version", { names: ["foo"], specifier: ">=2" }, { "foo-1.0": "too-new" }],
    ["by date", { uploadedBefore: now - 0.5 * day * 1000 }, {}],
    ["by a date that is too early", { uploadedBefore: now - day * 1000 }, both],
    ["by hash", { hash: { sha256 } }, {}],
    ["by another hash", { hash: { sha256: "0".repeat(64) } }, both],
    ["for a time", { names: ["foo"], until: now + 1 }, {}],
    ["for a time that is over", { names: ["foo"], until: now }, both],
  ];
  check(
    rows.map(([says, rule, withheld]) => ({
      says,
      policy: { minimumAge: 7 * day, exempt: [rule] },
      files: fresh,
      withheld,
    })),
  );
  check([
    {
      says: "by date lets through no file without a date",
      policy: { minimumAge: day, exempt: [{ uploadedBefore: now }] },
      files: [file()],
      withheld: { "foo-1.0": "upload-time-unknown" },
    },
    {
      says: "don't lift a block",
      policy: { minimumAge: day, exempt: [{}], block: [{}] },
      files: [file()],
      withheld: { "foo-1.0": "blocked" },
    },
  ]);
});

describe("block and allow", () => {
  const two = [wheel("1.0"), wheel("2.0rc1")];
  check([
    {
      says: "a block by name",
      policy: { block: [{ names: ["foo"] }] },
      files: [wheel("1.0")],
      withheld: { "foo-1.0": "blocked" },
    },
    { says: "of another name", policy: { block: [{ names: ["fooo"] }] }, files: two, withheld: {} },
    {
      says: "PEP 440 by version, pre-releases among them",
      policy: { block: [{ names: ["foo"], specifier: ">=1.5" }] },
      files: two,
      withheld: { "foo-2.0rc1": "blocked" },
    },
    {
      says: "PEP 440 by version, local ones among them",
      policy: { block: [{ names: ["foo"], specifier: "==1.0" }] },
      files: [wheel("1.0"), wheel("1.0+cpu"), wheel("1.0.1")],
      withheld: { "foo-1.0": "blocked", "foo-1.0+cpu": "blocked" },
    },
    {
      says: "by version where the name says none: closed",
      policy: { block: [{ specifier: ">99" }] },
      files: [named("foo.tar.gz"), named("foo-what.tar.gz"), wheel("1.0")],
      withheld: { foo: "blocked", "foo-what": "blocked" },
    },
    {
      says: "by hash",
      policy: { block: [{ hash: { sha256 } }] },
      files: [wheel("1.0")],
      withheld: { "foo-1.0": "blocked" },
    },
    {
      says: "by hash where the index gives none: closed",
      policy: { block: [{ hash: { sha256 } }] },
      files: [wheel("1.0", { hashes: {} }), wheel("2.0", { hashes: { sha256: "0".repeat(64) } })],
      withheld: { "foo-1.0": "blocked" },
    },
    {
      says: "by what came since",
      policy: { block: [{ uploadedAfter: now - day * 1000 }] },
      files: [wheel("1.0", { uploadTime: daysAgo(1) }), wheel("2.0"), wheel("3.0", { uploadTime: "" })],
      withheld: { "foo-1.0": "blocked", "foo-3.0": "blocked" },
    },
    {
      says: "all that a rule says must be true",
      policy: { block: [{ specifier: "<2", hash: { sha256: "0".repeat(64) } }] },
      files: two,
      withheld: {},
    },
    { says: "a block that is over", policy: { block: [{ until: now }] }, files: two, withheld: {} },
    {
      says: "what is allowed",
      policy: { allow: [{ names: ["bar"] }, { names: ["foo"], specifier: "<2" }] },
      files: [wheel("1.0")],
      withheld: {},
    },
    {
      says: "what is not allowed",
      policy: { allow: [{ names: ["foo"], specifier: "<2" }] },
      files: two,
      withheld: { "foo-2.0rc1": "not-allowed" },
    },
    {
      says: "a permission that is over",
      policy: { allow: [{ names: ["foo"], until: now }] },
      files: [wheel("1.0")],
      withheld: { "foo-1.0": "not-allowed" },
    },
    {
      says: "allowed by a hash that the index doesn't give: closed",
      policy: { allow: [{ hash: { sha256 } }] },
      files: [wheel("1.0", { hashes: {} })],
      withheld: { "foo-1.0": "not-allowed" },
    },
    {
      says: "a block counts before a permission",
      policy: { allow: [{}], block: [{ specifier: "==1.0" }] },
      files: two,
      withheld: { "foo-1.0": "blocked" },
    },
  ]);
});

describe("reports of malicious code", () => {
  const advisories = new Map([
    ["foo", [{ id: "MAL-1", versions: new Set(["2.0"]), ranges: [] }]],
    ["bar", [{ id: "MAL-2", versions: new Set<string>(), ranges: undefined }]],
  ]);
  check([
    {
      says: "what they name is withheld, whatever is allowed or exempt",
      policy: { advisories, allow: [{}], exempt: [{}] },
      files: [wheel("1.0"), wheel("2.0")],
      withheld: { "foo-2.0": "malicious" },
    },
    {
      says: "what may be it, too: closed",
      policy: { advisories },
      files: [named("foo.zip")],
      withheld: { "foo.zip": "malicious" },
    },
  ]);
});

describe("kinds of files", () => {
  const all = ["1.0", "1.1a1", "1.1b2", "1.1rc3", "1.2.dev4", "1.3.post1", "1.3rc1.post2", "1!0.1", "1.4+local"];
  check([
    {
      says: "PEP 440 pre-releases are hidden",
      policy: { hidePreReleases: true },
      files: all.map((version) => wheel(version)),
      withheld: Object.fromEntries(
        ["1.1a1", "1.1b2", "1.1rc3", "1.2.dev4", "1.3rc1.post2"].map((version) => [`foo-${version}`, "pre-release"]),
      ),
    },
    {
      says: "what has no version may be a pre-release: closed",
      policy: { hidePreReleases: true },
      files: [named("foo-what.tar.gz")],
      withheld: { "foo-what": "pre-release" },
    },
    {
      says: "PEP 427 only wheels",
      policy: { onlyBinary: true },
      files: [wheel("1.0"), named("foo-1.0.tar.gz"), named("foo-2.0.zip"), named("foo-3.0.egg")],
      withheld: { "foo-1.0": "no-wheel", "foo-2.0.zip": "no-wheel", "foo-3.0.egg": "no-wheel" },
    },
  ]);
});

describe("PEP 700 the list of versions follows the files", () => {
  const versions = (judged: Judged) => JSON.parse(writePage(paths, judged.page, jsonType)).versions;
  const files = [wheel("1.0"), named("foo-1.1.tar.gz"), wheel("1.1"), wheel("1.2")];
  const judged = (policy: Partial<IndexPolicy>) =>
    withhold(page({ files, versions: ["1.2", "1.1", "1.0", "0.9"] }), { ...nothing, ...policy }, now);
  test("nothing withheld: as the index has it", () => {
    assert.deepEqual(versions(judged({})), ["0.9", "1.0", "1.1", "1.2"]);
    assert.equal(judged({}).page.versions?.length, 4);
  });
  test("a version with a file left stays, one without goes", () => {
    assert.deepEqual(versions(judged({ onlyBinary: true, block: [{ specifier: ">1.1" }] })), ["1.0", "1.1"]);
  });
  test("nothing left is an empty page", () => {
    assert.deepEqual(versions(judged({ block: [{}] })), []);
  });
});

describe("when it changes", () => {
  const week = 7 * day * 1000;
  test("at the release of each file, and at the end of each rule that names the project", () => {
    const files = [1, 3, 9].map((days) => wheel(`1.${days}`, { uploadTime: daysAgo(days) }));
    const policy = { minimumAge: 7 * day, block: [{ names: ["bar"], until: now + 1 }] };
    const first = judge(policy, files);
    assert.equal(first.changedAt, Date.parse(daysAgo(9)) + week);
    assert.equal(first.changesAt, Date.parse(daysAgo(3)) + week);
    const then = judge(policy, files, first.changesAt);
    assert.deepEqual([then.page.files.length, then.changedAt], [2, first.changesAt]);
    assert.deepEqual(told(judge(policy, files, first.changesAt - 1)), told(first));
    const exempted = judge({ ...policy, exempt: [{ names: ["foo"], until: now + 5 }] }, files);
    assert.deepEqual([exempted.withheld, exempted.changesAt], [[], now + 5]);
  });
  test("never, where nothing depends on time", () => {
    const { changedAt, changesAt } = judge({ block: [{}] }, [wheel("1.0")]);
    assert.deepEqual([changedAt, changesAt], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
