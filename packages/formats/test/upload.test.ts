import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readUpload, type UploadSaid, uploadKind } from "../src/index.ts";

const metadata = (name: string, version: string, more = "") =>
  new TextEncoder().encode(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}\nName: not this\n`);
const text = (content: string) => new TextEncoder().encode(content);

describe("PEP 427, 625: what an index takes, by its name", () => {
  const rows: readonly (readonly [filename: string, kind: "wheel" | "sdist" | RegExp])[] = [
    ["a-1-py3-none-any.whl", "wheel"],
    ["a-1.tar.gz", "sdist"],
    ["a-1.zip", /neither a wheel/],
    ["a-1-py3.7.egg", /neither a wheel/],
    ["a-1.tar.bz2", /neither a wheel/],
    ["../a-1.tar.gz", /characters/],
    ["a/b-1.tar.gz", /characters/],
    [".tar.gz", /characters/],
    ["", /characters/],
    ["a 1.tar.gz", /characters/],
    ["a-1\n.tar.gz", /characters/],
    ["ä-1.tar.gz", /characters/],
    [`${"a".repeat(260)}-1.tar.gz`, /characters/],
    ["a-1.whl.metadata", /neither a wheel/],
  ];
  for (const [filename, then] of rows)
    test(JSON.stringify(filename), () => {
      const kind = uploadKind(filename);
      if (typeof then === "string") assert.equal(kind, then);
      else assert.match((kind as { fault: string }).fault, then);
    });
});

describe("PEP 427, 440, 503, 625: an upload's name, its metadata and what is said of it go together", () => {
  const wheel = "My_Pkg-1.0-py3-none-any.whl";
  const good = metadata("my.pkg", "1.0");
  type Row = readonly [says: string, said: UploadSaid, content: Uint8Array, then: object | RegExp];
  const rows: readonly Row[] = [
    [
      "a wheel",
      { filename: wheel, name: "My-Pkg", version: "1.0", filetype: "bdist_wheel" },
      good,
      { kind: "wheel", project: "my-pkg", version: "1.0", key: "my-pkg-1.0-py3-none-any.whl" },
    ],
    [
      "another spelling has the same key",
      { filename: "my_pkg-v1.0-py3-none-ANY.whl" },
      good,
      { kind: "wheel", project: "my-pkg", version: "1.0", key: "my-pkg-1.0-py3-none-any.whl" },
    ],
    [
      "a source distribution whose name holds dashes",
      { filename: "my-pkg-1.0.tar.gz", filetype: "sdist" },
      good,
      { kind: "sdist", project: "my-pkg", version: "1.0", key: "my-pkg-1.0.tar.gz" },
    ],
    [
      "a build tag",
      { filename: "a-1-2abc-py3-none-any.whl" },
      metadata("a", "1"),
      { kind: "wheel", project: "a", version: "1", key: "a-1-2abc-py3-none-any.whl" },
    ],
    [
      "a local version",
      { filename: "a-1+cpu.1-py3-none-any.whl", version: "1+CPU-1" },
      metadata("a", "1+cpu_1"),
      { kind: "wheel", project: "a", version: "1+cpu.1", key: "a-1+cpu.1-py3-none-any.whl" },
    ],
    [
      "Requires-Python",
      { filename: "a-1.tar.gz" },
      metadata("a", "1", "Requires-Python: >=3.9, <4\n"),
      { kind: "sdist", project: "a", version: "1", key: "a-1.tar.gz", requiresPython: ">=3.9, <4" },
    ],
    [
      "fields with other line ends",
      { filename: "a-1.tar.gz" },
      text("Metadata-Version: 2.1\r\nName: a\r\nVersion: 1\r\n"),
      { kind: "sdist", project: "a", version: "1", key: "a-1.tar.gz" },
    ],
    [
      "another name in the file's name",
      { filename: "other-1.0-py3-none-any.whl" },
      good,
      /no file name of the project my\.pkg/,
    ],
    [
      "another version in the file's name",
      { filename: "my_pkg-1.1-py3-none-any.whl" },
      good,
      /no file name of version 1\.0/,
    ],
    ["another name is said", { filename: wheel, name: "other" }, good, /The upload says other/],
    ["another version is said", { filename: wheel, version: "1.1" }, good, /The upload says version 1\.1/],
    ["another type is said", { filename: wheel, filetype: "sdist" }, good, /bdist_wheel by its name, and not sdist/],
    ["no metadata version", { filename: "a-1.tar.gz" }, text("Name: a\nVersion: 1\n"), /no Metadata-Version/],
    [
      "metadata of the future",
      { filename: "a-1.tar.gz" },
      text("Metadata-Version: 9.0\nName: a\nVersion: 1\n"),
      /version 9\.0/,
    ],
    ["no name", { filename: "a-1.tar.gz" }, text("Metadata-Version: 2.1\nVersion: 1\n"), /name of nothing/],
    ["a name that is none", { filename: "-a-1.tar.gz" }, metadata("-a", "1"), /PEP 508/],
    ["no version", { filename: "a-1.tar.gz" }, text("Metadata-Version: 2.1\nName: a\n"), /no version/],
    ["a version that is none", { filename: "a-latest.tar.gz" }, metadata("a", "latest"), /PEP 440/],
    ["a wheel with too few tags", { filename: "a-1-any.whl" }, metadata("a", "1"), /no file name of the project/],
    ["a wheel with an empty tag", { filename: "a-1-py3--any.whl" }, metadata("a", "1"), /PEP 427/],
    ["a build tag that is no number", { filename: "a-1-b1-py3-none-any.whl" }, metadata("a", "1"), /PEP 427/],
    [
      "a specifier that is none",
      { filename: "a-1.tar.gz" },
      metadata("a", "1", "Requires-Python: 3 or 4\n"),
      /no specifier/,
    ],
  ];
  for (const [says, said, content, then] of rows)
    test(says, () => {
      const kind = uploadKind(said.filename);
      const read = readUpload(said, typeof kind === "string" ? kind : "sdist", content);
      if (then instanceof RegExp) assert.match((read as { fault: string }).fault, then);
      else assert.deepEqual(read, { ...then, isFinal: kind === "wheel" });
    });

  test("any octets give an answer, in linear time", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (content, filename) => {
        const read = readUpload({ filename }, "wheel", content);
        assert.equal("fault" in read, true);
      }),
    );
    const started = performance.now();
    readUpload({ filename: "a-1.tar.gz" }, "sdist", text(`Metadata-Version: 2.1\nName: ${" ".repeat(4_000_000)}x\n`));
    assert.ok(performance.now() - started < 2000);
  });
});
