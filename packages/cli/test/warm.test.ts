import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createProgress } from "../src/progress.ts";
import { folder, runLarder, serve } from "./program.ts";

const files = [
  "demo-1.0-py3-none-any.whl",
  "demo-1.0-cp39-cp39-linux_x86_64.whl",
  "demo-1.0.tar.gz",
  "demo-1.1.tar.gz",
];

/** A gateway that keeps what it was asked for, and what it was asked. */
async function gateway(
  more: Readonly<Record<string, { status?: number; cacheStatus?: string; breaks?: boolean }>> = {},
  latency = 0,
) {
  const asked: string[] = [];
  const kept = new Set<string>();
  let atOnce = 0;
  let most = 0;
  const url = await serve((request, response) => {
    const path = request.url!.replace("/pypi/", "");
    asked.push(path);
    most = Math.max(most, ++atOnce);
    response.on("close", () => atOnce--);
    const odd = more[path];
    if (odd?.breaks) {
      response.writeHead(200, { "Content-Length": 10, "Cache-Status": "larder; fwd=uri-miss; stored" });
      response.write("half", () => response.destroy());
    } else if (odd?.status !== undefined || !/demo/.test(path)) {
      response.writeHead(odd?.status ?? 404, { "Content-Type": "application/problem+json" });
      response.end(JSON.stringify({ detail: "The upstream index has no such thing." }));
    } else if (path === "simple/demo/") {
      const page = files.map((filename) => ({
        filename,
        url: `../../files/demo/-/${filename}`,
        hashes: { sha256: filename.length.toString(16).padStart(64, "0") },
        ...(filename.endsWith("any.whl") && { "core-metadata": true }),
      }));
      response.setHeader("Content-Type", "application/vnd.pypi.simple.v1+json");
      response.end(JSON.stringify({ meta: { "api-version": "1.0" }, name: "demo", files: page }));
    } else {
      response.setHeader(
        "Cache-Status",
        odd?.cacheStatus ?? `larder; ${kept.has(path) ? "hit" : "fwd=uri-miss; stored"}`,
      );
      kept.add(path);
      setTimeout(() => response.end("content"), latency);
    }
  });
  return { url: `${url}/pypi/`, asked, kept, most: () => most };
}

const lockOf = (...names: string[]) =>
  `[[package]]\nname = "Demo"\nversion = "1.0"\nfiles = [${names.map((file) => `{file = "${file}"}`)}]\n`;

