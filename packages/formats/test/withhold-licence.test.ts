import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainWithheld, type IndexPolicy, withhold } from "../src/index.ts";
import { page } from "./samples.ts";
import { nothing, now, told, wheel } from "./withhold-rows.ts";

describe("licences", () => {
  const files = ["1.0", "2.0", "3.0"].map((version) => wheel(version));
  const facts = new Map([
    [files[0]!.url, { licences: ["MIT"] }],
    [files[1]!.url, { licences: [] }],
  ]);
  const rows: readonly [says: string, policy: Partial<IndexPolicy>, withheld: object, unread: readonly string[]][] = [
    ["nothing asks for them", { block: [{ names: ["bar"], licences: ["MIT"] }] }, {}, []],
    [
      "a block, the unread one aside",
      { block: [{ licences: ["MIT"] }] },
      { "foo-1.0": "blocked", "foo-2.0": "blocked" },
      ["3.0"],
    ],
    [
      "a block of another: what says none is closed",
      { block: [{ licences: ["GPL-*"] }] },
      { "foo-2.0": "blocked" },
      ["3.0"],
    ],
    ["a permission", { allow: [{ licences: ["MIT"] }] }, { "foo-2.0": "not-allowed" }, ["3.0"]],
    [
      "a permission of another",
      { allow: [{ licences: ["BSD-*"] }] },
      { "foo-1.0": "not-allowed", "foo-2.0": "not-allowed" },
      ["3.0"],
    ],
    ["what is permitted otherwise need not be read", { allow: [{ licences: ["X"] }, { names: ["foo"] }] }, {}, []],
    [
      "what is withheld otherwise need not be read",
      { block: [{ licences: ["X"] }, { names: ["foo"] }] },
      { "foo-1.0": "blocked", "foo-2.0": "blocked", "foo-3.0": "blocked" },
      [],
    ],
    [
      "nor what the rule doesn't speak of",
      { block: [{ licences: ["X"], specifier: "==2.0" }] },
      { "foo-2.0": "blocked" },
      [],
    ],
  ];
  for (const [says, policy, withheld, unread] of rows)
    test(says, () => {
      const judged = withhold(page({ files }), { ...nothing, ...policy }, now, facts);
      assert.deepEqual(told(judged), withheld);
      assert.deepEqual(
        judged.unread,
        files.filter(({ filename }) => unread.includes(filename.split("-")[1]!)),
      );
    });
  test("are told", () => {
    const { withheld } = withhold(page({ files }), { ...nothing, block: [{ licences: ["*"] }] }, now, facts);
    const sentences = withheld.map((held) => explainWithheld(held, nothing));
    assert.match(sentences[0]!, / Its licence: MIT\.$/);
    assert.match(sentences[1]!, / Its licence: it says none\.$/);
  });
});
