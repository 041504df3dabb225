import { createHash } from "node:crypto";
import { Fields, type StoredResponse } from "@larder/core";
import type { ByteRange, Content, ContentWriter, Expectation, Store } from "../src/store.ts";

/** How a contract suite gets at the stores it judges. */
export interface StoreMaker {
  /** a new, empty store */
  make(options: { maxBytes: number }): Promise<Store>;
  /** whether content that several responses have is there for each */
  readonly copies?: boolean;
  /** Ends it and opens it again where it outlives its process; any other is given back as it is. */
  reopen(store: Store): Promise<Store>;
  /** Ends it and takes its traces away. */
  dispose(store: Store): Promise<void>;
}

export const sha256 = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");

/** Octets that differ from place to place, the same for the same seed. */
export function octets(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    all[i] = state >>> 24;
  }
  return all;
}

let ids = 0;

/** A stored response with that content; `given` decides about the rest. */
export function response(content: Uint8Array, given: Partial<StoredResponse> = {}): StoredResponse {
  return {
    id: `id-${ids++}`,
    cacheKey: "https://files.example/a",
    method: "GET",
    status: 200,
    fields: Fields.of(["Content-Type", "text/plain"], ["ETag", '"a"']),
    varying: [],
    requestTime: 1_000,
    responseTime: 1_100,
    contentSince: 1_100,
    verifiedAt: 1_000,
    invalid: false,
    content: { length: content.length, sha256: sha256(content) },
    ...given,
  };
}

/** Writes the content in chunks of that many octets, and finishes it. */
export async function written(
  store: Store,
  content: Uint8Array,
  expected: Expectation = {},
  chunk = 16_384,
): Promise<ContentWriter> {
  const writer = store.create(expected);
  for (let at = 0; at < content.length; at += chunk) await writer.write(content.slice(at, at + chunk));
  await writer.finish();
  return writer;
}

/** Keeps a response with that content. */
export async function keep(
  store: Store,
  content: Uint8Array,
  given: Partial<StoredResponse> = {},
  replaces: readonly StoredResponse[] = [],
): Promise<StoredResponse> {
  const stored = response(content, given);
  await store.put(stored, await written(store, content), replaces);
  return stored;
}

export async function readAll(content: Content, range?: ByteRange): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.read(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a reader got, and the error that ended it, if one did. */
export async function readWhatComes(content: Content): Promise<{ got: Buffer; error: unknown }> {
  const chunks: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of content.read()) chunks.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { got: Buffer.concat(chunks), error };
}

/** The ids under a key, in the store's order. */
export async function idsOf(store: Store, cacheKey: string): Promise<string[]> {
  return (await store.list(cacheKey)).map(({ id }) => id);
}
