import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { formatEntityTag, parseEntityTag } from "@larder/core";
import fc from "fast-check";
import { tagOfContent, tagOfVersion, type VersionPart, weak } from "../src/index.ts";

const bytes = new TextEncoder().encode("content");

describe("9110:8.8.3.1 a strong tag from octets", () => {
  const expected = createHash("sha256").update(bytes).digest().subarray(0, 18).toString("base64url");
  test("WebCrypto's SHA-256", async () =>
    assert.deepEqual(await tagOfContent(bytes), { weak: false, opaque: expected }));
  const node = (octets: Uint8Array | string) => createHash("sha256").update(octets).digest();
  test("another digest, at once", () => assert.deepEqual(tagOfContent(bytes, node), { weak: false, opaque: expected }));
  test("text is its UTF-8", async () =>
    assert.deepEqual(await tagOfContent("¤"), await tagOfContent(Uint8Array.of(0xc2, 0xa4))));
  test("a digest that is text", () =>
    assert.deepEqual(
      tagOfContent(bytes, () => "2cf24dba"),
      { weak: false, opaque: "2cf24dba" },
    ));
  test("another digest, later", async () =>
    assert.deepEqual(await tagOfContent(bytes, async (octets) => node(octets)), { weak: false, opaque: expected }));
  test("base64url (4648:5), whatever the digest", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 18, maxLength: 32 }), (digest) =>
        assert.equal(
          tagOfContent(bytes, () => digest).opaque,
          Buffer.from(digest.subarray(0, 18)).toString("base64url"),
        ),
      ),
    ));
  test("other octets, another tag", async () =>
    assert.notDeepEqual(await tagOfContent(bytes), await tagOfContent(new Uint8Array())));
});

describe("9110:8.8.3.1 a strong tag from a version", () => {
  const part: fc.Arbitrary<VersionPart> = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(",", "=", "%", ";", '"', "a", "\ud800") }),
    fc.constantFrom(null, undefined),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
  );
  const parts = fc.array(part, { minLength: 1, maxLength: 4 }) as unknown as fc.Arbitrary<
    [VersionPart, ...VersionPart[]]
  >;
  const meaning = (list: readonly VersionPart[]) => JSON.stringify(list.map((p) => (p == null ? null : String(p))));
  test("readable", () => assert.equal(tagOfVersion("rp", 7, "1.15").opaque, "rp,7,1.15"));
  test("different parts, different tags", () =>
    fc.assert(
      fc.property(parts, parts, (a, b) =>
        assert.equal(tagOfVersion(...a).opaque === tagOfVersion(...b).opaque, meaning(a) === meaning(b)),
      ),
      { numRuns: 1000 },
    ));
  test("always a valid tag", () =>
    fc.assert(
      fc.property(parts, (list) => {
        const tag = tagOfVersion(...list);
        assert.deepEqual(parseEntityTag(formatEntityTag(tag)), tag);
      }),
    ));
});

describe("9110:8.8.1 weak tags", () => {
  test("of a strong one", () => assert.equal(formatEntityTag(weak({ weak: false, opaque: "a" })), 'W/"a"'));
  test("of a weak one", () => assert.equal(formatEntityTag(weak({ weak: true, opaque: "a" })), 'W/"a"'));
});
