import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { readAll } from "@larder/cache";
import { openSqliteStore } from "@larder/cache/sqlite";
import { Fields, type StoredResponse } from "@larder/core";
import { readConfig } from "../src/config-read.ts";

/** Of this test file; gone when it ends. */
export const root = mkdtempSync(join(tmpdir(), "larder-archive-"));
after(() => rmSync(root, { recursive: true }));
/** The path of a new folder or file. */
export const fresh = () => join(root, randomUUID());

export const upstream = "https://index.example/simple/";
export const page = `${upstream}demo/`;
export const file = "https://files.example/demo-1.0.tar.gz";
export const big = "x".repeat(300_000);
export const start = Date.UTC(2026, 0, 1);
export const watcher = { onStep: () => undefined, onFault: () => undefined };

/** A gateway's configuration with that data folder. */
export const config = (data: string, mount = `/pypi/=pypi:${upstream}`, more: object = {}) => ({
  ...readConfig({ options: { data }, mounts: [mount], file: undefined, interactive: false, folder: root }).config,
  ...more,
});

/** Opens the store of a data folder; a fault of it fails the test. */
function open(data: string) {
  return openSqliteStore({
    folder: data,
    maxBytes: 1e9,
    memoryBytes: 1e6,
    onFault: ({ message }) => assert.fail(message),
  });
}

interface Given {
  readonly target: string;
  readonly text: string;
  readonly at?: number;
  readonly varying?: StoredResponse["varying"];
}

/** A data folder that has these responses. */
export async function dataWith(...given: readonly Given[]): Promise<string> {
  const data = fresh();
  const store = open(data);
  for (const { target, text, at = start, varying = [] } of given) {
    const writer = store.create({});
    await writer.write(Buffer.from(text));
    const content = await writer.finish();
    const times = { requestTime: at, responseTime: at, contentSince: at, verifiedAt: at };
    const head = { method: "GET", status: 200, fields: Fields.of(["ETag", `"${text.length}"`]), invalid: false };
    const cacheKey = `pypi /pypi/ ${target}`;
    await store.put({ id: randomUUID(), cacheKey, varying, content, ...head, ...times }, writer);
  }
  await store.close();
  return data;
}

/** What a data folder has, in an order of its own. */
export async function contentsOf(data: string) {
  const store = open(data);
  const all = [];
  for (const some of store.walk({ prefix: "" })) {
    for (const { id: _, fields, ...stored } of some) {
      const content = await store.open({ id: _, fields, ...stored });
      all.push({ ...stored, fields: fields.raw, text: Buffer.from(await readAll(content!)).toString() });
    }
  }
  await store.close();
  return all.sort((a, b) => (a.cacheKey + a.text < b.cacheKey + b.text ? -1 : 1));
}

export const demo: readonly Given[] = [
  { target: page, text: "a page" },
  { target: page, text: "ein Blatt", varying: [["accept-language", "de"]] },
  { target: page, text: "any", varying: [["accept-language", undefined]] },
  { target: file, text: big },
  { target: "https://files.example/same-1.0.tar.gz", text: big },
  { target: "https://files.example/empty", text: "" },
];
