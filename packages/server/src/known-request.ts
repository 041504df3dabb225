import type { RequestHead, ResponseHead } from "@larder/core";
import type { Incoming } from "./handler.ts";
import type { ReceivedRequest } from "./incoming.ts";
import type { KnownHead } from "./known-heads.ts";

/** A request without content that is handled before node:http has seen it, because its head is known. */
export class KnownRequest implements Incoming {
  readonly head: RequestHead;
  readonly path: string;
  readonly body = null;
  readonly remote: string;
  /** `performance.now()` when the head was there */
  readonly started = performance.now();
  /** interim responses that are due before anything else */
  readonly interims: ResponseHead[] = [];
  #received: ReceivedRequest | undefined;
  #controller: AbortController | undefined;

  constructor({ head, path }: KnownHead, remote: string) {
    this.head = head;
    this.path = path;
    this.remote = remote;
  }

  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    if (this.#received !== undefined) return this.#received.signal;
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  interim(head: ResponseHead): void {
    if (this.#received === undefined) this.interims.push(head);
    else this.#received.interim(head);
  }

  /** The answer takes its time, so node:http has the request now. */
  becomes(received: ReceivedRequest): void {
    this.#received = received;
    for (const head of this.interims) received.interim(head);
    const controller = this.#controller;
    if (controller === undefined) return;
    const { signal } = received;
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
}
