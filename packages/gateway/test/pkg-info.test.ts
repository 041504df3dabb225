import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readPkgInfo } from "../src/pkg-info.ts";
import type { Octets } from "../src/zip-member.ts";
import { coreMetadata, sdist, type TarMember } from "./hosted/archives.ts";
import { noise } from "./zips.ts";

const octets = (bytes: Uint8Array): Octets => ({
  size: bytes.length,
  read: async (start, end) => bytes.subarray(start, end),
});
const info = coreMetadata("demo", "1.0");

describe("PEP 625, 643: the core metadata of a source distribution", () => {
  const rows: readonly (readonly [says: string, members: readonly TarMember[], then: string | RegExp])[] = [
    [
      "at its begin",
      [
        ["demo-1.0/PKG-INFO", info],
        ["demo-1.0/setup.py", "x"],
      ],
      info,
    ],
    [
      "at its end",
      [
        ["demo-1.0/setup.py", "x".repeat(300_000)],
        ["demo-1.0/PKG-INFO", info],
      ],
      info,
    ],
    [
      "not those of a folder below",
      [
        ["demo-1.0/demo.egg-info/PKG-INFO", "y"],
        ["demo-1.0/PKG-INFO", info],
      ],
      info,
    ],
    ["with a dot in front", [["./demo-1.0/PKG-INFO", info]], info],
    ["missing", [["demo-1.0/setup.py", "x"]], /no PKG-INFO/],
    [
      "twice",
      [
        ["demo-1.0/PKG-INFO", info],
        ["other/PKG-INFO", info],
      ],
      /has 2 PKG-INFO/,
    ],
    ["out of any folder", [["PKG-INFO", info]], /no PKG-INFO/],
    ["longer than they may be", [["demo-1.0/PKG-INFO", "x".repeat(9 * 1024 * 1024)]], /more than 8388608/],
    ["in an empty archive", [], /no PKG-INFO/],
  ];
  for (const [says, members, then] of rows)
    test(says, async () => {
      const read = readPkgInfo(octets(await sdist(members)));
      if (then instanceof RegExp) await assert.rejects(read, then);
      else assert.equal(new TextDecoder().decode(await read), then);
    });

  const damage: readonly (readonly [says: string, of: (whole: Uint8Array) => Uint8Array])[] = [
    ["cut short", (whole) => whole.subarray(0, whole.length - 20)],
    ["cut short after the metadata", (whole) => whole.subarray(0, whole.length - 4)],
    ["no gzip", () => Buffer.from("hello")],
    ["empty", () => Buffer.alloc(0)],
    ["gzip, but no tar", () => gzipSync(Buffer.from("x".repeat(2000)))],
    ["a tar that ends within a member", () => gzipSync(tarCut)],
  ];
  let tarCut: Uint8Array;
  for (const [says, of] of damage)
    test(`an archive that is damaged is refused: ${says}`, async () => {
      const whole = await sdist([
        ["demo-1.0/PKG-INFO", info],
        ["demo-1.0/x", "x".repeat(5000)],
      ]);
      const { gunzipSync } = await import("node:zlib");
      tarCut = gunzipSync(whole).subarray(0, 3000);
      await assert.rejects(readPkgInfo(octets(of(whole))), { name: "TarFault" });
    });

  test("no more is read than is needed, where only the metadata are wanted", async () => {
    const whole = octets(
      await sdist([
        ["demo-1.0/PKG-INFO", info],
        ["demo-1.0/x", noise(4_000_000).toString("base64")],
      ]),
    );
    let octetsRead = 0;
    const counted: Octets = {
      size: whole.size,
      read: (start, end) => {
        octetsRead += end - start;
        return whole.read(start, end);
      },
    };
    assert.equal(new TextDecoder().decode(await readPkgInfo(counted, "found")), info);
    assert.ok(octetsRead < whole.size / 2, `${octetsRead} of ${whole.size}`);
  });

  test("what reading the file throws is thrown", async () => {
    const broken = { size: 1000, read: () => Promise.reject(new Error("the disk")) };
    await assert.rejects(readPkgInfo(broken), /the disk/);
  });
});
