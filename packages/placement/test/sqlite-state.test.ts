import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { migrations } from "../src/storage/migrations.ts";
import { SqliteState } from "../src/storage/sqlite-state.ts";
import { TestService, uuid } from "./service.ts";
import { testStateContract } from "./state-contract.ts";

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "larder-placement-"));
  return { path, file: join(path, "placement.db"), destroy: () => rmSync(path, { recursive: true, force: true }) };
};

testStateContract({
  name: "SQLite",
  create: () => {
    const { file, destroy } = folder();
    return { open: () => new SqliteState(file), destroy };
  },
});

describe("SQLite: the file", () => {
  test("is ready on an empty folder in under a second", () => {
    const { file, destroy } = folder();
    const started = performance.now();
    new SqliteState(file).close();
    assert.ok(performance.now() - started < 1000);
    destroy();
  });

  test("is in WAL mode, flushed with every commit, with all migrations taken", () => {
    const { file, destroy } = folder();
    new SqliteState(file).close();
    const db = new DatabaseSync(file);
    assert.equal(db.prepare("pragma journal_mode").get()?.journal_mode, "wal");
    assert.equal(db.prepare("pragma user_version").get()?.user_version, migrations.length);
    db.close();
    destroy();
  });

  const wrong: readonly { says: string; make: (file: string) => void; message: RegExp }[] = [
    {
      says: "of a newer Larder",
      make: (file) => {
        const db = new DatabaseSync(file);
        db.exec("pragma user_version = 99");
        db.close();
      },
      message: /placement\.db: the database has tables of version 99, .* use the newer Larder/,
    },
    {
      says: "that is no database",
      make: (file) => writeFileSync(file, "hello, world! ".repeat(100)),
      message: /placement\.db: file is not a database/,
    },
  ];
  for (const { says, make, message } of wrong)
    test(`one ${says} is refused with a sentence`, () => {
      const { file, destroy } = folder();
      make(file);
      assert.throws(() => new SqliteState(file), { name: "StateFailure", message });
      destroy();
    });

  test("while another process holds the lock, writes wait; nobody is told that the database is locked", async () => {
    const { file, destroy } = folder();
    const state = new SqliteState(file);
    const other = new DatabaseSync(file);
    other.exec("begin immediate");
    let done = false;
    const write = state
      .write(() => ({
        changes: [{ type: "provider", uuid: uuid(1), name: "a", generation: 0, parent: null, modified: 1 }],
        result: 0,
      }))
      .then(() => {
        done = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(done, false);
    assert.equal(state.read().providers.size, 0, "reads go on");
    other.exec("rollback");
    await write;
    assert.equal(state.read().providers.size, 1);
    other.close();
    state.close();
    destroy();
  });

  test("a process that is killed loses nothing that it was told is kept", async () => {
    const { path, file, destroy } = folder();
    const script = join(path, "writer.ts");
    const source = new URL("../src/storage/sqlite-state.ts", import.meta.url);
    writeFileSync(
      script,
      `import { SqliteState } from ${JSON.stringify(source.href)};
       const state = new SqliteState(${JSON.stringify(file)});
       for (let n = 0; ; n++) {
         const uuid = "00000000-0000-4000-8000-" + String(n).padStart(12, "0");
         await state.write(() => ({ changes: [{ type: "provider", uuid, name: uuid, generation: 0, parent: null, modified: n }], result: n }));
         process.stdout.write(uuid + "\\n");
       }`,
    );
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk) => {
        told += chunk;
        if (told.split("\n").length > 20) child.kill("SIGKILL");
      });
      child.on("close", () => resolve());
    });
    const state = new SqliteState(file);
    const kept = state.read().providers;
    const lines = told.split("\n").slice(0, -1);
    assert.ok(lines.length >= 20);
    assert.deepEqual(
      lines.filter((line) => !kept.has(line)),
      [],
    );
    state.close();
    destroy();
  });
});

describe("9110:8.8.1 tags after a return to an older copy", () => {
  test("the same numbers come again with another state, and under other tags", async () => {
    const { path, file, destroy } = folder();
    const before = new TestService({}, file);
    const { uuid: host } = (await before.must("POST", "/resource_providers", { body: { name: "host" } })).json;
    before.state.close();
    const copy = join(path, "copy.db");
    copyFileSync(file, copy);
    const tagAfter = async (database: string, name: string) => {
      const service = new TestService({}, database);
      await service.must("PUT", `/resource_providers/${host}`, { body: { name } });
      const { headers, json } = await service.must("GET", `/resource_providers/${host}`);
      assert.equal(json.name, name);
      service.state.close();
      return headers.etag;
    };
    assert.notEqual(await tagAfter(file, "one future"), await tagAfter(copy, "another future"));
    destroy();
  });
});
