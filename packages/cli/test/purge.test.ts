import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { folder, larder } from "./process.ts";

let served = 0;
const site = createServer((request, response) => {
  served++;
  response.setHeader("Cache-Control", "max-age=600");
  response.setHeader("ETag", '"1"');
  response.setHeader("Cache-Groups", '"release 1"');
  if (request.headers["if-none-match"] === '"1"') response.statusCode = 304;
  response.end(response.statusCode === 304 ? undefined : `content of ${request.url}`);
});
const tokenFile = join(folder, "token");
const shortFile = join(folder, "short-token");
const otherFile = join(folder, "other-token");
writeFileSync(tokenFile, "0123456789abcdef0123456789abcdef\n");
writeFileSync(shortFile, "secret\n");
writeFileSync(otherFile, "0123456789abcdef0123456789abcdeX\n");

describe("larder purge", () => {
  let url = "";
  let admin = "";
  let gateway: ReturnType<typeof larder>;
  before(async () => {
    site.listen(0, "127.0.0.1");
    await once(site, "listening");
    const config = join(folder, "larder.toml");
    writeFileSync(
      config,
      `listen = "127.0.0.1:0"
admin = "127.0.0.1:0"
admin-token-file = "token"
data = "data"
[[mount]]
prefix = "/site/"
format = "http"
upstream = "http://127.0.0.1:${(site.address() as AddressInfo).port}/"`,
    );
    gateway = larder("gateway", "--config", config);
    [, url = ""] = await gateway.says(/larder listens on (\S+)\n/);
    [, admin = ""] = await gateway.says(/metrics and health at http:\/\/(127\.0\.0\.1:\d+)\//);
    await gateway.says(/orders \(larder purge\) from this machine/);
  });
  after(async () => {
    gateway.child.kill("SIGTERM");
    await gateway.ended;
    site.close();
  });
  const purge = (...args: readonly string[]) => larder("purge", ...args).ended;
  const withToken = () => ["--admin", admin, "--token-file", tokenFile];
  const cacheStatus = async (path: string) => (await fetch(url + path)).headers.get("cache-status") ?? "";

  const rows: readonly (readonly [says: string, args: readonly string[], word: RegExp])[] = [
    ["a URL", ["/site/a"], /fwd=uri-miss/],
    ["softly", ["/site/a", "--soft"], /fwd=stale; fwd-status=304/],
    ["a prefix", ["--prefix", "/site/"], /fwd=uri-miss/],
    ["a group", ["--group", "release 1"], /fwd=uri-miss/],
    ["a mount, softly", ["--mount", "/site/", "--soft"], /fwd=stale; fwd-status=304/],
  ];
  for (const [says, args, word] of rows)
    test(says, async () => {
      await cacheStatus("/site/a");
      assert.match(await cacheStatus("/site/a"), /; hit/);
      const { code, out } = await purge(...args, ...withToken());
      assert.deepEqual([code, out.replace(/^1 responses (removed|must be .*)\n$/, "one")], [0, "one"]);
      assert.match(await cacheStatus("/site/a"), word);
    });

  test("--json", async () => {
    await cacheStatus("/site/b");
    const { code, out } = await purge("/site/b", "--json", ...withToken());
    assert.deepEqual([code, JSON.parse(out)], [0, { mode: "hard", responses: 1 }]);
    const again = await purge("/site/b", "--json", ...withToken());
    assert.deepEqual([again.code, JSON.parse(again.out)], [0, { mode: "hard", responses: 0 }]);
  });

  const wrong: readonly (readonly [args: () => readonly string[], code: number, because: RegExp])[] = [
    [() => ["/other/", ...withToken()], 2, /Nothing is mounted at \/other\//],
    [() => withToken(), 2, /name one of URL, --prefix/],
    [() => ["/site/a", "--prefix", "/site/", ...withToken()], 2, /name one of URL, --prefix/],
    [() => ["/site/a", "--token-file", tokenFile], 2, /--admin/],
    [() => ["/site/a", "--admin", admin], 2, /LARDER_ADMIN_TOKEN/],
    [() => ["/site/a", "--admin", admin, "--token-file", shortFile], 2, /at least 16/],
    [() => ["/site/a", "--admin", admin, "--token-file", otherFile], 1, /needs the admin token/],
    [() => ["/site/a", "--admin", "127.0.0.1:9", "--token-file", tokenFile], 1, /no gateway answers at 127\.0\.0\.1:9/],
  ];
  for (const [args, code, because] of wrong)
    test(`${because} is said in one line, with ${code}`, async () => {
      const before = served;
      const ended = await purge(...args());
      assert.equal(ended.code, code);
      assert.match(ended.err, /^larder: [^\n]+\n$/);
      assert.match(ended.err, because);
      assert.equal(served, before);
    });

  test("--help has examples", async () => {
    const { code, out } = await purge("--help");
    assert.match(out, /larder purge --config/);
    assert.equal(code, 0);
  });
});
