import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { EntityTag, Timestamp } from "@larder/core";
import type { Source } from "./content.ts";
import { tagOfVersion } from "./validators.ts";

/** A regular file as it was at one moment. */
export interface FileState {
  readonly etag: EntityTag;
  /** undefined while the file may still change within the same second */
  readonly lastModified: Timestamp | undefined;
  /** the octets of that state, and of no other: reading fails where the file has changed since */
  readonly source: Source;
}

/** Larger files are named by what the file system says of them. */
const digestAtMost = 8n * 1024n * 1024n;
/** A file written so lately may be written again without any of its times telling. */
const unsettled = 2000;
const remembered = 4096;

/**
 * Changes whenever the content can have changed, also where the writer set the modification time back (archives,
 * images, reproducible builds): nobody can set the change time.
 */
const identityOf = (s: BigIntStats) => `${s.dev}.${s.ino}.${s.size}.${s.mtimeNs}.${s.ctimeNs}`;

/** The newer of modification and change: a file that was put here with an old date is new here. */
const changedAt = (s: BigIntStats): Timestamp => Number(s.ctimeMs > s.mtimeMs ? s.ctimeMs : s.mtimeMs);

async function* readFile(path: string, identity: string, range?: { readonly first: number; readonly last: number }) {
  await using file = await open(path);
  if (identityOf(await file.stat({ bigint: true })) !== identity) throw new Error(`${path} changed while it was sent`);
  const bounds = range === undefined ? {} : { start: range.first, end: range.last };
  yield* file.createReadStream({ ...bounds, autoClose: false }) as AsyncIterable<Uint8Array>;
}

async function digestOf(path: string, identity: string): Promise<EntityTag> {
  const hash = createHash("sha256");
  for await (const chunk of readFile(path, identity)) hash.update(chunk);
  return { weak: false, opaque: hash.digest().subarray(0, 18).toString("base64url") };
}

/** Tells the state of files, and remembers the digests of those that have settled. */
export class FileStates {
  readonly #digests = new Map<string, { readonly identity: string; readonly etag: EntityTag }>();

  /**
   * @param now milliseconds; tells whether the file has settled
   * @returns undefined where there is no regular file at that path
   * @throws what the file system says besides "not there"
   */
  async read(path: string, now: Timestamp): Promise<FileState | undefined> {
    const stats = await stat(path, { bigint: true }).catch(missing);
    if (!stats?.isFile()) return undefined;
    const identity = identityOf(stats);
    const settled = now - changedAt(stats) >= unsettled;
    const source = {
      length: Number(stats.size),
      read: (range?: Parameters<Source["read"]>[0]) => readFile(path, identity, range),
    };
    const etag =
      stats.size > digestAtMost
        ? { weak: !settled, opaque: tagOfVersion(identity).opaque }
        : await this.#digest(path, identity, settled);
    return { etag, lastModified: settled ? changedAt(stats) : undefined, source };
  }

  async #digest(path: string, identity: string, settled: boolean): Promise<EntityTag> {
    const known = this.#digests.get(path);
    if (known?.identity === identity) return known.etag;
    const etag = await digestOf(path, identity);
    if (!settled) return etag;
    this.#digests.delete(path);
    this.#digests.set(path, { identity, etag });
    if (this.#digests.size > remembered) this.#digests.delete(this.#digests.keys().next().value!);
    return etag;
  }
}

/** What "there is no such file" looks like. */
export function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR" && error.code !== "ENAMETOOLONG") throw error;
}
