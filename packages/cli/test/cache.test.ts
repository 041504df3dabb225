import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { openSharedSqliteStore } from "@larder/cache/sqlite-shared";
import { Fields } from "@larder/core";

const larder = new URL("../bin/larder.js", import.meta.url).pathname;
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [larder, "cache", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};
const url = (name: string) => `https://api.example/${name}`;

describe("larder cache", () => {
  const folder = mkdtempSync(join(tmpdir(), "larder-cli-cache-"));
  before(async () => {
    const store = openSharedSqliteStore({ folder, maxBytes: 1e6, onFault: ({ message }) => assert.fail(message) });
    for (const name of ["a", "b", "c"]) {
      const writer = store.create({});
      await writer.write(Buffer.from(`text of ${name}`));
      const now = Date.UTC(2026, 0, 1);
      const times = { requestTime: now, responseTime: now, contentSince: now, verifiedAt: now };
      const head = {
        method: "GET",
        status: 200,
        fields: Fields.of(["ETag", `"${name}"`]),
        varying: [],
        invalid: false,
      };
      await store.put({ id: name, cacheKey: url(name), ...head, ...times, content: await writer.finish() }, writer);
    }
    store.close();
  });
  after(() => rmSync(folder, { recursive: true }));

  test("ls, show, rm, verify", () => {
    const listed = run("ls", folder);
    assert.match(listed.stdout, /^200 +9 {2}2026-01-01T00:00:00.000Z {2}https:\/\/api\.example\/a$/m);
    assert.match(listed.stdout, /^3 responses, /m);
    assert.match(run("show", folder, url("b")).stdout, /^ETag: "b"$/m);
    assert.equal(run("rm", folder, url("b")).stdout, "removed 1 responses\n");
    assert.equal(run("show", folder, url("b")).status, 1);
    assert.deepEqual(run("verify", folder), {
      status: 0,
      stdout: "2 responses, 0 of them damaged and removed\n",
      stderr: "",
    });
    const database = new DatabaseSync(join(folder, "shared.sqlite"));
    database.exec("UPDATE contents SET bytes = x'00' WHERE number = (SELECT max(number) FROM contents)");
    database.close();
    assert.equal(run("verify", folder).stdout, "2 responses, 1 of them damaged and removed\n");
    assert.equal(run("rm", folder).stdout, "removed 1 responses\n");
  });

  test("a folder without a store", () => {
    const { status, stderr } = run("ls", join(folder, "nowhere"));
    assert.equal(status, 2);
    assert.match(stderr, /has no store/);
  });
});
