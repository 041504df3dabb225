import { type Piece, readPieces } from "@larder/core";

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
/** Content on its way out: nothing, or what is sent as it is. Text stays text, because runtimes send it faster. */
export type SentContent = string | Uint8Array | AsyncIterable<Uint8Array> | null;
type Content = Exclude<GivenContent, undefined>;

const encoder = new TextEncoder();

/** @returns the text as UTF-8 octets */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Octets of the text in UTF-8, without making them: for runtimes that have no faster way. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // two units of a pair make four octets, so two more than units; a lone one becomes U+FFFD, three octets
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00)
      [length, i] = [length + 2, i + 1];
    else length += 2;
  }
  return length;
}

const octetsOf: (text: string) => number = typeof Buffer === "undefined" ? utf8Length : Buffer.byteLength;

const isSeekable = (content: Exclude<Content, string | null>): content is Uint8Array | Source =>
  content instanceof Uint8Array || ("read" in content && "length" in content);

/** @returns octets; undefined where only the end will tell */
export function lengthOf(content: Content): number | undefined {
  if (content === null) return 0;
  if (typeof content === "string") return octetsOf(content);
  return isSeekable(content) ? content.length : undefined;
}

/** Ends content that nobody will read, so that what it holds open is closed. A `Source` holds nothing yet. */
export function discard(content: Content): void {
  if (content !== null && typeof content !== "string" && !isSeekable(content))
    void content[Symbol.asyncIterator]().return?.();
}

/** The part of the content that `present` chose, ready to be sent. */
export function select(content: Content, send: "none" | "all" | { readonly pieces: readonly Piece[] }): SentContent {
  if (send === "none") discard(content);
  if (content === null || send === "none") return null;
  if (typeof content === "string") return send === "all" ? content : select(utf8(content), send);
  if (send === "all") return content instanceof Uint8Array || !isSeekable(content) ? content : content.read();
  if (!isSeekable(content)) throw new TypeError("only content of known length can be cut");
  const [only, more] = send.pieces;
  if (content instanceof Uint8Array && more === undefined && only !== undefined && "first" in only)
    return content.subarray(only.first, only.last + 1);
  return readPieces(content, send.pieces);
}
