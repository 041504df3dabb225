import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canBeHadUnder, licencesOf, needs } from "../src/pypi/licence.ts";

describe("PEP 639 what core metadata say of the licence", () => {
  const rows: readonly [says: string, lines: readonly string[], licences: readonly string[]][] = [
    ["the expression", ["License-Expression: MIT OR Apache-2.0"], ["MIT OR Apache-2.0"]],
    ["which goes before all else", ["License: GPL", "Classifier: License :: X", "License-Expression: MIT"], ["MIT"]],
    [
      "the names of classifiers",
      [
        "License: whatever",
        "Classifier: License :: OSI Approved",
        "Classifier: License :: OSI Approved :: MIT License",
        "Classifier: Programming Language :: Python",
        "Classifier: License :: Public Domain",
      ],
      ["MIT License", "Public Domain"],
    ],
    ["the field License", ["license:  BSD-3-Clause  "], ["BSD-3-Clause"]],
    ["but no whole text", ["License: Copyright (c)", "        All rights reserved."], []],
    ["nor a long one", [`License: ${"x".repeat(201)}`], []],
    ["nor a word that says nothing", ["License: UNKNOWN"], []],
    ["nothing", ["Name: demo"], []],
    ["nothing of what the description says", ["Name: demo", "", "License-Expression: MIT"], []],
  ];
  for (const [says, lines, licences] of rows)
    for (const end of ["\n", "\r\n"])
      test(`${says}${end === "\n" ? "" : ", lines with CR"}`, () => {
        const bytes = new TextEncoder().encode(["Metadata-Version: 2.4", ...lines, ""].join(end));
        assert.deepEqual(licencesOf(bytes), licences);
      });
  test("a line of a million spaces takes a moment", () => {
    const bytes = new TextEncoder().encode(`License: ${" ".repeat(1_000_000)}x\n`);
    assert.deepEqual(licencesOf(bytes), ["x"]);
  });
});

describe("SPDX: whether a file can be had under some licences, and whether it needs them", () => {
  const rows: readonly [licences: readonly string[], patterns: readonly string[], under: boolean, needs: boolean][] = [
    [["MIT"], ["MIT"], true, true],
    [["MIT"], ["mit"], true, true],
    [["MIT"], ["BSD-*"], false, false],
    [["BSD-3-Clause"], ["BSD-*"], true, true],
    [["MIT OR GPL-3.0-only"], ["MIT"], true, false],
    [["MIT OR GPL-3.0-only"], ["GPL-*"], true, false],
    [["MIT AND GPL-3.0-only"], ["MIT"], false, true],
    [["MIT AND GPL-3.0-only"], ["GPL-*"], false, true],
    [["MIT AND (Apache-2.0 OR GPL-2.0-only)"], ["MIT", "Apache-2.0"], true, true],
    [["MIT AND (Apache-2.0 OR GPL-2.0-only)"], ["GPL-*"], false, false],
    [["GPL-2.0-only WITH Classpath-exception-2.0"], ["GPL-2.0-only"], false, true],
    [["GPL-2.0-only WITH Classpath-exception-2.0"], ["GPL-2.0-only WITH *"], true, true],
    [["LicenseRef-Own"], ["LicenseRef-*"], true, true],
    [["MIT License", "BSD License"], ["MIT License"], false, true],
    [["MIT License", "BSD License"], ["*"], true, true],
    [["GNU General Public License v3 (GPLv3)"], ["*GPL*"], true, true],
    [["MIT OR"], ["MIT"], false, false],
    [[], ["*"], false, false],
  ];
  for (const [licences, patterns, under, needed] of rows)
    test(`${licences.join(" and ") || "nothing"}: ${patterns}`, () => {
      assert.deepEqual([canBeHadUnder(licences, patterns), needs(licences, patterns)], [under, needed]);
    });
});
