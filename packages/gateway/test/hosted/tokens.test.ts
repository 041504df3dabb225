import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openHostedDatabase } from "../../src/hosted/database.ts";
import { allows, type Right, type Token, Tokens } from "../../src/hosted/tokens.ts";

const given = { spaces: ["/private/"], projects: ["*"], may: "upload" as Right, note: "CI" };

describe("tokens", () => {
  test("what a bearer knows is not stored, and can't be read from what is", () => {
    const database = openHostedDatabase(":memory:");
    const tokens = new Tokens(database);
    const text = tokens.create(given, 1000);
    const [, id, secret] = /^larder_([0-9a-f]{12})_(.{43})$/.exec(text)!;
    const stored = JSON.stringify(database.prepare("SELECT * FROM tokens").all());
    assert.equal(stored.includes(id!), true);
    assert.equal(stored.includes(secret!), false);
    assert.deepEqual(tokens.list(), [{ ...given, id, created: 1000 }]);
  });

  const now = 10_000;
  const rows: readonly (readonly [says: string, of: (text: string, tokens: Tokens) => string, then: string])[] = [
    ["the token", (text) => text, "valid"],
    ["another secret", (text) => `${text.slice(0, -1)}${text.endsWith("A") ? "B" : "A"}`, "unknown"],
    ["another token's id", (text, tokens) => tokens.create(given, 0).slice(0, 20) + text.slice(20), "unknown"],
    ["cut short", (text) => text.slice(0, -1), "unknown"],
    ["more behind it", (text) => `${text}A`, "unknown"],
    ["nothing", () => "", "unknown"],
    ["expired a moment ago", (_, tokens) => tokens.create({ ...given, expires: now }, 0), "expired"],
    ["not yet expired", (_, tokens) => tokens.create({ ...given, expires: now + 1 }, 0), "valid"],
    [
      "expired, with another secret",
      (_, tokens) => `${tokens.create({ ...given, expires: 1 }, 0).slice(0, -2)}..`,
      "unknown",
    ],
    [
      "revoked",
      (text, tokens) => {
        assert.equal(tokens.revoke(text.slice(7, 19), 5000), true);
        assert.equal(tokens.revoke(text.slice(7, 19), 6000), false, "once is enough");
        return text;
      },
      "unknown",
    ],
  ];
  for (const [says, of, then] of rows)
    test(`${says}: ${then}`, () => {
      const tokens = new Tokens(openHostedDatabase(":memory:"));
      const text = tokens.create(given, 0);
      assert.equal(tokens.verify(of(text, tokens), now).type, then);
    });

  const token: Token = {
    id: "0",
    spaces: ["/private/"],
    projects: ["acme-*", "tool"],
    may: "upload",
    note: "",
    created: 0,
  };
  const scopes: readonly (readonly [
    says: string,
    space: string,
    right: Right,
    project: string | undefined,
    is: boolean,
  ])[] = [
    ["what it is for", "/private/", "upload", "tool", true],
    ["less than that", "/private/", "read", "tool", true],
    ["more than that", "/private/", "admin", "tool", false],
    ["another mount", "/other/", "read", "tool", false],
    ["a project by its pattern", "/private/", "upload", "acme-web", true],
    ["another project", "/private/", "upload", "toolbox", false],
    ["a name that only begins so", "/private/", "upload", "acme", false],
    ["no project yet", "/private/", "upload", undefined, true],
  ];
  for (const [says, space, right, project, is] of scopes)
    test(`scope: ${says}`, () => assert.equal(allows(token, space, right, project), is));

  const patterns: readonly (readonly [pattern: string, name: string, is: boolean])[] = [
    ["*", "anything", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a*a", "a", false],
    ["a**a", "aa", true],
    ["a.b", "a-b", true],
    ["A_b*", "a-bc", true],
    ["a.b", "axb", false],
    [`${"*a".repeat(30)}b`, "a".repeat(60), false],
  ];
  for (const [pattern, name, is] of patterns)
    test(`PEP 503: the pattern ${pattern} and ${name}: ${is}`, () => {
      const tokens = new Tokens(openHostedDatabase(":memory:"));
      tokens.create({ ...given, projects: [pattern] }, 0);
      assert.equal(allows(tokens.list()[0]!, "/private/", "read", name), is);
    });
});
