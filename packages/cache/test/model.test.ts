// The cache against a model of RFC 9111 that shares none of its rules (`model/`). `npm run conformance:model` plays more.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openSqliteStore } from "../src/sqlite-store-node.ts";
import { play } from "./model/play.ts";

describe("9111:4 any history is answered as the model allows #9111:4-fresh #9111:4-newest #9111:4.1-vary", () => {
  test("with a store in memory", async () => {
    const { tally } = await play({ histories: 1000 });
    // a model that allows everything because nothing happens would be of no use
    for (const right of ["own", "validated", "stored", "stale", "cover", "failure", "only-if-cached", "had to hit"])
      assert.ok((tally.get(right) ?? 0) > 0, `no answer was ${right}`);
  });

  test("with a store in SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "larder-model-"));
    const store = openSqliteStore({ folder, maxBytes: 64 << 20, memoryBytes: 16 << 20, onFault: () => undefined });
    await play({ histories: 50, store });
    await store.close();
    rmSync(folder, { recursive: true });
  });
});
