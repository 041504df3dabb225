import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkTarget } from "../src/index.ts";

describe("9112:3.2 which targets pass", () => {
  for (const path of [
    "/",
    "//",
    "/pypi/simple/some.package_name/",
    "/files/foo-1.0%2Blocal-py3-none-any.whl",
    "/a%2Fb",
    "/a/...",
    "/a/.hidden",
    "/a/..b/c..",
    "/a?b=../c&d=%",
    "/a?b=http://c/d?e",
    "/a/%252e%252e/b",
    '/"<>^`{|}',
    "/~a!$&'()*+,;=:@",
  ]) {
    test(path, () => assert.deepEqual(checkTarget("GET", path), { type: "path", path, authority: undefined }));
  }
});

describe("9112:3.2 which targets are refused", () => {
  const rows: readonly (readonly [target: string, because: RegExp])[] = [
    ["/..", /dot segment/],
    ["/.", /dot segment/],
    ["/a/./b", /dot segment/],
    ["/a/../b?c", /dot segment/],
    ["/a/%2e%2E/b", /dot segment/],
    ["/a/.%2e/b", /dot segment/],
    ["/a/..%2fb", /dot segment/],
    ["/a%2F..%2Fb", /dot segment/],
    ["/a/..%5cb", /dot segment/],
    ["/a\\b", /backslash/],
    ["/a%00b", /encoded control/],
    ["/a%0d%0ab", /encoded control/],
    ["/a%7F", /encoded control/],
    ["/a%", /encodes nothing/],
    ["/a%zz", /encodes nothing/],
    ["/a b", /control character, a space/],
    ["/a\u00e4", /non-ASCII/],
    ["/a#b", /fragment/],
    ["a", /must start with/],
    ["", /must start with/],
    ["http://a b/", /malformed/],
    ["http://[::1/", /malformed/],
    ["http://a:123456/", /malformed/],
    ["gopher://a/", /gopher/],
  ];
  for (const [target, because] of rows) {
    test(JSON.stringify(target), () => {
      const checked = checkTarget("GET", target);
      assert.equal(checked.type, "refused");
      assert.match(checked.type === "refused" ? checked.because : "", because);
    });
  }
});

test("what passes means the same to everybody: a URL parser changes nothing but characters it encodes", () => {
  const piece = fc.constantFrom("/", ".", "..", "%2e", "%2F", "%5c", "a", "b-c", "?", "%", "\\", ";", "~", " ", "\t");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = `/${pieces.join("")}`;
      const checked = checkTarget("GET", target);
      if (checked.type !== "path") return;
      const { pathname, search } = new URL(`http://x${target}`);
      assert.equal(pathname + search, target.endsWith("?") && search === "" ? target.slice(0, -1) : target);
    }),
  );
});

test("any octets: nothing throws, and what passes is what came", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom("", "/", "http://x/", "http://"),
      (text, start) => {
        const target = start + text;
        const checked = checkTarget("GET", target);
        // an absolute URI may leave the slash out
        if (checked.type === "path") assert.ok([checked.path, checked.path.slice(1)].some((p) => target.endsWith(p)));
      },
    ),
    { numRuns: 20_000 },
  );
});
