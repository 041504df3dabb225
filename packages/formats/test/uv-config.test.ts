import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { withDefaultIndex } from "../src/index.ts";

const index = "http://127.0.0.1:8080/pypi/simple/";
function edit(text: string): string {
  const result = withDefaultIndex(text, index);
  assert.ok("text" in result, "fault" in result ? result.fault : "");
  return result.text;
}
const added = `[[index]]\nurl = "${index}"\ndefault = true\n`;

describe("a uv.toml with another default index", () => {
  const rows: readonly (readonly [says: string, text: string, becomes: string])[] = [
    ["none", "", added],
    ["settings alone", "offline = true # why\n", `offline = true # why\n\n${added}`],
    ["no end of line", "[pip]\nno-deps = true", `[pip]\nno-deps = true\n\n${added}`],
    [
      "a default of its own",
      '[[index]]\nname = "own" # ours\nurl = "https://a.example/" # old\ndefault = true\n',
      `[[index]]\nname = "own" # ours\nurl = "${index}" # old\ndefault = true\n`,
    ],
    [
      "another index, which stays",
      '[[index]]\nurl = "https://a.example/"\n',
      `[[index]]\nurl = "https://a.example/"\n\n${added}`,
    ],
    [
      "the second is the default",
      "[[index]]\nurl = 'https://a.example/'\n[[index]]\ndefault = true\nurl = 'https://b.example/'\n",
      `[[index]]\nurl = 'https://a.example/'\n[[index]]\ndefault = true\nurl = '${index}'\n`,
    ],
    ["the old key", 'index-url = "https://a.example/"\n', `index-url = "${index}"\n`],
    [
      "pip's own key, which would count before it",
      '[pip]\nindex-url = "https://a.example/"\n',
      `[pip]\nindex-url = "${index}"\n\n${added}`,
    ],
    [
      "in one line",
      'index = [{ url = "https://a.example/", name = "a" }]\n[pip]\n',
      `index = [{ url = "${index}", default = true }, { url = "https://a.example/", name = "a" }]\n[pip]\n`,
    ],
    ["an empty list", "index = []\n", `index = [{ url = "${index}", default = true }]\n`],
    [
      "a default in one line",
      'index = [ {default = true, url="https://a.example/"}, ]\n',
      `index = [ {default = true, url="${index}"}, ]\n`,
    ],
    [
      "a default that is false",
      "index = [{url = 'https://a.example/', default = false}]",
      `index = [{ url = "${index}", default = true }, {url = 'https://a.example/', default = false}]`,
    ],
  ];
  for (const [says, text, becomes] of rows) {
    test(says, () => assert.equal(edit(text), becomes));
    test(`${says}, once more: nothing changes`, () => assert.equal(edit(edit(text)), edit(text)));
  }

  const faults: readonly (readonly [text: string, fault: RegExp])[] = [
    ["a = ", /^Its line 1 is no TOML/],
    ["[[index]]\ndefault = true\n", /^Its default index has no url\.$/],
  ];
  for (const [text, fault] of faults) {
    test(`${JSON.stringify(text)} is left alone, with a sentence`, () => {
      const result = withDefaultIndex(text, index);
      assert.match("fault" in result ? result.fault : "", fault);
    });
  }

  test("law: every line that is not about the default index is there afterwards, in its order", () => {
    const line = fc.constantFrom(
      "# a comment",
      "",
      "offline = true",
      'cache-dir = "/c" # where',
      "[pip]",
      "[[index]]",
      'url = "https://a.example/"',
      'name = "é"',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join("\n");
        const result = withDefaultIndex(text, index);
        if ("fault" in result) return;
        assert.ok(result.text.startsWith(text));
        assert.equal(edit(result.text), result.text);
      }),
    );
  });
});
