import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Octets, readZipMember, ZipFault } from "../src/zip-member.ts";
import { type Member, metadata, noise, type Oddities, wheelOf, zipOf } from "./zips.ts";

const path = "demo-1.0.dist-info/METADATA";

/** An archive's octets, and what was read of them. */
function fileOf(bytes: Buffer) {
  const reads: number[] = [];
  const octets: Octets = {
    size: bytes.length,
    async read(start, end) {
      assert.ok(0 <= start && start <= end && end <= bytes.length, `read ${start} to ${end} of ${bytes.length}`);
      reads.push(end - start);
      return bytes.subarray(start, end);
    },
  };
  return { octets, reads };
}
const read = (octets: Octets) => readZipMember(octets, (name) => name === path);

describe("a member of a ZIP archive", () => {
  const middle: Member = { path, content: metadata };
  const big: Member = { path: "big", content: noise(300_000) };
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ path: `p/${i}.py`, content: `${i}` }));
  const rows: readonly (readonly [says: string, archive: Buffer, reads: number])[] = [
    ["alone", zipOf([middle]), 1],
    ["not compressed", zipOf([{ ...middle, stored: true }]), 1],
    ["at the end: the tail is enough", zipOf([big, middle]), 1],
    ["in the middle: and one for it", wheelOf(), 2],
    ["at the beginning", zipOf([middle, big]), 2],
    ["a directory that is longer than the tail, the member before it", zipOf([big, ...many(2000), middle]), 2],
    ["a local header with a long field of its own", zipOf([{ ...middle, localExtra: 60_000 }, big]), 3],
    ["a comment", zipOf([big, middle], { comment: "a comment" }), 1],
    ["a comment that is longer than the tail", zipOf([middle, big], { comment: "c".repeat(40_000) }), 3],
  ];
  for (const [says, archive, reads] of rows)
    test(`${says}: ${reads}`, async () => {
      const file = fileOf(archive);
      assert.equal(Buffer.from(await read(file.octets)).toString(), metadata);
      assert.ok(file.reads.length <= reads, `${file.reads} octets`);
    });
  test("a few KB of a big archive", async () => {
    const file = fileOf(wheelOf(metadata, 2_000_000));
    await read(file.octets);
    assert.ok(file.reads.reduce((a, b) => a + b) < 20_000, `${file.reads}`);
  });
});

describe("hostile archives are refused in a sentence, and little of them is read", () => {
  const rows: readonly (readonly [says: string, members: readonly Member[], why: RegExp, odd?: Oddities])[] = [
    ["no such member", [{ path: "x", content: "" }], /no members/],
    [
      "two of the name",
      [
        { path, content: "a" },
        { path, content: "b" },
      ],
      /2 members/,
    ],
    ["longer than it says", [{ path, content: noise(9000), size: 10 }], /too many bytes/],
    ["shorter than it says", [{ path, content: metadata, size: 5000 }], /not enough bytes/],
    ["it says that it is huge", [{ path, content: metadata, size: 0x7fffffff }], /more than/],
    ["a bomb", [{ path, content: Buffer.alloc(50_000_000) }], /more than/],
    ["a bomb that lies", [{ path, content: Buffer.alloc(50_000_000), size: 100 }], /too many bytes/],
    ["damaged", [{ path, content: metadata, crc: 1 }], /damaged/],
    ["data beyond its end", [{ path, content: metadata, compressedSize: 4_000_000 }], /./],
    ["a header that is elsewhere", [{ path, content: metadata, offset: 3 }], /header/],
    ["a header beyond its end", [{ path, content: metadata, offset: 0x7fffffff }], /./],
    ["more entries than it has", [{ path, content: metadata }], /./, { entries: 9 }],
    ["a directory beyond its end", [{ path, content: metadata }], /./, { directoryOffset: 0x7fffffff }],
    ["a directory in its content", [{ path, content: noise(100) }], /signature/, { directoryOffset: 1 }],
    [
      "a name that climbs",
      [
        { path: "../../x", content: "" },
        { path, content: metadata },
      ],
      /relative path/,
    ],
  ];
  for (const [says, members, why, odd] of rows)
    test(says, async () => {
      const file = fileOf(zipOf(members, odd));
      await assert.rejects(read(file.octets), (error) => error instanceof ZipFault && why.test(error.message));
      assert.ok(file.reads.length <= 5);
    });
  for (const [says, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["a page", Buffer.from("<html>")],
    ["cut short", wheelOf().subarray(0, 300_000)],
    ["noise", noise(100_000)],
  ] as const)
    test(`no archive: ${says}`, () => assert.rejects(read(fileOf(bytes).octets), ZipFault));

  test("what reading the file throws is thrown on", () => {
    const why = new Error("the line is dead");
    return assert.rejects(read({ size: 100, read: () => Promise.reject(why) }), why);
  });

  test("law: whatever octet is wrong, it ends, with the right content or a fault", async () => {
    const whole = zipOf([
      { path, content: metadata },
      { path: "x", content: noise(50) },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, octet) => {
        const bytes = Buffer.from(whole);
        bytes[at] = octet;
        try {
          assert.equal(Buffer.from(await read(fileOf(bytes).octets)).toString(), metadata);
        } catch (error) {
          assert.ok(error instanceof ZipFault, String(error));
        }
      }),
      { numRuns: 200 },
    );
  });
});
