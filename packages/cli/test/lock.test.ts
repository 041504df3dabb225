import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { folder, runLarder, serve } from "./program.ts";

const upstream = "https://index.example/simple/";
const gateway = "http://larder.example/pypi/";
const uvLock = `[[package]]
name = "demo"
source = { registry = "https://index.example/simple" }
sdist = { url = "https://files.example/demo-1.0.tar.gz" } # stays
`;
const throughGateway = `[[package]]
name = "demo"
source = { registry = "http://larder.example/pypi/simple" }
sdist = { url = "http://larder.example/pypi/files/demo/files.example/demo-1.0.tar.gz" } # stays
`;

/** A new folder with one file, and `larder lock rewrite` of it. */
function given(name: string, text: string) {
  const cwd = folder();
  writeFileSync(join(cwd, name), text);
  return {
    cwd,
    rewrite: (...args: string[]) => runLarder(cwd, ["lock", "rewrite", name, ...args]),
    text: () => readFileSync(join(cwd, name), "utf8"),
  };
}

describe("larder lock rewrite", () => {
  test("prints the result, tells what it did, and leaves the file alone", async () => {
    const { rewrite, text } = given("uv.lock", uvLock);
    const { code, out, err } = await rewrite("--to", gateway, "--upstream", upstream);
    assert.deepEqual([code, out, text()], [0, throughGateway, uvLock]);
    assert.equal(err, `uv.lock: 2 of 2 URLs led from ${upstream} to ${gateway}\n`);
  });

  test("--write changes the file, which keeps its mode; there and back it is the same", async () => {
    const { cwd, rewrite, text } = given("uv.lock", uvLock);
    chmodSync(join(cwd, "uv.lock"), 0o640);
    const to = ["--to", `${gateway}simple/`, "--upstream", upstream, "--write"];
    assert.deepEqual(await rewrite(...to).then(({ code, out }) => [code, out]), [0, ""]);
    assert.equal(text(), throughGateway);
    assert.equal(statSync(join(cwd, "uv.lock")).mode & 0o777, 0o640);
    assert.equal((await rewrite(...to)).code, 0, "once more: nothing needs to be done");
    assert.equal(text(), throughGateway);
    assert.equal((await rewrite("--to-upstream", "--gateway", gateway, "--upstream", upstream, "--write")).code, 0);
    assert.equal(text(), uvLock);
  });

  test("the index behind the mount may come from the gateway's configuration file", async () => {
    const { cwd, rewrite } = given("uv.lock", uvLock);
    const mount = (prefix: string, at: string) =>
      `[[mount]]\nprefix = "${prefix}"\nformat = "pypi"\nupstream = "${at}"\n`;
    writeFileSync(join(cwd, "larder.toml"), mount("/pypi/", upstream) + mount("/b/", "https://b.example/simple/"));
    assert.equal((await rewrite("--to", gateway, "--config", "larder.toml")).out, throughGateway);
    const { code, err } = await rewrite("--to", "http://larder.example/c/", "--config", "larder.toml");
    assert.equal(code, 2);
    assert.match(err, /larder\.toml: no index with an upstream is mounted at \/c\/, .*; there is \/pypi\/, \/b\/\n$/);
  });

  test("a requirement's URL is led through the gateway when its index links the file", async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url!);
      if (!request.url!.endsWith("/demo/")) return void response.writeHead(404).end();
      const files = [
        { filename: "demo-1.0.tar.gz", url: "../../files/demo/files.example/demo-1.0.tar.gz", hashes: {} },
      ];
      response.setHeader("Content-Type", "application/vnd.pypi.simple.v1+json");
      response.end(JSON.stringify({ meta: { "api-version": "1.0" }, name: "demo", files }));
    });
    const line = (name: string, at: string) => `${name} @ ${at}${name}-1.0.tar.gz\n`;
    const text = line("demo", "https://files.example/") + line("other", "https://files.example/");
    const { rewrite } = given("requirements.txt", text);
    const { code, out, err } = await rewrite("--to", `${url}/pypi/`, "--upstream", upstream);
    assert.equal(code, 0);
    assert.equal(out, line("demo", `${url}/pypi/files/demo/files.example/`) + line("other", "https://files.example/"));
    assert.match(err, /stays: https:\/\/files\.example\/other-1\.0\.tar\.gz/);
    assert.deepEqual(asked.sort(), ["/pypi/simple/demo/", "/pypi/simple/other/"]);
  });

  test("--json lists the changes", async () => {
    const { rewrite } = given(
      "requirements.txt",
      `-i ${upstream}\n--extra-index-url https://u:secret@b.example/simple\n`,
    );
    const { code, out, err } = await rewrite("--to", gateway, "--upstream", upstream, "--json");
    assert.equal(code, 0);
    const { changed, left } = JSON.parse(out);
    assert.deepEqual(changed, [{ from: upstream, to: `${gateway}simple/` }]);
    assert.deepEqual(left, ["https://…@b.example/simple"]);
    assert.doesNotMatch(err, /secret/);
  });

  const faults: readonly (readonly [says: string, args: readonly string[], code: number, err: RegExp])[] = [
    ["no direction", [], 2, /say either --to URL or --to-upstream/],
    ["both directions", ["--to", gateway, "--to-upstream"], 2, /say either --to URL or --to-upstream/],
    ["no URL", ["--to", "larder"], 2, /--to: .*for example http:/],
    ["no index known", ["--to", gateway], 2, /no index: neither uv nor pip is set up here/],
    [
      "another index",
      ["--to", gateway, "--upstream", "https://b.example/"],
      1,
      /stays: https:\/\/index\.example\/simple\n/,
    ],
  ];
  for (const [says, args, code, err] of faults) {
    test(`${says}: exit code ${code}, and a sentence`, async () => {
      const ended = await given("uv.lock", uvLock).rewrite(...args);
      assert.equal(ended.code, code, ended.err);
      assert.match(ended.err, err);
    });
  }

  test("a file that isn't there, and one that is no lock file", async () => {
    const { rewrite, cwd } = given("other.lock", uvLock);
    assert.match(
      (await rewrite("--to", gateway, "--upstream", upstream)).err,
      /^larder: other\.lock: It is none of uv\.lock/,
    );
    const missing = await runLarder(cwd, ["lock", "rewrite", "uv.lock", "--to", gateway, "--upstream", upstream]);
    assert.deepEqual([missing.code, missing.err], [2, "larder: uv.lock can't be read (ENOENT)\n"]);
  });
});
