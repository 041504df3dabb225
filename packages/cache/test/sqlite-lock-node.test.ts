import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { StoreInUse } from "../src/sqlite-store-node.ts";
import { database, faults, folder, open } from "./sqlite-helpers.ts";
import { keep, octets } from "./store-helpers.ts";

describe("SQLite store: one process at a time", () => {
  test("a second store on the folder is refused, and told who has it, until the first is closed", async () => {
    const store = open();
    assert.throws(open, (error) => error instanceof StoreInUse && error.message.includes(String(process.pid)));
    await keep(store, octets(10), { cacheKey: "a" });
    await store.close();
    const next = open();
    assert.equal((await next.list("a")).length, 1);
    await next.close();
  });

  test("a second process is refused, and let in once the first was killed", async () => {
    const script = `
      const { openSqliteStore } = await import(${JSON.stringify(new URL("../src/sqlite-store-node.ts", import.meta.url).href)});
      openSqliteStore({ folder: ${JSON.stringify(folder)}, maxBytes: 1e6, memoryBytes: 1e6, onFault: console.error });
      console.log("open");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close").then(([status]) => assert.fail(`it ended with ${status}`));
    await Promise.race([once(child.stdout, "data"), ended]);
    ended.catch(() => undefined);
    assert.throws(open, (error) => error instanceof StoreInUse && error.message.includes(String(child.pid)));
    child.kill("SIGKILL");
    await once(child, "close");
    await open().close();
    assert.deepEqual(faults, []);
  });
});

test("SQLite store: a folder that can't be used says so", () => {
  mkdirSync(database(), { recursive: true });
  assert.throws(open, new RegExp(database()));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file");
  assert.throws(open, new RegExp(folder));
});
