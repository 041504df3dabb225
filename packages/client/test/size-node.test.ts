import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

test("the client with its memory store stays small", async () => {
  const built = await build({
    entryPoints: [new URL("../src/index.ts", import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const code = built.outputFiles[0]!.contents;
  const [brotli, gzip] = [brotliCompressSync(code).length, gzipSync(code).length];
  assert.ok(brotli <= 21_504, `${brotli} octets with brotli`);
  assert.ok(gzip <= 23_720, `${gzip} octets with gzip`);
});
