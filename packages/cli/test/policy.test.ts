import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PolicyAnswer } from "@larder/gateway";
import { folder, runLarder, serve } from "./program.ts";

const held = {
  filename: "demo-1.1.tar.gz",
  version: "1.1",
  offered: false,
  because: "too-new",
  says: "It is too new.",
  until: "2026-01-01T00:00:00.000Z",
};
const offered = { filename: "demo-1.0.tar.gz", version: "1.0", offered: true };
const answers: Readonly<Record<string, readonly PolicyAnswer["files"][number][]>> = {
  "/pypi/policy/de-mo/": [offered, held],
  "/pypi/policy/de-mo/?version=1.0": [offered],
  "/pypi/policy/de-mo/?version=1.1%2Bx": [held],
  "/pypi/policy/de-mo/?version=9": [],
};

describe("larder policy explain", async () => {
  const cwd = folder();
  const gateway = await serve(({ url = "" }, response) => {
    const files = answers[url];
    if (files === undefined) {
      const problem = JSON.stringify({ detail: "The upstream index has no project other." });
      response.writeHead(404, { "content-type": "application/problem+json" }).end(problem);
    } else response.end(JSON.stringify({ project: "de-mo", prefix: "/pypi/", policy: true, changes: null, files }));
  });
  const rows: readonly [says: string, args: readonly string[], code: number, out: RegExp, err: RegExp][] = [
    [
      "a project",
      ["De.Mo"],
      3,
      /^offered {3}demo-1\.0\.tar\.gz\nwithheld {2}demo-1\.1\.tar\.gz until 2026-01-01T00:00:00\.000Z\n {10}It is too new\.\n$/,
      /^$/,
    ],
    ["a version that is offered", ["de-mo==1.0"], 0, /^offered {3}demo-1\.0\.tar\.gz\n$/, /^$/],
    ["a version that is withheld", ["de-mo == 1.1+x"], 3, /^withheld/, /^$/],
    ["for programs", ["de-mo==1.1+x", "--json"], 3, /^\{"project":"de-mo",.*"because":"too-new"/, /^$/],
    [
      "a version that isn't there",
      ["de-mo==9"],
      1,
      /^$/,
      /^larder: the index at http.*\/pypi\/ has no files of de-mo==9\n$/,
    ],
    ["a project that isn't there", ["other"], 1, /^$/, /^larder: The upstream index has no project other\.\n$/],
    ["what is no requirement", ["de-mo>=1"], 2, /^$/, /^larder: "de-mo>=1": expected NAME or NAME==VERSION, /],
    ["nothing", [], 2, /^$/, /^larder: missing required argument/],
  ];
  for (const [says, args, code, out, err] of rows)
    test(says, async () => {
      const ended = await runLarder(cwd, ["policy", "explain", ...args, "--gateway", `${gateway}/pypi/simple/`]);
      assert.match(ended.err, err);
      assert.match(ended.out, out);
      assert.equal(ended.code, code);
    });

  test("where no gateway runs", async () => {
    const { code, err } = await runLarder(cwd, ["policy", "explain", "demo", "--gateway", "http://127.0.0.1:1/pypi/"]);
    assert.equal(code, 1);
    assert.match(err, /^larder: http:\/\/127\.0\.0\.1:1 can't be reached \(.*\); is the gateway running there\?\n$/);
  });
});
