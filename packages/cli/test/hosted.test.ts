import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { zipSync } from "fflate";
import { folder, larder } from "./process.ts";

const name = "demo-1.0-py3-none-any.whl";
const metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
const wheel = zipSync({ "demo-1.0.dist-info/METADATA": new TextEncoder().encode(metadata) });
const json = { accept: "application/vnd.pypi.simple.v1+json" };

describe("a hosted mount from the command line", () => {
  test("tokens and packages while the gateway runs", async () => {
    const data = join(folder, "hosted");
    const run = async (...args: readonly string[]) => larder(...args, "--data", data).ended;
    const gateway = larder("gateway", "--listen", "127.0.0.1:0", "--data", data, "--mount", "/private/=hosted:");
    const [, url] = await gateway.says(/larder listens on (http:\S+)\n/);
    assert.match(gateway.said.err, /\/private\/ {2}packages of its own, read with a token; upload to legacy\/\n/);

    const created = await run(
      "token",
      "create",
      "--mount",
      "private",
      "--may",
      "upload",
      "--project",
      "DEMO*",
      "--days",
      "1",
      "--note",
      "CI",
    );
    assert.equal(created.code, 0, created.err);
    const token = created.out.trim();
    const authorization = `Bearer ${token}`;
    const listed = await run("token", "list");
    assert.match(listed.out, /^[0-9a-f]{12} {2}\/private\/ {2}upload {2}demo\* {2}until \d{4}-\d\d-\d\d {2}CI\n$/);

    const form = new FormData();
    form.append(":action", "file_upload");
    form.append("content", new File([wheel], name));
    const uploaded = await fetch(`${url}/private/legacy/`, { method: "POST", headers: { authorization }, body: form });
    assert.deepEqual([uploaded.status, await uploaded.text()], [200, `${name} is in the index.\n`]);
    const page = async () => {
      const response = await fetch(`${url}/private/simple/demo/`, { headers: { authorization, ...json } });
      return {
        status: response.status,
        files: response.ok ? ((await response.json()) as { files: Record<string, unknown>[] }).files : [],
      };
    };
    assert.equal((await page()).files[0]?.filename, name);

    assert.equal((await run("hosted", "ls")).out, "demo\n");
    assert.match(
      (await run("hosted", "ls", "Demo")).out,
      new RegExp(`^1\\.0 {2}${wheel.length} {2}\\S+Z {4}${name}\n$`),
    );
    assert.equal((await run("hosted", "yank", "demo", "1.0", "--reason", "bad")).out, `yank  ${name}\n`);
    assert.equal((await page()).files[0]?.yanked, "bad");
    assert.equal(JSON.parse((await run("hosted", "ls", "demo", "--json")).out)[0].yanked, "bad");
    assert.equal((await run("hosted", "unyank", "demo", "1.0")).code, 0);
    assert.equal((await page()).files[0]?.yanked, undefined);
    assert.equal((await run("hosted", "delete", "demo", name)).code, 0);
    assert.deepEqual(await page(), { status: 200, files: [] });
    const again = await run("hosted", "delete", "demo", name);
    assert.deepEqual([again.code, again.err], [1, `larder: /private/ has no file and no version ${name} of demo\n`]);

    assert.equal((await run("token", "revoke", token.slice(7, 19))).code, 0);
    assert.equal((await page()).status, 401);
    assert.match((await run("token", "list")).out, /revoked \d/);
    gateway.child.kill("SIGTERM");
    assert.equal((await gateway.ended).code, 0);
  });

  const rows: readonly (readonly [args: readonly string[], line: RegExp])[] = [
    [["hosted", "ls", "--data", "/nonexistent"], /^larder: --data: \/nonexistent has no hosted packages/],
    [["token", "list", "--data", "/nonexistent"], /^larder: --data: \/nonexistent has no hosted packages/],
    [["token", "create", "--data", "x"], /^larder: required option '--mount <PREFIX>' not specified\n$/],
    [
      ["token", "create", "--data", "x", "--mount", "/p/", "--days", "soon"],
      /^larder: --days: expected a number of days/,
    ],
    [["token", "create", "--data", "x", "--mount", "/p/", "--may", "all"], /^larder: [^\n]*read, upload, admin/],
    [["gateway", "--mount", "/p/=hosted:"], /^larder: --mount \/p\/: what this mount holds is nowhere else/],
  ];
  for (const [args, line] of rows)
    test(`what is wrong is said: larder ${args.join(" ")}`, async () => {
      const { code, err } = await larder(...args).ended;
      assert.match(err, line);
      assert.equal(code, 2);
    });
});
