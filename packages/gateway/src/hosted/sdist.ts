import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { mostMemberBytes, type Octets } from "../zip-member.ts";

/** What is wrong with a source distribution, in a sentence. */
export class TarFault extends Error {
  override readonly name = "TarFault";
}

/** Octets that an archive may have when its compression is undone, and members. */
const mostArchiveBytes = 2 * 1024 ** 3;
const mostMembers = 100_000;
const pieceBytes = 256 * 1024;

/**
 * Reads the core metadata out of a source distribution (PEP 625, 643): `PKG-INFO` in the archive's one top folder. All
 * of the archive is gone through, so that one that is cut short or damaged is found out; nothing is unpacked to the disk.
 * @param file a tar archive, gzip
 * @throws {TarFault} for what is no such archive, has no PKG-INFO or several, or goes beyond the limits
 * @throws what reading the file throws
 */
export async function readPkgInfo(file: Octets): Promise<Uint8Array> {
  let failure: unknown;
  const octets = async function* () {
    try {
      for (let at = 0; at < file.size; at += pieceBytes)
        yield await file.read(at, Math.min(at + pieceBytes, file.size));
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    return await pipeline(octets, createGunzip(), (plain: AsyncIterable<Uint8Array>) =>
      onlyPkgInfo(ReadableStream.from(atMost(mostArchiveBytes, plain)).pipeThrough(createTarDecoder({ strict: true }))),
    );
  } catch (error) {
    if (failure !== undefined) throw failure;
    if (error instanceof TarFault) throw error;
    throw new TarFault(`It can't be read as a gzip tar archive (${error instanceof Error ? error.message : error}).`);
  }
}

async function onlyPkgInfo(members: AsyncIterable<ParsedTarEntry>): Promise<Uint8Array> {
  let count = 0;
  const found: Uint8Array[] = [];
  for await (const { header, body } of members) {
    if (++count > mostMembers) throw new TarFault(`It has more than ${mostMembers} members.`);
    if (!/^(?:\.\/)?[^/]+\/PKG-INFO$/.test(header.name)) {
      await body.cancel();
      continue;
    }
    if (header.type !== "file") throw new TarFault(`${header.name} in it is no file.`);
    if (header.size > mostMemberBytes) throw new TarFault(`${header.name} has more than ${mostMemberBytes} octets.`);
    found.push(new Uint8Array(await new Response(body).arrayBuffer()));
  }
  if (found.length !== 1) throw new TarFault(`It has ${found.length || "no"} PKG-INFO in its top folder.`);
  return found[0]!;
}

async function* atMost(octets: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > octets) throw new TarFault(`Uncompressed it has more than ${octets} octets.`);
    yield chunk;
  }
}
