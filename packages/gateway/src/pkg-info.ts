import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { bounded } from "./at-most.ts";
import { mostMemberBytes, type Octets } from "./zip-member.ts";

/** What is wrong with a source distribution, in a sentence. */
export class TarFault extends Error {
  override readonly name = "TarFault";
}

/** Octets that an archive may have when its compression is undone, and members. */
const mostArchiveBytes = 2 * 1024 ** 3;
const mostMembers = 100_000;
const pieceBytes = 256 * 1024;

const tooMuch = () => new TarFault(`Uncompressed it has more than ${mostArchiveBytes} octets.`);

/**
 * Reads the core metadata out of a source distribution (PEP 625, 643): `PKG-INFO` in the archive's one top folder.
 * Nothing is unpacked to the disk.
 * @param file a tar archive, gzip
 * @param until `end`: all of the archive is gone through, so that one that is cut short or damaged is found out; `found`:
 *   no more of it is read than is needed
 * @throws {TarFault} for what is no such archive, has no PKG-INFO or several, or goes beyond the limits
 * @throws what reading the file throws
 */
export async function readPkgInfo(file: Octets, until: "end" | "found" = "end"): Promise<Uint8Array> {
  let failure: unknown;
  let early: Uint8Array | undefined;
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
      onlyPkgInfo(
        ReadableStream.from(bounded(plain, mostArchiveBytes, tooMuch)).pipeThrough(createTarDecoder({ strict: true })),
        until === "end" ? undefined : (found) => (early = found),
      ),
    );
  } catch (error) {
    // to leave before the end is no fault, though a pipeline takes it for one
    if (early !== undefined) return early;
    if (failure !== undefined) throw failure;
    if (error instanceof TarFault) throw error;
    throw new TarFault(`It can't be read as a gzip tar archive (${error instanceof Error ? error.message : error}).`);
  }
}

/** @param enough given what was found first, and then no more is read */
async function onlyPkgInfo(
  members: AsyncIterable<ParsedTarEntry>,
  enough?: (found: Uint8Array) => void,
): Promise<Uint8Array> {
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
    if (enough === undefined) continue;
    enough(found[0]!);
    break;
  }
  if (found.length !== 1) throw new TarFault(`It has ${found.length || "no"} PKG-INFO in its top folder.`);
  return found[0]!;
}
