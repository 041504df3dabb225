import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Mount, pypi } from "../src/index.ts";
import { fileUrl } from "../src/pypi/file-url.ts";
import { unsignedQuery } from "../src/signed-url.ts";
import { comparableUrl } from "../src/upstream-url.ts";

describe("a query without what signs it", () => {
  const rows: readonly [given: string, then: string][] = [
    ["", ""],
    ["?", "?"],
    ["?a=1&b=%3C", "?a=1&b=%3C"],
    ["?X-Amz-Algorithm=A&X-Amz-Credential=k%2Fs&X-Amz-Date=1&X-Amz-Expires=900&X-Amz-Signature=0f", ""],
    ["?versionId=7&x-amz-signature=0f&x-amz-date=1", "?versionId=7"],
    ["?X-Goog-Date=1&X-Goog-Signature=0f&generation=9", "?generation=9"],
    ["?Expires=1&Signature=0f~&Key-Pair-Id=K", ""],
    ["?AWSAccessKeyId=K&Signature=0f&Expires=1&a", "?a"],
    ["?sv=2024&se=1&sr=b&sp=r&sig=0f%3D&id=3", "?id=3"],
    ["?se=1&st=2&expires=3&policy=4", "?se=1&st=2&expires=3&policy=4"],
  ];
  for (const [given, then] of rows) {
    test(given, () => assert.equal(unsignedQuery(given), then));
    test(`${given}, once more`, () => assert.equal(unsignedQuery(then), then));
  }
});

test("a signed link of a page is the same file each time, and its URL says nothing of the signature", () => {
  const mount: Mount = { prefix: "/pypi/", upstream: new URL("https://index.example/simple/") };
  const [one, other] = ["a", "b"].map((sig) => `https://files.example/d/foo-1.0.whl?id=3&sig=${sig}`) as [
    string,
    string,
  ];
  assert.equal(comparableUrl(one), "https://files.example/d/foo-1.0.whl?id=3");
  const path = fileUrl(mount, "foo", one);
  assert.equal(path, fileUrl(mount, "foo", other));
  const route = pypi.route(mount, { method: "GET", path, query: "" });
  assert.equal(route.type === "artifact" && route.target, comparableUrl(one));
});
