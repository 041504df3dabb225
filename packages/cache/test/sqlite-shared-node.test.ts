import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openSharedSqliteStore, type SharedStore } from "../src/sqlite-shared-node.ts";
import { inFolders } from "./folder-stores.ts";
import { folder } from "./sqlite-helpers.ts";
import { storeContract } from "./store-contract.ts";
import { idsOf, keep, octets, readAll } from "./store-helpers.ts";

function open(folder: string, maxBytes = 16 << 20, faults?: string[]): SharedStore {
  return openSharedSqliteStore({
    folder,
    maxBytes,
    onFault: (fault) => {
      if (faults === undefined) throw new Error(fault.message, { cause: fault.cause });
      faults.push(fault.message);
    },
  });
}

storeContract("shared SQLite store", inFolders(open));

describe("shared SQLite store: several at once", () => {
  test("what one keeps, freshens or removes, the other sees at its next look", async () => {
    const [one, other] = [open(folder), open(folder)];
    const cacheKey = "https://index.example/";
    assert.deepEqual(await other.list(cacheKey), []);
    const stored = await keep(one, octets(100), { cacheKey });
    assert.deepEqual(await idsOf(other, cacheKey), [stored.id]);
    assert.deepEqual(await readAll((await other.open(stored))!), Buffer.from(octets(100)));
    await other.put({ ...stored, responseTime: 9_999 });
    assert.equal((await one.list(cacheKey))[0]!.responseTime, 9_999);
    assert.deepEqual(one.keys(), new Set([cacheKey]));
    await one.remove([stored]);
    assert.deepEqual(await other.list(cacheKey), []);
    assert.equal(await other.open(stored), undefined);
    assert.deepEqual(other.size(), { bytes: 0, responses: 0 });
    await one.close();
    await other.close();
  });

  test("processes that write at the same time lose nothing", async () => {
    const script = new URL("./shared-writer.ts", import.meta.url).pathname;
    const children = ["a", "b", "c"].map((name) => spawn(process.execPath, [script, folder, name, "40"]));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    const store = open(folder);
    assert.equal(store.size().responses, 120);
    for (const name of ["a", "b", "c"])
      for (let i = 0; i < 40; i++) assert.equal((await store.list(`https://index.example/${name}/${i}`)).length, 1);
    await store.close();
  });
});

describe("shared SQLite store: trouble", () => {
  const damages: readonly (readonly [says: string, damage: (file: Buffer) => void])[] = [
    ["no database at all", (file) => void file.fill(0x61)],
    ["every page but the first", (file) => void file.fill(0xff, 4096)],
    ["a newer version", (file) => void file.writeUInt32BE(1000, 60)],
  ];
  for (const [says, damage] of damages)
    test(`${says}: set aside, and begun anew`, async () => {
      const store = open(folder);
      const stored = await keep(store, octets(20_000), { cacheKey: "a" });
      await store.close();
      const path = join(folder, "shared.sqlite");
      const file = readFileSync(path);
      damage(file);
      writeFileSync(path, file);
      const faults: string[] = [];
      const again = open(folder, 16 << 20, faults);
      for (const one of await again.list("a")) await again.open(one);
      const next = () => keep(again, octets(10), { cacheKey: "b" });
      // what finds the damage fails; what comes after it is well
      await next().catch(next);
      assert.equal((await again.list("b")).length, 1);
      assert.equal(await again.open(stored), undefined);
      assert.ok(faults.length > 0);
      await again.close();
    });
});
