import { createHash } from "node:crypto";
import { type CacheRequest, queryFamily, type Upstream } from "@larder/cache";
import type { RequestHead } from "@larder/core";

/** Octets of content up to which the answers to a QUERY are kept; longer ones are passed on. */
const mostBytes = 1 << 20;

/** What says how the content is to be read, so that the same octets may be another question. */
const metadata = ["content-type", "content-encoding", "content-language"];

/**
 * A QUERY for the cache (RFC 10008 §2.7): its content is part of the key, and then it is as a GET, which it is safe and
 * cacheable like. Towards the upstream it is what it was.
 */
export async function asQuestion(request: CacheRequest): Promise<CacheRequest> {
  const { head, cacheKey, body, upstream } = request;
  const chunks: Uint8Array[] = [];
  const rest = body?.[Symbol.asyncIterator]();
  let length = 0;
  for (let step = await rest?.next(); step !== undefined && !step.done; step = await rest?.next()) {
    chunks.push(step.value);
    length += step.value.length;
    if (length > mostBytes) return { ...request, body: chain(chunks, rest!) };
  }
  const hash = createHash("sha256").update(JSON.stringify(metadata.map((name) => head.fields.all(name))));
  for (const chunk of chunks) hash.update(chunk);
  return {
    ...request,
    head: { ...head, method: "GET" },
    cacheKey: queryFamily(cacheKey) + hash.digest("base64url"),
    body: null,
    upstream: asking(upstream, body === null ? null : chunks),
  };
}

/** Asks with QUERY and this content, however often. */
function asking(upstream: Upstream, chunks: readonly Uint8Array[] | null): Upstream {
  return {
    send(request: RequestHead, options) {
      const body = chunks === null ? null : chain(chunks);
      return upstream.send({ ...request, method: "QUERY" }, { ...options, body });
    },
  };
}

async function* chain(
  chunks: readonly Uint8Array[],
  rest?: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
    for (let step = await rest?.next(); step !== undefined && !step.done; step = await rest?.next()) yield step.value;
  } finally {
    await rest?.return?.();
  }
}
