import type { Outgoing, SendEnd } from "./handler.ts";
import type { Reply } from "./reply.ts";

/**
 * Sends an iterable's chunks as the content of a response whose head is written, at the client's pace, and ends it. The
 * next chunk is asked for when the one before has been handed to the system, so that its memory may be used again then.
 * A client that leaves makes the iterator's `return` be called at once, also while a chunk is awaited. When the source
 * throws, or gives another number of octets than was declared, the connection is cut: it never ends as if whole.
 * @param declared Content-Length, where there is one
 * @param done called once
 */
export async function pump(
  source: AsyncIterable<Uint8Array>,
  response: Reply,
  declared: number | undefined,
  done: (end: SendEnd) => void,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  let bytes = 0;
  let over = false;
  let wake: (() => void) | undefined;

  const settle = (end: Omit<SendEnd, "bytes">): void => {
    if (over) return;
    over = true;
    undo();
    wake?.();
    done({ bytes, ...end });
  };
  const fail = (error: Error): void => {
    response.cut();
    settle({ error });
  };
  const undo = response.onOver(() => {
    settle(response.writableFinished ? {} : { gone: true });
    abandon(iterator);
  });
  // the head need not wait for a source that is slow to begin
  setImmediate(() => over || response.flushHeaders());

  try {
    if (response.isGone) {
      settle({ gone: true });
      abandon(iterator);
    }
    while (!over) {
      const next = await iterator.next();
      if (over) return;
      if (next.done) break;
      if (next.value.byteLength === 0) continue;
      bytes += next.value.byteLength;
      if (declared !== undefined && bytes > declared) {
        fail(new Error(`the content is longer than its Content-Length of ${declared}`));
        abandon(iterator);
      } else {
        const chunk = next.value;
        await new Promise<void>((resolve) => {
          wake = resolve;
          // one that fails is the end of the connection, of which `onOver` tells
          response.write(chunk, (error) => error ?? resolve());
        });
      }
    }
  } catch (error) {
    if (!over) fail(error instanceof Error ? error : new Error(String(error)));
  }
  if (over) return;
  if (declared !== undefined && bytes < declared) {
    fail(new Error(`the content ended after ${bytes} octets of ${declared}`));
  } else response.end();
}

/** Tells content that nobody will read that this is so. */
export function abandonContent(content: Outgoing["content"]): void {
  if (content !== null && !(content instanceof Uint8Array)) abandon(content[Symbol.asyncIterator]());
}

/** Ends an iteration early. What the source says to that interests nobody. */
function abandon(iterator: AsyncIterator<Uint8Array>): void {
  iterator.return?.().then(undefined, () => undefined);
}
