import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { killRounds } from "./kill-rounds.ts";
import { octets } from "./store-helpers.ts";

test("SQLite store: killed at any moment, it loses at most what was being written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "larder-kill-"));
  const moments = octets(10, 3);
  let round = 0;
  let found = 0;
  await killRounds(
    folder,
    5,
    () => moments[round++]! / 256,
    (_, responses) => {
      found += responses;
    },
  );
  assert.ok(found > 0);
  // nothing is left over, and nothing is missing, once the last one has closed it
  assert.deepEqual(readdirSync(join(folder, "tmp")), []);
  const files = readdirSync(join(folder, "content"), { recursive: true, withFileTypes: true });
  const database = new DatabaseSync(join(folder, "responses.sqlite"), { readOnly: true });
  const rows = database.prepare("SELECT sha256 FROM contents WHERE bytes IS NULL ORDER BY sha256").all();
  assert.deepEqual(
    files
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
    rows.map(({ sha256 }) => sha256),
  );
  assert.deepEqual(
    { ...database.prepare("SELECT bytes, responses FROM state").get() },
    {
      ...database
        .prepare(
          `SELECT (SELECT sum(length) FROM contents) + (SELECT sum(size) FROM responses) AS bytes,
           (SELECT count(*) FROM responses) AS responses`,
        )
        .get(),
    },
  );
  database.close();
  rmSync(folder, { recursive: true });
});
