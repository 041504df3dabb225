import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { SqliteState } from "../src/storage/sqlite-state.ts";
import { checkDatabase } from "../src/tools/check.ts";
import { databaseStatus, upgradeDatabase } from "../src/tools/database.ts";
import { exportState, importState } from "../src/tools/transfer.ts";
import { TestService, uuid } from "./service.ts";

async function inFolder(use: (file: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "larder-placement-"));
  try {
    await use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* lines(text: string): AsyncGenerator<string> {
  yield* text.split("\n");
}

/** A database with a host, a child, and who uses them. */
async function fill(file: string): Promise<void> {
  const service = new TestService({}, file);
  const facts = [{ type: "class", id: 0, name: "VCPU", modified: 1 } as const];
  await service.state.write(() => ({ changes: facts, result: 0 }));
  const host = await service.provider("host", { inventories: { VCPU: 8 }, aggregates: [uuid(77)] });
  await service.provider("child", { inventories: { VCPU: 2 }, parent: host });
  await service.allocate(uuid(1), host, { VCPU: 2 });
  service.state.close();
}

const exported = (file: string): string => {
  let text = "";
  exportState(file, (line) => {
    text += line;
  });
  return text;
};

describe("placement:9 tools", () => {
  test("export and import carry the whole state over", () =>
    inFolder(async (file) => {
      await fill(file("a.db"));
      const text = exported(file("a.db"));
      assert.match(text, /^\{"larder":"placement","version":1\}\n/);
      assert.equal(await importState(file("b.db"), lines(text)), text.trimEnd().split("\n").length - 1);
      assert.equal(exported(file("b.db")), text);
    }));

  test("a service that runs on the database sees what was imported", () =>
    inFolder(async (file) => {
      await fill(file("a.db"));
      const state = new SqliteState(file("b.db"));
      assert.equal(state.read().providers.size, 0);
      await importState(file("b.db"), lines(exported(file("a.db"))));
      assert.equal(state.read().providers.size, 2);
      state.close();
    }));

  const wrong: readonly [says: string, text: string, message: RegExp][] = [
    ["nothing", "", /line 1: this is no JSON|nothing to import|no export/],
    ["something else", '{"hello":1}\n', /line 1: this is no export of Larder/],
    ["a line that is no JSON", '{"larder":"placement","version":1}\n{"type"', /line 2: this is no JSON/],
    [
      "an inventory of nobody",
      `{"larder":"placement","version":1}\n{"type":"inventories","provider":"${uuid(1)}","inventories":[]}`,
      /line 2: .*00000001/,
    ],
  ];
  for (const [says, text, message] of wrong)
    test(`import of ${says} is refused, and nothing is kept`, () =>
      inFolder(async (file) => {
        await assert.rejects(importState(file("b.db"), lines(text)), { name: "StateFailure", message });
        const state = new SqliteState(file("b.db"));
        assert.equal(state.read().number, 0);
        state.close();
      }));

  test("import into a database that is in use is refused", () =>
    inFolder(async (file) => {
      await fill(file("a.db"));
      const text = exported(file("a.db"));
      await assert.rejects(importState(file("a.db"), lines(text)), /something in it already/);
      assert.equal(exported(file("a.db")), text);
    }));

  test("db status and db upgrade", () =>
    inFolder(async (file) => {
      assert.equal(databaseStatus(file("a.db")).pending.length, 1);
      assert.deepEqual(upgradeDatabase(file("a.db")), ["first tables"]);
      assert.deepEqual(upgradeDatabase(file("a.db")), []);
      assert.deepEqual(databaseStatus(file("a.db")), { taken: ["first tables"], pending: [] });
    }));

  test("a database without tables can't be exported", () =>
    inFolder(async (file) => {
      assert.throws(() => exported(file("a.db")), /db upgrade/);
      assert.deepEqual(
        checkDatabase(file("a.db")).map(({ kind }) => kind),
        ["tables"],
      );
    }));

  const broken: readonly { says: string; sql: string; finds: string[] }[] = [
    { says: "nothing", sql: "select 1", finds: [] },
    { says: "over-committed providers", sql: "update inventories set total = 1", finds: ["over-committed"] },
    { says: "allocations without inventory", sql: "delete from inventories", finds: ["orphaned-allocation"] },
    {
      says: "consumers without project",
      sql: "update consumers set project = '00000000-0000-0000-0000-000000000000'",
      finds: ["incomplete-consumer"],
    },
    {
      says: "parents that do not exist",
      sql: `update resource_providers set parent = '${uuid(9)}' where name = 'child'`,
      finds: ["missing-parent"],
    },
    {
      says: "providers above themselves",
      sql: "update resource_providers set parent = uuid where name = 'child'",
      finds: ["loop"],
    },
    {
      says: "circles",
      sql: "update resource_providers set parent = (select uuid from resource_providers where name = 'child') where name = 'host'",
      finds: ["loop", "loop"],
    },
  ];
  for (const { says, sql, finds } of broken)
    test(`check finds ${says}`, () =>
      inFolder(async (file) => {
        await fill(file("a.db"));
        const db = new DatabaseSync(file("a.db"), { enableForeignKeyConstraints: false });
        db.exec(sql);
        db.close();
        assert.deepEqual(
          checkDatabase(file("a.db")).map(({ kind }) => kind),
          finds,
        );
      }));
});
