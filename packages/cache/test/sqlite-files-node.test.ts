import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { database, fileOf, folder, open } from "./sqlite-helpers.ts";
import { keep, octets, response, written } from "./store-helpers.ts";

describe("SQLite store: files", () => {
  test("one file for equal content, gone with the last response that has it", async () => {
    const store = open();
    const content = octets(200_000);
    const [a, b] = [await keep(store, content, { cacheKey: "a" }), await keep(store, content, { cacheKey: "b" })];
    assert.ok(store.size().bytes < 210_000);
    await store.remove([a]);
    assert.ok(existsSync(fileOf(content)));
    await store.remove([b]);
    assert.ok(!existsSync(fileOf(content)));
    await store.close();
  });

  test("what a killed process leaves is removed: half-written files, and whole ones that nothing names", async () => {
    const store = open();
    const kept = octets(100_000);
    await keep(store, kept);
    await store.close();
    writeFileSync(join(folder, "tmp", "7"), "half");
    const orphan = octets(100_000, 9);
    mkdirSync(join(fileOf(orphan), ".."), { recursive: true });
    writeFileSync(fileOf(orphan), orphan);
    const opened = new DatabaseSync(database());
    opened.exec("UPDATE state SET clean = 0");
    opened.close();
    const again = open();
    // the first closing waits for it at most until the folder that it is in is done
    while (existsSync(fileOf(orphan))) await new Promise(setImmediate);
    await again.close();
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
    assert.ok(existsSync(fileOf(kept)));
  });

  test("a content that is given up leaves no file, whenever that is", async () => {
    const store = open();
    for (const chunks of [1, 2, 5]) {
      const writer = store.create({});
      for (let i = 0; i < chunks; i++) await writer.write(octets(65_000));
      const writing = writer.write(octets(65_000));
      writer.abort(new Error("enough"));
      await Promise.resolve(writing).catch(() => undefined);
    }
    const finished = await written(store, octets(100_000));
    finished.abort(new Error("enough"));
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
    await store.close();
  });

  test("none stays open: not for readers that leave early, nor for content that is removed or given up", async () => {
    const openFiles = () => readdirSync("/proc/self/fd").length;
    const store = open();
    const before = openFiles();
    for (let round = 0; round < 20; round++) {
      const content = octets(3 << 20, round);
      const writer = store.create({ length: content.length });
      const early = writer.content.read()[Symbol.asyncIterator]();
      for (let at = 0; at < content.length; at += 1 << 20) await writer.write(content.subarray(at, at + (1 << 20)));
      await early.next();
      await early.return!();
      await writer.finish();
      for await (const chunk of writer.content.read()) if (chunk.length > 0) break;
      const stored = response(content, { cacheKey: `${round % 3}` });
      if (round % 5 === 0) writer.abort(new Error("enough"));
      else await store.put(stored, writer, await store.list(stored.cacheKey));
      const opened = await store.open(stored);
      for await (const chunk of opened?.read({ first: 100, last: 200 }) ?? []) assert.equal(chunk.length, 101);
    }
    await store.close();
    // the database, its log, and the lock are closed too
    assert.ok(openFiles() < before, `${before} files were open, now ${openFiles()} are`);
  });

  test("nobody else may read them", async () => {
    const store = open();
    const content = octets(100_000);
    await keep(store, content);
    assert.equal(statSync(folder).mode & 0o77, 0);
    assert.equal(statSync(fileOf(content)).mode & 0o77, 0);
    await store.close();
  });
});

describe("SQLite store: what is hot", () => {
  test("is answered at once, without the disk, also when it is gone from there", async () => {
    const store = open();
    const contents = [octets(0), octets(1000), octets(65_536), octets(100_000), octets(1 << 20)];
    const stored = [];
    for (const [index, content] of contents.entries())
      stored.push(await keep(store, content, { cacheKey: `${index}` }));
    for (const each of stored) await store.open(each);
    for (const content of contents) rmSync(fileOf(content), { force: true });
    for (const [index, each] of stored.entries()) {
      const listed = store.list(`${index}`);
      assert.ok(!(listed instanceof Promise));
      assert.equal(store.list(`${index}`), listed);
      const content = store.open(each);
      assert.ok(content !== undefined && !(content instanceof Promise));
      assert.deepEqual(Buffer.from(content.bytes!), Buffer.from(contents[index]!));
    }
    await store.close();
  });

  test("uses are remembered across a restart", async () => {
    const small = () => open(70_000);
    const store = small();
    for (const cacheKey of ["a", "b", "c"]) await keep(store, octets(20_000, cacheKey.charCodeAt(0)), { cacheKey });
    await store.list("a");
    await store.close();
    const again = small();
    await keep(again, octets(20_000), { cacheKey: "d" });
    assert.deepEqual(await again.list("b"), []);
    assert.equal((await again.list("a")).length, 1);
    await again.close();
  });
});
