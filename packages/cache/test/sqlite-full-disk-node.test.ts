import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { faults, folder, open } from "./sqlite-helpers.ts";
import { keep, octets, readAll, response, written } from "./store-helpers.ts";

describe("SQLite store: a disk that takes nothing", () => {
  test("writing fails, its readers with it, and the store goes on", async () => {
    const store = open();
    const kept = await keep(store, octets(1000), { cacheKey: "a" });
    rmSync(join(folder, "tmp"), { recursive: true });
    const writer = store.create({});
    const reading = assert.rejects(readAll(writer.content), /ENOENT/);
    await assert.rejects(async () => writer.write(octets(100_000)), /ENOENT/);
    await reading;
    await assert.rejects(async () => writer.finish(), /ENOENT/);
    assert.deepEqual(await readAll((await store.open(kept))!), Buffer.from(octets(1000)));
    await keep(store, octets(2000), { cacheKey: "b" });
    await store.close();
  });

  test("putting fails, its readers go on, nothing has changed", async () => {
    const store = open();
    const content = octets(100_000);
    const before = await keep(store, octets(1000), { cacheKey: "a" });
    rmSync(join(folder, "content"), { recursive: true });
    writeFileSync(join(folder, "content"), "in the way");
    const writer = await written(store, content);
    const size = store.size();
    await assert.rejects(
      async () => store.put(response(content, { cacheKey: "a" }), writer, [before]),
      /ENOTDIR|EEXIST/,
    );
    assert.deepEqual(store.size(), size);
    assert.deepEqual(
      (await store.list("a")).map(({ id }) => id),
      [before.id],
    );
    assert.deepEqual(await readAll(writer.content), Buffer.from(content));
    await store.close();
  });
});

describe("SQLite store: a disk that is full", () => {
  test("what doesn't fit fails as an error, and all that was kept is right, then and after a restart", async () => {
    const filler = new URL("disk-filler.ts", import.meta.url).pathname;
    // files of 2 or 4 MB, by the shell's unit
    const child = spawn("sh", ["-c", 'ulimit -f 4096 && exec "$0" "$@"', process.execPath, filler, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    for await (const chunk of child.stdout) told += chunk;
    const { kept, failed } = JSON.parse(told) as { kept: number[]; failed: { small: number; big: number } };
    assert.equal(failed.big, 1);
    assert.ok(failed.small > 0 && kept.length > 10, `${kept.length} kept, ${failed.small} failed`);
    const store = open();
    for (const index of kept) {
      const content = octets(60_000, index);
      const [stored] = await store.list(`${index}`);
      assert.deepEqual(await readAll((await store.open(stored!))!), Buffer.from(content));
    }
    await keep(store, octets(100_000), { cacheKey: "new" });
    await store.close();
    assert.deepEqual(faults, []);
  });
});
