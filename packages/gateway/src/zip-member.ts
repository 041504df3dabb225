import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import yauzl from "yauzl";

/** A file of which any part can be had. */
export interface Octets {
  readonly size: number;
  /** @param end exclusive */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What is wrong with an archive, in a sentence. */
export class ZipFault extends Error {
  override readonly name = "ZipFault";
}

/** So much of an archive's end is read at once: most wheels' directory, and often the member, too. */
export const tailBytes = 16 * 1024;
/** Octets that a member may have, and that are read of it. */
export const mostMemberBytes = 8 * 1024 * 1024;
const mostDirectoryBytes = 16 * 1024 * 1024;
const mostEntries = 100_000;
/** Reads of the file: its end, the directory, the member, and one for an odd local header. */
const mostReads = 5;

/**
 * Reads one member of a ZIP archive, with as few and as small reads of the file as can be.
 * @param isIt told each member's path; exactly one must be it
 * @returns the member's octets, checked against its length and CRC-32
 * @throws {ZipFault} for what is no archive, lacks the member or has several, or goes beyond the limits
 * @throws what reading the file throws
 */
export async function readZipMember(file: Octets, isIt: (path: string) => boolean): Promise<Uint8Array> {
  const reader = new SparseReader(file);
  await reader.begin();
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, file.size, { autoClose: false });
    const entry = await findEntry(zip, isIt);
    if (entry.uncompressedSize > mostMemberBytes || entry.compressedSize > mostMemberBytes)
      throw new ZipFault(`${entry.fileName} has more than ${mostMemberBytes} octets.`);
    await reader.expectMember(entry);
    const bytes = await readMember(zip, entry);
    if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
      throw new ZipFault(`${entry.fileName} is damaged.`);
    return bytes;
  } catch (error) {
    if (reader.failure !== undefined) throw reader.failure;
    if (error instanceof ZipFault) throw error;
    throw new ZipFault(`It can't be read as a ZIP archive (${error instanceof Error ? error.message : error}).`);
  }
}

async function findEntry(zip: yauzl.ZipFile, isIt: (path: string) => boolean): Promise<yauzl.Entry> {
  if (zip.entryCount > mostEntries) throw new ZipFault(`It says that it has ${zip.entryCount} members.`);
  const found: yauzl.Entry[] = [];
  for await (const entry of zip.eachEntry()) if (isIt(entry.fileName)) found.push(entry);
  if (found.length !== 1) throw new ZipFault(`It has ${found.length || "no"} members of the name that was looked for.`);
  return found[0]!;
}

async function readMember(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    octets += chunk.length;
    if (octets > mostMemberBytes) throw new ZipFault(`${entry.fileName} is longer than it says.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What yauzl reads of a file, gathered in few reads. */
class SparseReader extends yauzl.RandomAccessReader {
  readonly #file: Octets;
  /** in no order; they don't overlap */
  readonly #pieces: Piece[] = [];
  /** from here to its end the file is at hand */
  #tail: number;
  #reads = 0;
  #phase: "end" | "directory" | "member" = "end";
  /** why the file couldn't be read */
  failure: unknown;

  constructor(file: Octets) {
    super();
    this.#file = file;
    this.#tail = file.size;
  }

  async begin(): Promise<void> {
    await this.#extendTail(Math.max(0, this.#file.size - tailBytes));
  }

  /** Fetches the member with its local header, if it isn't at hand. */
  async expectMember(entry: yauzl.Entry): Promise<void> {
    this.#phase = "member";
    const { relativeOffsetOfLocalHeader: start, fileNameLength, extraFieldLength, compressedSize } = entry;
    // the local header's extra field may be longer than the directory's
    const end = start + 30 + fileNameLength + extraFieldLength + 256 + compressedSize;
    await this.#octets(start, Math.min(end, this.#file.size), "fetch");
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, octets?: number) => void,
  ): void {
    // yauzl looks for the end's record in the last 64 KiB: where it is in the tail, what comes before doesn't matter
    const gaps = this.#phase === "end" && this.#hasEndRecord() ? "zero" : "fetch";
    if (this.#phase === "end") this.#phase = "directory";
    this.#octets(position, position + length, gaps).then(
      (bytes) => {
        buffer.set(bytes, offset);
        done(null, bytes.length);
      },
      (error) => done(error),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const octets = () => this.#octets(start, end, "fetch");
    return Readable.from(
      (async function* () {
        yield await octets();
      })(),
      { objectMode: false },
    );
  }

  #hasEndRecord(): boolean {
    const tail = this.#piece(this.#tail);
    if (tail === undefined) return false;
    const view = Buffer.from(tail.bytes.buffer, tail.bytes.byteOffset, tail.bytes.length);
    for (let at = view.length - 22; at >= 0; at--) {
      if (view.readUInt32LE(at) === 0x06054b50 && view.readUInt16LE(at + 20) === view.length - 22 - at) return true;
    }
    return false;
  }

  async #octets(start: number, end: number, gaps: "fetch" | "zero"): Promise<Buffer> {
    if (!(start >= 0 && start <= end && end <= this.#file.size))
      throw new ZipFault("It says that parts of it are where it has none.");
    const all = Buffer.alloc(end - start);
    for (let at = start; at < end; ) {
      const piece = this.#piece(at);
      if (piece !== undefined) {
        const bytes = piece.bytes.subarray(at - piece.start, end - piece.start);
        all.set(bytes, at - start);
        at += bytes.length;
      } else if (gaps === "zero") at = this.#next(at, end);
      else if (this.#phase === "directory") await this.#extendTail(Math.max(0, at - tailBytes));
      else this.#pieces.push(await this.#fetch(at, this.#next(at, end)));
    }
    return all;
  }

  #piece(at: number): Piece | undefined {
    return this.#pieces.find(({ start, bytes }) => start <= at && at < start + bytes.length);
  }

  /** where the next piece begins, or `end` */
  #next(at: number, end: number): number {
    return this.#pieces.reduce((next, { start }) => (start > at && start < next ? start : next), end);
  }

  /** The directory reaches to the end of the file, and the member is often just before it. */
  async #extendTail(start: number): Promise<void> {
    if (this.#file.size - start > mostDirectoryBytes)
      throw new ZipFault(`Its directory has more than ${mostDirectoryBytes} octets.`);
    if (start === this.#tail) return;
    this.#pieces.push(await this.#fetch(start, this.#tail));
    this.#tail = start;
  }

  async #fetch(start: number, end: number): Promise<Piece> {
    if (++this.#reads > mostReads || end - start > mostDirectoryBytes)
      throw new ZipFault("Its parts are too far apart.");
    try {
      return { start, bytes: await this.#file.read(start, end) };
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
