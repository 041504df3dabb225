import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { zipOf } from "../zips.ts";

/** Core metadata of a release. */
export const coreMetadata = (name: string, version: string, more = "") =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}\nA text.\n`;

/** A wheel. @param payload makes its content differ from another build's */
export function wheel(name: string, version: string, payload = "", metadata = coreMetadata(name, version)): Uint8Array {
  const stem = name.replaceAll("-", "_");
  return zipOf([
    { path: `${stem}/__init__.py`, content: payload },
    { path: `${stem}-${version}.dist-info/METADATA`, content: metadata },
  ]);
}

/** A file in a tar archive: its path and content. */
export type TarMember = readonly [path: string, content: string];

/** A source distribution's archive. */
export async function sdist(members: readonly TarMember[]): Promise<Uint8Array> {
  const entries = members.map(([name, content]) => {
    const body = new TextEncoder().encode(content);
    return { header: { name, size: body.length, mtime: new Date(0) }, body };
  });
  return gzipSync(await packTar(entries));
}
