import { promisify } from "node:util";
import {
  brotliCompress,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzip,
  inflateSync,
  zstdCompress,
  zstdDecompressSync,
} from "node:zlib";

/** The content codings that pages are sent in, best first (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export const codings = ["zstd", "br", "gzip"] as const;
export type Coding = (typeof codings)[number];

const encoders: Readonly<Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  zstd: promisify(zstdCompress),
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
};

/** The same octets in a coding; off the main thread, and the same each time. */
export const encode = (coding: Coding, bytes: Uint8Array): Promise<Uint8Array> => encoders[coding](bytes);

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  identity: (bytes) => bytes,
};

/**
 * Undoes a response's content codings.
 * @param coded in the order in which they were applied (RFC 9110 §8.4)
 * @param mostBytes what the result may have; a little content can claim to be very much
 * @returns the octets, or what is wrong in a sentence
 */
export function decode(
  bytes: Uint8Array,
  coded: readonly string[],
  mostBytes: number,
): { readonly bytes: Uint8Array } | { readonly fault: string } {
  let plain = bytes;
  for (const coding of coded.toReversed()) {
    const decoder = decoders[coding];
    if (decoder === undefined)
      return { fault: `The upstream used the content coding ${coding}, which was not asked for.` };
    try {
      plain = decoder(plain, { maxOutputLength: mostBytes });
    } catch (error) {
      return {
        fault: `The upstream's ${coding} content can't be decoded (${error instanceof Error ? error.message : error}).`,
      };
    }
  }
  return plain.length > mostBytes ? { fault: `The page has more than ${mostBytes} octets.` } : { bytes: plain };
}
