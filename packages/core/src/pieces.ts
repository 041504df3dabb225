import type { Piece } from "./byte-ranges.ts";
import type { ByteRange } from "./range.ts";

/**
 * The octets of a 206 in order, from content that is in memory or can be read by range. One range of content in
 * memory needs none of this: it is `bytes.subarray(first, last + 1)`.
 */
export async function* readPieces(
  content: Uint8Array | { read(range: ByteRange): AsyncIterable<Uint8Array> },
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ("bytes" in piece) yield piece.bytes;
    else if (content instanceof Uint8Array) yield content.subarray(piece.first, piece.last + 1);
    else yield* content.read(piece);
  }
}
