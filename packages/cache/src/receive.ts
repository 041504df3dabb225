import { caughtAt, contentLength, type Outcome, type StoredResponse } from "@larder/core";
import type { Cache, CacheRequest, CacheResponse } from "./cache.ts";
import { readAll } from "./read-all.ts";
import type { ContentWriter, Expectation } from "./store.ts";
import type { UpstreamResponse } from "./upstream.ts";

type Store = Extract<Outcome, { type: "store" }>;

export type Received =
  | { readonly type: "arriving"; readonly answer: Pick<CacheResponse, "content" | "stored"> }
  | { readonly type: "refused"; readonly message: string };

/**
 * Takes a response's content into the store. Whoever asked reads it while it arrives; nobody's leaving stops it, since
 * what was begun is worth keeping. Content that must be inspected is awaited first.
 */
export async function receive(
  cache: Cache,
  request: CacheRequest,
  outcome: Store,
  response: UpstreamResponse,
  expected: Expectation,
): Promise<Received> {
  const announced = response.fields.read(contentLength);
  const whole = outcome.after === undefined ? announced : outcome.response.fields.read(contentLength);
  if (announced === "invalid" || whole === "invalid") {
    return { type: "refused", message: "The upstream sent a Content-Length that can't be read." };
  }
  const length = whole ?? expected.length;
  const writer = cache.store.create({ ...expected, ...(length !== undefined && { length }) });
  const kept = keep(cache, request, outcome, response, writer);
  if (request.inspect === undefined) {
    kept.catch((error) => cache.events.fault("receiving content", error));
    return { type: "arriving", answer: { content: writer.content } };
  }
  try {
    const stored = await kept;
    return { type: "arriving", answer: { content: writer.content, ...(stored && { stored }) } };
  } catch (error) {
    return { type: "refused", message: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns the stored response, or undefined where the store could not take it */
async function keep(
  cache: Cache,
  request: CacheRequest,
  outcome: Store,
  response: UpstreamResponse,
  writer: ContentWriter,
): Promise<StoredResponse | undefined> {
  const mark = { invalid: false };
  const marks = cache.arriving.get(request.cacheKey) ?? new Set();
  cache.arriving.set(request.cacheKey, marks.add(mark));
  try {
    for await (const chunk of contentOf(cache, outcome, response)) {
      const slow = writer.write(chunk);
      if (slow) await slow;
    }
    const { length, sha256 } = await writer.finish();
    if (request.inspect !== undefined) {
      const fault = request.inspect(outcome.response, await readAll(writer.content));
      if (fault !== undefined) throw new Error(fault);
    }
    const whole = { ...outcome.response, content: { length, sha256 } };
    const caught = caughtAt(outcome.replaces[0], whole, cache.now());
    const stored: StoredResponse = {
      ...whole,
      id: crypto.randomUUID(),
      cacheKey: request.cacheKey,
      contentSince: contentSince(sha256, outcome, cache.now()),
      verifiedAt: whole.requestTime,
      ...(caught !== undefined && { caughtAt: caught }),
      invalid: mark.invalid,
    };
    try {
      await cache.store.put(stored, writer, outcome.replaces);
      return stored;
    } catch (error) {
      cache.events.fault("storing", error);
      return undefined;
    }
  } catch (error) {
    writer.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    marks.delete(mark);
    if (marks.size === 0) cache.arriving.delete(request.cacheKey);
  }
}

/** The upstream's content, after that of the stored part that it completes. */
async function* contentOf(cache: Cache, { after }: Store, response: UpstreamResponse): AsyncGenerator<Uint8Array> {
  if (after !== undefined) {
    const beginning = await cache.store.open(after);
    if (beginning === undefined) throw new Error("the stored part that was to be completed is gone");
    yield* beginning.read();
  }
  yield* response.body;
}

/** The same content keeps its time; other content is at least a second newer than what it replaces. */
function contentSince(sha256: string, { replaces }: Store, now: number): number {
  const before = replaces[0];
  if (before === undefined) return now;
  return before.content.sha256 === sha256 ? before.contentSince : Math.max(now, before.contentSince + 1000);
}
