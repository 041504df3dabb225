import type { ServerResponse } from "node:http";

/** How sending content ended. `broken`: the source threw or gave a wrong number of octets; the connection is cut. */
export type PumpEnd =
  | { readonly type: "whole"; readonly bytes: number }
  | { readonly type: "gone"; readonly bytes: number }
  | { readonly type: "broken"; readonly bytes: number; readonly error: Error };

/**
 * Sends an iterable's chunks as the content of a response whose head is written, at the client's pace, and ends it.
 * A client that leaves makes the iterator's `return` be called at once, also while a chunk is awaited.
 * @param declared Content-Length, where there is one: an answer that has another length is never ended as if whole
 * @param done called once
 */
export async function pump(
  source: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  declared: number | undefined,
  done: (end: PumpEnd) => void,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  let bytes = 0;
  let over = false;
  let wake: (() => void) | undefined;

  const settle = (end: PumpEnd): void => {
    if (over) return;
    over = true;
    response.off("close", leave).off("drain", drain);
    wake?.();
    done(end);
  };
  const abandon = (): void => {
    // what the source says now is of no interest to anybody
    iterator.return?.().then(undefined, () => undefined);
  };
  const leave = (): void => {
    if (over) return;
    settle({ type: "gone", bytes });
    abandon();
  };
  const fail = (error: Error): void => {
    // a reset, so that a client that reads until the end of the connection notices too
    response.socket?.resetAndDestroy();
    settle({ type: "broken", bytes, error });
  };
  const drain = (): void => wake?.();
  response.on("close", leave).on("drain", drain);
  if (response.destroyed) return leave();
  // the head need not wait for a source that is slow to begin
  setImmediate(() => over || response.flushHeaders());

  try {
    for (;;) {
      const next = await iterator.next();
      if (over) return;
      if (next.done) break;
      const chunk = next.value;
      bytes += chunk.byteLength;
      if (declared !== undefined && bytes > declared) {
        abandon();
        return fail(new Error(`content is longer than its Content-Length of ${declared}`));
      }
      if (response.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (over) return;
    }
  } catch (error) {
    if (!over) fail(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (declared !== undefined && bytes < declared) {
    return fail(new Error(`content ended after ${bytes} octets of ${declared}`));
  }
  response.end(() => settle({ type: "whole", bytes }));
}
