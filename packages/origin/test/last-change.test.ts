import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lastChange, type Subject } from "../src/index.ts";

const now = Date.UTC(2026, 10, 22, 12, 0, 0, 400);
const second = Date.UTC(2026, 10, 22, 12);
const old = Date.UTC(2026, 0, 1);
const older = Date.UTC(2025, 0, 1);

describe("placement-minimum-cache-headers: the three rules, and 9110:8.8.2.1", () => {
  const rows: readonly [says: string, subject: Subject, then: number][] = [
    ["an entity: its update", { updated_at: old, created_at: older }, old],
    ["an entity never updated: its creation", { updated_at: null, created_at: older }, older],
    ["as dates", { updated_at: new Date(old) }, old],
    ["an entity without times: now", {}, second],
    ["a collection: the newest of its members", [{ created_at: older }, { updated_at: old }, {}], old],
    ["an empty collection: now", [], second],
    ["what is composed: now", "composed", second],
    ["never after now", { updated_at: now + 86_400_000 }, second],
    ["whole seconds", { updated_at: old + 999 }, old],
  ];
  for (const [says, subject, then] of rows) test(says, () => assert.equal(lastChange(subject, now), then));
});
