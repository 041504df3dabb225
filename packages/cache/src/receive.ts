import { contentLength, type Outcome, type StoredResponse } from "@larder/core";
import { type Arriving, isPurged } from "./arriving.ts";
import type { Cache, CacheRequest, CacheResponse } from "./cache.ts";
import { meanwhile } from "./meanwhile.ts";
import { readAll } from "./read-all.ts";
import { ContentMismatch, type ContentWriter, type Expectation } from "./store.ts";
import type { UpstreamResponse } from "./upstream.ts";

type Store = Extract<Outcome, { type: "store" }>;

export type Received =
  | { readonly type: "arriving"; readonly answer: Pick<CacheResponse, "content" | "stored"> }
  | { readonly type: "refused"; readonly message: string };

/**
 * Takes a response's content into the store. Whoever asked reads it while it arrives; nobody's leaving stops it, since
 * what was begun is worth keeping. Content that must be inspected is awaited first, and so is what has come with its head
 * already, and none at all, which nobody would wait for by reading it.
 */
export async function receive(
  cache: Cache,
  request: CacheRequest,
  outcome: Store,
  response: UpstreamResponse,
  expected: Expectation,
  own: Arriving,
): Promise<Received> {
  const announced = response.fields.read(contentLength);
  const whole = outcome.after === undefined ? announced : outcome.response.fields.read(contentLength);
  if (announced === "invalid" || whole === "invalid") {
    return { type: "refused", message: "The upstream sent a Content-Length that can't be read." };
  }
  const length = whole ?? expected.length;
  // what must be inspected or have a digest is of no use before it is known to be right
  const mayGoOn = !request.background && request.inspect === undefined && expected.digest === undefined;
  const writer = cache.store.create({ ...expected, ...(length !== undefined && { length }), mayOverflow: mayGoOn });
  const arrived = outcome.after === undefined ? response.body.whole : undefined;
  if (request.inspect === undefined && outcome.response.status !== 206 && arrived === undefined)
    own.early = { stored: provisional(cache, request, outcome, expected), content: writer.content };
  const kept = keep(cache, request, outcome, arrived ?? contentOf(cache, outcome, response), writer, mayGoOn, own);
  own.kept = kept;
  const isEmpty = length === 0 || outcome.response.status === 204;
  if (request.inspect === undefined && !isEmpty && arrived === undefined) {
    kept.catch((error) => cache.events.fault("receiving content", error));
    return { type: "arriving", answer: { content: writer.content } };
  }
  try {
    const stored = await kept;
    const told = stored !== undefined && (isEmpty || request.inspect !== undefined);
    return { type: "arriving", answer: { content: writer.content, ...(told && { stored }) } };
  } catch (error) {
    return { type: "refused", message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * @param content all of it, or as it comes
 * @param mayGoOn content for which the store has no room goes to whoever asked without being kept
 * @returns the stored response, or undefined where the store could not take it
 */
async function keep(
  cache: Cache,
  request: CacheRequest,
  outcome: Store,
  content: Uint8Array | AsyncGenerator<Uint8Array>,
  writer: ContentWriter,
  mayGoOn: boolean,
  own: Arriving,
): Promise<StoredResponse | undefined> {
  try {
    if (!(await writeAll(cache, content, writer, mayGoOn))) return undefined;
    const older = await meanwhile(cache, request.cacheKey, outcome);
    const { length, sha256 } = await writer.finish();
    if (request.inspect !== undefined) {
      const fault = request.inspect(outcome.response, await readAll(writer.content));
      if (fault !== undefined) throw new Error(fault);
    }
    const whole = { ...outcome.response, content: { length, sha256 } };
    const caught = request.policy.verify?.rules.caughtAt(outcome.replaces[0], whole, cache.now());
    const stored: StoredResponse = {
      ...whole,
      id: crypto.randomUUID(),
      cacheKey: request.cacheKey,
      contentSince: contentSince(sha256, outcome, cache.now()),
      verifiedAt: whole.requestTime,
      ...(caught !== undefined && { caughtAt: caught }),
      invalid: false,
    };
    if (isPurged(own, stored) || length > (request.mostStored ?? Infinity)) {
      writer.abort(new Error("it is not kept"));
      return undefined;
    }
    try {
      await cache.store.put(stored, writer, [...outcome.replaces, ...older]);
      cache.events.stored?.(stored);
      return stored;
    } catch (error) {
      cache.events.fault("storing", error);
      return undefined;
    }
  } catch (error) {
    writer.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    own.early = undefined;
  }
}

/**
 * Writes content as it comes.
 * @param mayGoOn see `keep`
 * @returns false where there was no room for it and it goes on without being kept
 */
async function writeAll(
  cache: Cache,
  content: Uint8Array | AsyncGenerator<Uint8Array>,
  writer: ContentWriter,
  mayGoOn: boolean,
): Promise<boolean> {
  const rest = content instanceof Uint8Array ? undefined : content;
  let chunk = content instanceof Uint8Array ? content : await next(content);
  while (chunk !== undefined) {
    try {
      const slow = writer.write(chunk);
      if (slow) await slow;
    } catch (error) {
      if (error instanceof ContentMismatch || !mayGoOn) {
        await rest?.return(undefined);
        throw error;
      }
      cache.events.fault("storing", error);
      writer.handOver(after(chunk, rest), error as Error);
      return false;
    }
    chunk = rest && (await next(rest));
  }
  return true;
}

async function next(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array | undefined> {
  const step = await chunks.next();
  return step.done ? undefined : step.value;
}

async function* after(chunk: Uint8Array, rest: AsyncGenerator<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield chunk;
    if (rest !== undefined) yield* rest;
  } finally {
    await rest?.return(undefined);
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

/** What a response will be once it is stored, as far as it is known: a digest only where it must turn out to be that. */
function provisional(cache: Cache, request: CacheRequest, { response }: Store, expected: Expectation): StoredResponse {
  const now = cache.now();
  const sha256 = expected.digest?.algorithm === "sha256" ? expected.digest.hex : "";
  return {
    ...response,
    id: "arriving",
    cacheKey: request.cacheKey,
    content: { length: expected.length ?? 0, sha256 },
    contentSince: now,
    verifiedAt: response.requestTime,
    invalid: false,
  };
}

/** The same content keeps its time; other content is at least a second newer than what it replaces. */
function contentSince(sha256: string, { replaces }: Store, now: number): number {
  const before = replaces[0];
  if (before === undefined) return now;
  return before.content.sha256 === sha256 ? before.contentSince : Math.max(now, before.contentSince + 1000);
}
