import type { CacheFailure, Content } from "@larder/cache";
import {
  type ByteRange,
  type CacheStatus,
  Fields,
  formatCacheStatus,
  type RequestHead,
  readPieces,
} from "@larder/core";
import { type Presented, present, type Representation } from "@larder/origin";
import { type Outgoing, problem } from "@larder/server";
import type { ProxyMount } from "./proxy.ts";

/** The name that this cache goes by in Cache-Status (RFC 9211 §2). */
const cacheName = "larder";

/** Whether an answer came from the store, as its log says. */
export const isHit = ({ log }: Outgoing): boolean =>
  typeof log?.cache === "string" && log.cache.startsWith(`${cacheName}; hit`);

/** Where an answer comes from, for the log. */
export interface Mounted {
  readonly config: { readonly prefix: string };
}

/** What the cache did, with the upstream that it did it for, where the mount has several. */
export const fromUpstream = ({ label }: ProxyMount, status: CacheStatus): CacheStatus =>
  label === undefined ? status : { ...status, from: label };

/**
 * The last step of a request: its preconditions and ranges against the representation that would be sent, and that
 * representation, a part of it, or no content at all, as the listener wants it.
 * @param cacheStatus undefined for what no cache has a part in
 * @param age seconds, where `Age` is to be told (RFC 9111 §5.1)
 */
export function send(
  request: RequestHead,
  representation: Representation,
  content: Content | null,
  mount: Mounted,
  cacheStatus: CacheStatus | undefined,
  age?: number,
): Outgoing {
  const presented = present(request, representation);
  const { prefix } = mount.config;
  if (cacheStatus === undefined)
    return { ...presented, content: contentOf(presented, content), log: { mount: prefix } };
  const status = formatCacheStatus(cacheName, cacheStatus);
  const { raw } = presented.fields;
  return {
    status: presented.status,
    fields: Fields.fromRaw(
      age === undefined ? [...raw, "Cache-Status", status] : [...raw, "Age", ageText(age), "Cache-Status", status],
    ),
    content: contentOf(presented, content),
    log: { cache: status, mount: prefix, ...(cacheStatus.from && { upstream: cacheStatus.from }) },
  };
}

/** A slice of a stored part, whose conditions were judged when it was selected. */
export function sendSlice(
  fields: Fields,
  content: AsyncIterable<Uint8Array>,
  mount: Mounted,
  cacheStatus: CacheStatus,
  age: number,
): Outgoing {
  const status = formatCacheStatus(cacheName, cacheStatus);
  return {
    status: 206,
    fields: Fields.fromRaw([...fields.raw, "Age", ageText(age), "Cache-Status", status]),
    content,
    log: { cache: status, mount: mount.config.prefix },
  };
}

function contentOf({ send }: Presented, content: Content | null): Outgoing["content"] {
  if (send === "none" || content === null) return null;
  if (send === "all") return content.bytes ?? content.read(undefined, "lent");
  const { bytes } = content;
  if (bytes !== undefined && send.pieces.length === 1) {
    const [piece] = send.pieces;
    return "bytes" in piece! ? piece.bytes : bytes.subarray(piece!.first, piece!.last + 1);
  }
  return readPieces({ read: (range) => content.read(range, "lent") }, send.pieces);
}

/** What was made here, as content. */
export const inMemory = (bytes: Uint8Array): Content => ({ length: bytes.length, bytes, read: piecesOf });

async function* piecesOf(this: Content, range?: ByteRange): AsyncGenerator<Uint8Array> {
  yield range === undefined ? this.bytes! : this.bytes!.subarray(range.first, range.last + 1);
}

/** Age's value: whole seconds, at least 0 (RFC 9111 §5.1). */
const ageText = (seconds: number): string => String(Math.max(0, Math.floor(seconds)));

/** Content that is not going to be read: what comes straight from the upstream would keep its connection. */
export function leave(content: Content | null): void {
  content
    ?.read()
    [Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
}

/** The answer when the upstream gave none and nothing stored may stand in for it. */
export function failed(failure: CacheFailure, mount: Mounted): Outgoing {
  const cache = formatCacheStatus(cacheName, failure.cacheStatus);
  return problem(failure.status, failure.message, {
    fields: { "Cache-Status": cache },
    log: { cache, mount: mount.config.prefix, because: failure.message },
  });
}
