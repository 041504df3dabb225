import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createTarDecoder } from "modern-tar";
import { ArchiveFault } from "./fault.ts";
import { contentName, manifestName } from "./manifest.ts";

/** A file in an archive. */
interface ArchiveEntry {
  readonly name: string;
  /** its octets, once */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** An archive that can be read from its beginning, any number of times. */
export interface ArchiveSource {
  readonly path: string;
  /** @throws {ArchiveFault} where it can't be read any further */
  entries(): AsyncGenerator<ArchiveEntry>;
}

/** @throws {ArchiveFault} when nothing is there */
export function openSource(path: string): ArchiveSource {
  if (!existsSync(path)) throw new ArchiveFault(`${path} is not there`);
  return { path, entries: () => (statSync(path).isDirectory() ? folderEntries(path) : tarEntries(path)) };
}

async function* folderEntries(path: string): AsyncGenerator<ArchiveEntry> {
  const contents = join(path, contentName(""));
  const names = existsSync(contents) ? readdirSync(contents).sort().map(contentName) : [];
  if (existsSync(join(path, manifestName))) names.push(manifestName);
  for (const name of names) yield { name, chunks: createReadStream(join(path, name)) };
}

async function* tarEntries(path: string): AsyncGenerator<ArchiveEntry> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const octets = Readable.toWeb(file) as ReadableStream<Uint8Array<ArrayBuffer>>;
  try {
    for await (const { header, body } of octets.pipeThrough(createTarDecoder({ strict: true }))) {
      if (header.type === "file") yield { name: header.name, chunks: body as AsyncIterable<Uint8Array> };
      // what is left of it would hold up the next one
      await body.cancel();
    }
  } catch (error) {
    if (error instanceof ArchiveFault) throw error;
    throw new ArchiveFault(`${path} is damaged, or no tar file (${(error as Error).message})`);
  } finally {
    file.destroy();
  }
}
