import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { explainWithheld, type IndexPolicy, withhold } from "../src/index.ts";
import { page, sha256 } from "./samples.ts";
import { day, named, now } from "./withhold-rows.ts";

describe("laws", () => {
  const instant = fc.integer({ min: -20, max: 20 }).map((days) => now + days * day * 1000);
  const rule = fc.record(
    {
      names: fc.constantFrom(["foo"], ["f*"], ["bar"]),
      specifier: fc.constantFrom(">=1", "<2", "==1.*", "~=1.0"),
      uploadedBefore: instant,
      uploadedAfter: instant,
      hash: fc.constantFrom({ sha256 }, { sha256: "0".repeat(64) }),
      until: instant,
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const rules = fc.array(rule, { maxLength: 3 });
  const policies: fc.Arbitrary<IndexPolicy> = fc.record(
    {
      minimumAge: fc.integer({ min: 0, max: 20 * day }),
      lineInTheSand: instant,
      exempt: rules,
      block: rules,
      allow: rules,
      hidePreReleases: fc.boolean(),
      onlyBinary: fc.boolean(),
    },
    { requiredKeys: ["exempt", "block", "allow", "hidePreReleases", "onlyBinary"], noNullPrototype: true },
  );
  const one = fc
    .tuple(fc.constantFrom("1.0", "1.5rc1", "2.0", "x"), fc.option(instant), fc.boolean(), fc.boolean())
    .map(([version, at, isWheel, hashed]) =>
      named(isWheel ? `foo-${version}-py3-none-any.whl` : `foo-${version}.tar.gz`, {
        hashes: hashed ? { sha256 } : {},
        ...(at === null ? { uploadTime: "" } : { uploadTime: new Date(at).toISOString() }),
      }),
    );
  const files = fc.array(one, { maxLength: 6 });
  test("between two changes the result stays the same, and every file is either offered or withheld", () => {
    fc.assert(
      fc.property(policies, files, instant, fc.double({ min: 0, max: 1, noNaN: true }), (policy, some, at, part) => {
        const first = withhold(page({ files: some }), policy, at);
        assert.equal(first.page.files.length + first.withheld.length, some.length);
        assert.ok(first.changedAt <= at && at < first.changesAt);
        const end = Math.min(first.changesAt, at + 1e10);
        const from = Math.max(first.changedAt, at - 1e10);
        const later = Math.min(end - 1, Math.floor(from + part * (end - from)));
        assert.deepEqual(withhold(page({ files: some }), policy, later), first);
      }),
    );
  });
  test("each file is judged by itself", () => {
    fc.assert(
      fc.property(policies, files, instant, (policy, some, at) => {
        const together = withhold(page({ files: some }), policy, at).withheld;
        const alone = some.flatMap((one) => withhold(page({ files: [one] }), policy, at).withheld);
        assert.deepEqual(together, alone);
      }),
    );
  });
  test("one block more never offers more, one permission less neither", () => {
    fc.assert(
      fc.property(policies, rule, files, instant, (policy, more, some, at) => {
        const offered = (policy: IndexPolicy) => withhold(page({ files: some }), policy, at).page.files;
        const before = new Set(offered(policy));
        for (const stricter of [
          { ...policy, block: [...policy.block, more] },
          { ...policy, exempt: policy.exempt.slice(1) },
          ...(policy.allow.length > 1 ? [{ ...policy, allow: policy.allow.slice(1) }] : []),
        ])
          assert.ok(offered(stricter).every((one) => before.has(one)));
      }),
    );
  });
  test("every reason has a sentence that names the file", () => {
    fc.assert(
      fc.property(policies, files, instant, (policy, some, at) => {
        for (const held of withhold(page({ files: some }), policy, at).withheld)
          assert.match(explainWithheld(held, policy), /^foo-\S+ .*\.$/);
      }),
    );
  });
});
