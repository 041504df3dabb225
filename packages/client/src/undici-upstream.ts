import { type Upstream, UpstreamFailure, type UpstreamResponse } from "@larder/cache";
import { Fields } from "@larder/core";
import type { Dispatch, DispatchController, DispatchHandler, DispatchOptions } from "./undici-types.ts";

/** A way to the network through what stands below the interceptor. */
export function dispatchUpstream(dispatch: Dispatch, options: DispatchOptions, offline: boolean): Upstream {
  return {
    send({ target, fields }, { onInterim }): Promise<UpstreamResponse> {
      if (offline) throw new UpstreamFailure("offline", `offline, and nothing stored for ${target}`, { unsent: true });
      return new Promise((resolve, reject) => {
        const arriving = new Arriving();
        const headers = Object.fromEntries([...fields.names()].map((name) => [name, [...fields.all(name)]]));
        const handler: DispatchHandler = {
          onRequestStart: (controller) => arriving.begin(controller),
          onResponseStart(_, status, given) {
            const head = { status, fields: fieldsFrom(given) };
            if (status < 200) onInterim?.(head);
            else resolve({ ...head, body: arriving });
          },
          onResponseData: (_, chunk) => arriving.give(chunk),
          onResponseEnd: () => arriving.end(),
          onResponseError(_, error) {
            arriving.fail(error);
            reject(new UpstreamFailure("unreachable", error.message, { unsent: false, cause: error }));
          },
        };
        dispatch({ ...options, headers }, handler);
      });
    },
  };
}

/** @param given a list of names and values in turn, a map, or pairs */
export function fieldsFrom(given: DispatchOptions["headers"]): Fields {
  if (given === undefined || given === null) return Fields.empty;
  if (Array.isArray(given)) return Fields.fromRaw(given.map(String));
  const pairs: Iterable<readonly [string, unknown]> =
    Symbol.iterator in given ? (given as Iterable<[string, unknown]>) : Object.entries(given);
  const raw: string[] = [];
  for (const [name, value] of pairs)
    if (value !== undefined) for (const one of [value].flat()) raw.push(name, String(one));
  return Fields.fromRaw(raw);
}

/** Content as it comes, one chunk ahead of its reader at most. */
class Arriving implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  #controller: DispatchController | undefined;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake = () => {};

  begin(controller: DispatchController): void {
    this.#controller = controller;
  }

  give(chunk: Uint8Array): void {
    // undici goes on after a pause with a chunk of nothing
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#controller?.pause();
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) return { done: false, value: chunk };
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return { done: true, value: undefined };
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#controller?.resume();
      await woken;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#ended && this.#error === undefined)
      this.#controller?.abort(new DOMException("Nobody reads it any more.", "AbortError"));
    this.#ended = true;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
