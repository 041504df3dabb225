import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Answer } from "@larder/cache/testing";
import { formatHttpDate } from "@larder/core";
import { readConfig } from "../src/config-read.ts";
import { thisMachine } from "../src/machine.ts";
import { bench, start } from "./bench.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-docs-"));
after(() => rmSync(folder, { recursive: true }));

/** What the example of docs/caching.md mounts there. */
function documented(prefix: string) {
  const text = readFileSync(new URL("../../../docs/caching.md", import.meta.url), "utf8");
  const [, toml = ""] = /^```toml\n(.*?)^```$/ms.exec(text) ?? [];
  const file = join(folder, "larder.toml");
  writeFileSync(file, toml);
  const machine = thisMachine({ LARDER_ADMIN_TOKEN: "0123456789abcdef" }, folder, folder);
  const { config } = readConfig({ options: {}, mounts: [], file, interactive: false, folder }, machine);
  assert.deepEqual([config.admin?.port, config.adminToken], [9100, "0123456789abcdef"]);
  const mount = config.mounts.find((one) => one.prefix === prefix);
  assert.ok(mount !== undefined && "upstream" in mount);
  return mount;
}

const answer = (status: number, fields: Record<string, string> = {}): Answer => ({
  status,
  fields: { Date: formatHttpDate(start), ...fields },
  body: "x",
});

describe("the example of docs/caching.md", () => {
  const rows: readonly (readonly [path: string, Answer, seconds: number])[] = [
    ["/site/missing", answer(404), 60],
    ["/site/gone", answer(410), 3600],
    ["/site/broken", answer(503), 5],
    ["/site/static/a.css", answer(200), 86_400],
    ["/site/photo", answer(200, { "Content-Type": "image/png" }), 600],
    ["/site/news", answer(200, { "Site-Cache-Control": "max-age=9", "Cache-Control": "no-store" }), 9],
    ["/pypi/simple/nobody/", answer(404), 60],
  ];
  for (const [path, given, seconds] of rows)
    test(`${path} answers for ${seconds} seconds`, async () => {
      const it = bench(documented(path.startsWith("/site/") ? "/site/" : "/pypi/"), given, given, given);
      await it.get(path);
      it.pass(seconds - 1);
      await it.get(path);
      assert.equal(it.upstream.asked.length, 1);
      it.pass(1);
      await it.get(path);
      assert.ok(it.upstream.asked.length > 1);
    });

  test("URLs that differ in what makes no difference are one", async () => {
    const it = bench(documented("/site/"), answer(200, { "Cache-Control": "max-age=60" }));
    for (const query of ["?b=1&a=2&utm_source=x", "?a=2&fbclid=y&b=1"]) await it.get(`/site/news${query}`);
    assert.deepEqual(
      it.upstream.asked.map(({ target }) => target),
      ["https://site.example/news?a=2&b=1"],
    );
  });

  test("a request that is too long", async () =>
    assert.equal(
      (await bench(documented("/site/")).get("/site/", { "content-length": "10000001" }, "POST")).status,
      413,
    ));
});
