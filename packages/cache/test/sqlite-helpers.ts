import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach } from "node:test";
import { openSqliteStore, type StoreFault } from "../src/sqlite-store-node.ts";
import type { Store } from "../src/store.ts";
import { sha256 } from "./store-helpers.ts";

const root = mkdtempSync(join(tmpdir(), "larder-sqlite-"));
after(() => rmSync(root, { recursive: true }));

/** A folder for each test, and what the stores in it told of. */
export let folder: string;
export let faults: StoreFault[];
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
  faults = [];
});

export function open(maxBytes = 64 << 20): Store {
  return openSqliteStore({ folder, maxBytes, memoryBytes: 16 << 20, onFault: (fault) => void faults.push(fault) });
}

export const database = (): string => join(folder, "responses.sqlite");
export const fileOf = (content: Uint8Array): string =>
  join(folder, "content", sha256(content).slice(0, 2), sha256(content));
export const kinds = (): string[] => faults.map(({ kind }) => kind);
