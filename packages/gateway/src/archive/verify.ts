import { createHash } from "node:crypto";
import { ArchiveFault } from "./fault.ts";
import { type ArchivedResponse, contentName, type Manifest, manifestName, readManifest } from "./manifest.ts";
import type { ArchiveSource } from "./source.ts";

/** Octets of a manifest that are read: some hundred thousand responses. */
const mostManifestBytes = 400 * 1024 * 1024;
/** Damaged contents that are named. */
const mostNamed = 10;

/**
 * Reads an archive through and compares each content with its digest.
 * @returns its manifest, all of whose contents are there and whole
 * @throws {ArchiveFault} which names what is damaged or missing
 */
export async function verifyArchive(source: ArchiveSource): Promise<Manifest> {
  const found = new Map<string, string>();
  let manifest: Manifest | undefined;
  for await (const { name, chunks } of source.entries()) {
    if (name === manifestName) manifest = readManifest(await text(chunks, source.path), source.path);
    else found.set(name, await digest(chunks, source.path));
  }
  if (manifest === undefined)
    throw new ArchiveFault(`${source.path} is no export of larder's, or was cut short: it has no ${manifestName}`);
  const wrong = new Map<string, string>();
  for (const { stored } of manifest.responses) {
    const name = contentName(stored.content.sha256);
    const is = found.get(name);
    if (is !== `${stored.content.sha256} ${stored.content.length}` && !wrong.has(name))
      wrong.set(name, `${name}, which is ${stored.cacheKey}, is ${is === undefined ? "missing" : "damaged"}`);
  }
  if (wrong.size === 0) return manifest;
  const more = wrong.size > mostNamed ? `; and ${wrong.size - mostNamed} more` : "";
  const named = [...wrong.values()].slice(0, mostNamed).join("; ");
  throw new ArchiveFault(`${source.path} is damaged, nothing was imported: ${named}${more}`);
}

async function digest(chunks: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of readable(chunks, path)) {
    hash.update(chunk);
    length += chunk.length;
  }
  return `${hash.digest("hex")} ${length}`;
}

async function text(chunks: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readable(chunks, path)) {
    length += chunk.length;
    if (length > mostManifestBytes) throw new ArchiveFault(`${path}: its ${manifestName} is too big`);
    all.push(chunk);
  }
  return Buffer.concat(all).toString();
}

/** An archive that ends in the middle of a file says so as one that is damaged. */
async function* readable(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new ArchiveFault(`${path} is damaged (${(error as Error).message}), nothing was imported`);
  }
}

/** Responses by the name of their content in the archive. */
export const byContent = ({ responses }: Manifest): Map<string, ArchivedResponse[]> =>
  Map.groupBy(responses, ({ stored }) => contentName(stored.content.sha256));