describe("larder warm", () => {
  const rows: readonly (readonly [
    says: string,
    path: string,
    text: string,
    args: readonly string[],
    kept: string[],
  ])[] = [
    [
      "the files that a lock file names, with their metadata",
      "poetry.lock",
      lockOf(files[0]!, files[2]!),
      [],
      ["demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl.metadata", "demo-1.0.tar.gz"],
    ],
    [
      "those that match --only",
      "poetry.lock",
      lockOf(...files),
      ["--only", "*.tar.gz"],
      ["demo-1.0.tar.gz", "demo-1.1.tar.gz"],
    ],
    [
      "of a requirement those of its version",
      "r.txt",
      "demo==1.0",
      ["--only", "*.gz", "--only", "*linux*"],
      [files[1]!, files[2]!],
    ],
    ["of an open one those of the newest", "r.txt", "demo>=1", [], ["demo-1.1.tar.gz"]],
    [
      "those whose hash is allowed",
      "r.txt",
      `demo==1.0 --hash=sha256:${"f".padStart(64, "0")}`,
      [],
      ["demo-1.0.tar.gz"],
    ],
  ];
  for (const [says, path, text, args, expected] of rows) {
    test(`fetches ${says}`, async () => {
      const cwd = folder();
      writeFileSync(join(cwd, path), text);
      const { url, kept } = await gateway();
      const ended = await runLarder(cwd, ["warm", path, "--gateway", `${url}simple/`, ...args]);
      assert.equal(ended.code, 0, ended.err);
      assert.deepEqual([...kept].map((file) => file.replace("files/demo/-/", "")).sort(), expected.sort());
      assert.match(
        ended.out,
        new RegExp(`^${expected.length} files: ${expected.length} fetched .*, 0 were there, 0 missing\n$`),
      );
    });
  }

  test("what is kept is not fetched again, however often it runs", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "r.txt"), "demo==1.0\n-r more/others.txt\n");
    mkdirSync(join(cwd, "more"));
    writeFileSync(join(cwd, "more/others.txt"), "-r ../r.txt\ndemo==1.1\n");
    const { url, most } = await gateway({}, 50);
    const warm = () => runLarder(cwd, ["warm", "r.txt", "--gateway", url, "--json", "--concurrency", "2"]);
    const { fetched, stored } = JSON.parse((await warm()).out);
    assert.deepEqual([fetched, stored], [5, 0]);
    const again = JSON.parse((await warm()).out);
    assert.deepEqual([again.fetched, again.stored, again.missing], [0, 5, []]);
    assert.equal(most(), 2, "requests at once");
  });

  const file = "files/demo/-/demo-1.0.tar.gz";
  const missing: readonly (readonly [says: string, text: string, odd: Parameters<typeof gateway>[0], err: RegExp])[] = [
    ["no page", "other==1", {}, /missing: other: The upstream index has no such thing\./],
    ["no such version", "demo==7", {}, /missing: demo==7: the index has no such version/],
    ["no such file", lockOf("demo-9.tar.gz"), {}, /missing: demo-9\.tar\.gz: the index has no such file/],
    ["no allowed hash", "demo==1.0 --hash=sha256:00", {}, /missing: demo==1\.0: no file of the index has a hash/],
    ["a refusal", lockOf("demo-1.0.tar.gz"), { [file]: { status: 403 } }, /missing: demo-1\.0\.tar\.gz: The upstream/],
    ["a cut file", lockOf("demo-1.0.tar.gz"), { [file]: { breaks: true } }, /demo-1\.0\.tar\.gz: it broke off/],
    [
      "one that isn't kept",
      lockOf("demo-1.0.tar.gz"),
      { [file]: { cacheStatus: "larder; fwd=uri-miss" } },
      /demo-1\.0\.tar\.gz: the gateway passed it on without keeping it/,
    ],
  ];
  for (const [says, text, odd, out] of missing) {
    test(`${says}: told, and exit code 1`, async () => {
      const cwd = folder();
      const path = text.startsWith("[[") ? "poetry.lock" : "r.txt";
      writeFileSync(join(cwd, path), text);
      const { url } = await gateway(odd);
      const ended = await runLarder(cwd, ["warm", path, "--gateway", url]);
      assert.equal(ended.code, 1);
      assert.match(ended.out, out);
    });
  }

  test("no gateway: a sentence, and exit code 1", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "r.txt"), "demo\nvcs @ git+https://git.example/vcs\n");
    const ended = await runLarder(cwd, ["warm", "r.txt", "--gateway", "http://127.0.0.1:1/pypi/"]);
    assert.equal(ended.code, 1);
    assert.match(
      ended.out,
      /missing: demo: http:\/\/127\.0\.0\.1:1 can't be reached \(.*\); is the gateway running there\?/,
    );
    assert.match(ended.out, /not from an index: vcs \(git\+https:\/\/git\.example\/vcs\)/);
  });
});

describe("progress", () => {
  test("a line for each thing, but a bar on a terminal, drawn now and then and at the end", () => {
    const drawn = (isTTY: boolean) => {
      const written: string[] = [];
      let now = 0;
      const output = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
      const progress = createProgress(output, () => (now += 60));
      for (const done of [1, 2, 3, 4]) progress.step(done, 4, `demo-${done}`);
      progress.end();
      return written;
    };
    assert.deepEqual(drawn(false), ["1/4 demo-1\n", "2/4 demo-2\n", "3/4 demo-3\n", "4/4 demo-4\n"]);
    const bar = drawn(true);
    assert.equal(bar.at(-2), `\r\x1b[K[${"#".repeat(24)}] 4/4 demo-4`);
    assert.equal(bar.at(-1), "\r\x1b[K");
    assert.ok(bar.length < 5, "not each step");
  });
});
