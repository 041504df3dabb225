import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ContentFile } from "../src/content-file-node.ts";
import { nodeHasher } from "../src/hasher-node.ts";
import { SpillBacking } from "../src/spill-backing-node.ts";
import { SpoolWriter } from "../src/spool-writer.ts";
import { octets, readAll, sha256 } from "./store-helpers.ts";

test("the last octets find no room on the disk: they are read from memory, and the content can't be kept", async () => {
  const folder = mkdtempSync(join(tmpdir(), "larder-spill-"));
  const backing = new SpillBacking(
    async () => {
      const file = await ContentFile.create(join(folder, "1"), async (path) => (await open(path)).fd);
      const append = file.append.bind(file);
      file.append = (block, length) => (block.number === 0 ? append(block, length) : Promise.reject(new Error("full")));
      return file;
    },
    () => undefined,
  );
  const writer = new SpoolWriter(backing, { length: 100_000 }, nodeHasher);
  const content = octets(100_000);
  const early = readAll(writer.content);
  await writer.write(content);
  assert.deepEqual(await writer.finish(), { length: 100_000, sha256: sha256(content) });
  assert.deepEqual(await early, Buffer.from(content));
  assert.deepEqual(await readAll(writer.content), Buffer.from(content));
  assert.equal(backing.fault?.message, "full");
  writer.abort(new Error("not kept"));
  rmSync(folder, { recursive: true });
});
