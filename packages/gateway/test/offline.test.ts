import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { offlineSentence } from "../src/offline.ts";

describe("what an offline mount says of what it has not stored", () => {
  const rows: readonly (readonly [format: "pypi" | "http", upstream: string, target: string, what: string])[] = [
    ["pypi", "https://index.example/simple/", "https://index.example/simple/demo/", "the page of demo"],
    ["pypi", "https://index.example/simple/", "https://files.example/p/demo-1.0.tar.gz", "demo-1.0.tar.gz"],
    ["pypi", "https://index.example/simple/", "https://files.example/demo-1%2Bx.whl?signature=secret", "demo-1+x.whl"],
    ["pypi", "https://index.example/", "https://index.example/files/demo-1.0.tar.gz", "demo-1.0.tar.gz"],
    ["http", "https://api.example/v1/", "https://api.example/v1/things?token=secret", "/things"],
    ["http", "https://api.example/v1/", "https://api.example/v1/", "/"],
  ];
  for (const [format, upstream, target, what] of rows) {
    test(`${format}: ${target}`, () => {
      const sentence = offlineSentence({ format, upstream: new URL(upstream) }, new URL(target));
      assert.ok(sentence.includes(`is offline and has not stored ${what}${format === "pypi" ? ":" : ";"} `), sentence);
      assert.doesNotMatch(sentence, /secret/);
    });
  }
});
