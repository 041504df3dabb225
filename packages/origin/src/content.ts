import type { Piece } from "@larder/core";

/**
 * Content of which any stretch can be read without the rest: a file, an object in a store. Opens nothing before it is
 * read, because it may turn out that it need not be.
 */
export interface Source {
  /** octets */
  readonly length: number;
  /** Chunks in order; of a closed range, both ends included, where one is given. Leaving the loop early ends it. */
  read(range?: { readonly first: number; readonly last: number }): AsyncIterable<Uint8Array>;
}

/** Content as a program gives it. A string goes out as UTF-8. An AsyncIterable has no known length, hence no ranges. */
export type GivenContent = string | Uint8Array | Source | AsyncIterable<Uint8Array> | null | undefined;
type Content = Exclude<GivenContent, string | undefined>;

const encoder = new TextEncoder();

/** @returns the text as UTF-8 octets */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** @returns the content with text as octets */
export function prepare(content: GivenContent): Content {
  return typeof content === "string" ? utf8(content) : (content ?? null);
}

const isSeekable = (content: Content): content is Uint8Array | Source =>
  content !== null && (content instanceof Uint8Array || ("read" in content && "length" in content));

/** @returns octets; undefined where only the end will tell */
export function lengthOf(content: Content): number | undefined {
  return content === null ? 0 : isSeekable(content) ? content.length : undefined;
}

/** Ends content that nobody will read, so that what it holds open is closed. A `Source` holds nothing yet. */
export function discard(content: Content): void {
  if (content !== null && !isSeekable(content)) void content[Symbol.asyncIterator]().return?.();
}

/**
 * The octets of a 206 in order, from content that is in memory or can be read by range. One range of content in
 * memory needs none of this: it is `bytes.subarray(first, last + 1)`.
 */
export async function* readPieces(
  content: Uint8Array | Pick<Source, "read">,
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if ("bytes" in piece) yield piece.bytes;
    else if (content instanceof Uint8Array) yield content.subarray(piece.first, piece.last + 1);
    else yield* content.read(piece);
  }
}

/** The part of the content that `present` chose, ready to be sent. */
export function select(
  content: Content,
  send: "none" | "all" | { readonly pieces: readonly Piece[] },
): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (send === "none") discard(content);
  if (content === null || send === "none") return null;
  if (send === "all") return content instanceof Uint8Array || !isSeekable(content) ? content : content.read();
  if (!isSeekable(content)) throw new TypeError("only content of known length can be cut");
  const [only, more] = send.pieces;
  if (content instanceof Uint8Array && more === undefined && only !== undefined && "first" in only)
    return content.subarray(only.first, only.last + 1);
  return readPieces(content, send.pieces);
}
