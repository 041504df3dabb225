import { crc32, deflateRawSync } from "node:zlib";

/** A member of an archive; what is given besides its content is written in place of what would be true. */
export interface Member {
  readonly path: string;
  readonly content: Uint8Array | string;
  readonly stored?: boolean;
  readonly crc?: number;
  /** octets that both headers claim */
  readonly size?: number;
  readonly compressedSize?: number;
  /** where the directory says that its local header is */
  readonly offset?: number;
  /** octets of the local header's own extra field */
  readonly localExtra?: number;
}

/** What is odd about an archive as a whole. */
export interface Oddities {
  readonly comment?: string;
  readonly entries?: number;
  readonly directoryOffset?: number;
}

/** A ZIP archive (APPNOTE 4.3), as right or as wrong as it is told to be. */
export function zipOf(members: readonly Member[], odd: Oddities = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, content, stored = false, crc, size, compressedSize, offset, localExtra = 0 } of members) {
    const plain = Buffer.from(content);
    const data = stored ? plain : deflateRawSync(plain);
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc ?? crc32(plain), 10);
    common.writeUInt32LE(compressedSize ?? data.length, 14);
    common.writeUInt32LE(size ?? plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.from(common);
    local.writeUInt16LE(localExtra, 24);
    locals.push(Buffer.from("PK\x03\x04"), local, name, Buffer.alloc(localExtra), data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset ?? at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, rest, name);
    at += 30 + name.length + localExtra + data.length;
  }
  const central = Buffer.concat(directory);
  const comment = Buffer.from(odd.comment ?? "");
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(odd.entries ?? members.length, 8);
  end.writeUInt16LE(odd.entries ?? members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(odd.directoryOffset ?? at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, central, end, comment]);
}

/** Core metadata of demo 1.0. */
export const metadata = "Metadata-Version: 2.1\nName: Demo\nVersion: 1.0\nRequires-Dist: other\n\nA text.\n";

/** Octets that don't compress, the same each time. */
export function noise(length: number): Buffer {
  const all = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    all[i] = state >>> 24;
  }
  return all;
}

/** A wheel of demo 1.0: its metadata before other members, so that they are not at its end. */
export function wheelOf(content: string | Uint8Array = metadata, filler = 200_000, files = 2): Buffer {
  const others = Array.from({ length: files }, (_, i) => ({ path: `demo/module_${i}.py`, content: `x = ${i}\n` }));
  return zipOf([
    { path: "demo/start.bin", content: noise(filler) },
    { path: "demo-1.0.dist-info/METADATA", content },
    { path: "demo/data.bin", content: noise(filler) },
    ...others,
    { path: "demo-1.0.dist-info/RECORD", content: "" },
  ]);
}
