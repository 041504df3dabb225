import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSqliteStore } from "../src/sqlite-store-node.ts";
import type { Content, Store } from "../src/store.ts";

const chunkSize = 65_536;
const MiB = 1 << 20;

/** The octet at a position: a wrong place or order shows. */
const octetAt = (position: number): number => (position ^ (position >>> 8) ^ (position >>> 16)) & 0xff;

function chunkAt(start: number): Uint8Array {
  const chunk = new Uint8Array(chunkSize);
  for (let index = 0; index < chunk.length; index++) chunk[index] = octetAt(start + index);
  return chunk;
}

/** Reads all of it, the slower the higher `pace`, and looks at some octets of each chunk. @returns octets */
async function follow(content: Content, pace: number, onChunk: () => void): Promise<number> {
  let position = 0;
  for await (const chunk of content.read(undefined, "lent")) {
    for (const index of [0, chunk.length >> 1, chunk.length - 1])
      if (chunk[index] !== octetAt(position + index)) assert.fail(`wrong octet at ${position + index}`);
    position += chunk.length;
    for (let turn = 0; turn < pace; turn++) await new Promise(setImmediate);
    onChunk();
  }
  return position;
}

/** Lets 200 readers, four of them slow, follow content while it is written. @returns the most memory meanwhile */
async function download(store: Store, size: number): Promise<number> {
  let peak = 0;
  let chunks = 0;
  const measure = () => {
    if (chunks++ % 50 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  };
  const writer = store.create({ length: size });
  const readers = Array.from({ length: 200 }, (_, index) => follow(writer.content, index < 4 ? 1 + index : 0, measure));
  for (let start = 0; start < size; start += chunkSize) await writer.write(chunkAt(start));
  await writer.finish();
  assert.deepEqual(new Set(await Promise.all(readers)), new Set([size]));
  writer.abort(new Error("not kept"));
  return peak;
}

test("200 readers of 50 MiB that is being written: memory grows by less than 64 MiB", async () => {
  const folder = mkdtempSync(join(tmpdir(), "larder-memory-"));
  const store = openSqliteStore({
    folder,
    maxBytes: 1 << 30,
    memoryBytes: 1 << 20,
    onFault: ({ message }) => assert.fail(message),
  });
  // the program's own memory is not what is measured
  await download(store, 2 * MiB);
  const before = process.memoryUsage.rss();
  const grown = Math.round(((await download(store, 50 * MiB)) - before) / MiB);
  assert.ok(grown < 64, `memory grew by ${grown} MiB`);
  await store.close();
  rmSync(folder, { recursive: true });
});
