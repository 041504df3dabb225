import type { Readable } from "node:stream";
import { UpstreamFailure, type UpstreamOptions, type UpstreamResponse } from "@larder/cache";
import { Fields } from "@larder/core";
import type { Dispatcher } from "undici";
import { UpstreamContent } from "./upstream-content.ts";
import { failureOf } from "./upstream-failure.ts";

type Controller = Dispatcher.DispatchController;

/**
 * One request to an upstream, as undici tells what becomes of it. What `request` of undici has beyond that, a stream, a signal
 * with its listeners and an object of all fields, costs about as much as the rest of the exchange.
 */
export class UpstreamExchange implements Dispatcher.DispatchHandler {
  /** settled when the response's head is there, or won't be */
  readonly response: Promise<UpstreamResponse>;
  readonly #url: URL;
  readonly #sent: Readable | null;
  readonly #onInterim: UpstreamOptions["onInterim"];
  #resolve!: (response: UpstreamResponse) => void;
  #reject!: (reason: unknown) => void;
  #controller: Controller | undefined;
  #content: UpstreamContent | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** why nobody waits for it any more */
  #givenUp: Error | undefined;

  /** @param sent the request's content */
  constructor(url: URL, sent: Readable | null, onInterim: UpstreamOptions["onInterim"]) {
    this.#url = url;
    this.#sent = sent;
    this.#onInterim = onInterim;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Waits so many milliseconds for the head, also where no connection is free: undici's own times begin when one is. */
  giveUpAfter(patience: number): void {
    this.#timer = setTimeout(() => {
      const why = `The upstream ${this.#url.host} did not answer in time.`;
      this.#givenUp = new UpstreamFailure("timeout", why, { unsent: false });
      this.#reject(this.#givenUp);
      this.#controller?.abort(this.#givenUp);
    }, patience);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp);
  }

  onResponseStart(controller: Controller, status: number): void {
    const fields = Fields.fromRaw(rawOf(controller.rawHeaders));
    if (status < 200) {
      this.#onInterim?.({ status, fields });
      return;
    }
    clearTimeout(this.#timer);
    this.#content = new UpstreamContent(controller);
    this.#resolve({ status, fields, body: this.#content });
  }

  onResponseData(_: Controller, chunk: Uint8Array): void {
    this.#content?.give(chunk);
  }

  onResponseEnd(): void {
    this.#content?.end();
  }

  onResponseError(_: Controller, error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(failureOf(error, this.#url));
    this.#content?.fail(error);
    this.#sent?.on("error", () => undefined).destroy(error);
  }
}

/** What came over HTTP/1.1 is a list of octets, over HTTP/2 an object. */
function rawOf(given: Controller["rawHeaders"]): string[] {
  if (Array.isArray(given)) return given.map((text) => (typeof text === "string" ? text : text.toString("latin1")));
  return Object.entries(given ?? {}).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}
