import type { IncomingMessage, ServerResponse } from "node:http";
import { Fields, type RequestHead, type ResponseHead } from "@larder/core";
import { isGone, onOver } from "./connection.ts";
import type { Incoming } from "./handler.ts";

/** The content of a request is longer than the listener takes; answered with 413. */
export class ContentTooLarge extends Error {
  override readonly name = "ContentTooLarge";
}

/** A checked request of node:http as handlers see it. What few handlers ask for is made when it is asked for. */
export class ReceivedRequest implements Incoming {
  readonly head: RequestHead;
  readonly path: string;
  readonly response: ServerResponse;
  /** `performance.now()` when the head was there */
  readonly started: number;
  readonly #message: IncomingMessage;
  readonly #hasContent: boolean;
  readonly #mostContent: number;
  /** the client holds its content back until it is told to continue */
  #waits: boolean;
  #body: AsyncIterable<Uint8Array> | undefined;
  #controller: AbortController | undefined;

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    checked: { readonly authority: string; readonly path: string; readonly hasContent: boolean },
    context: { readonly mostContent: number; readonly started: number; readonly expectsContinue: boolean },
  ) {
    this.head = {
      method: message.method!,
      target: `http://${checked.authority}${checked.path}`,
      fields: Fields.fromRaw(message.rawHeaders),
    };
    this.path = checked.path;
    this.response = response;
    this.started = context.started;
    this.#message = message;
    this.#hasContent = checked.hasContent;
    this.#mostContent = context.mostContent;
    this.#waits = context.expectsContinue;
  }

  get remote(): string {
    return this.#message.socket.remoteAddress ?? "";
  }

  get body(): AsyncIterable<Uint8Array> | null {
    if (!this.#hasContent) return null;
    this.#body ??= this.#read();
    return this.#body;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      const { response } = this;
      const gone = (): void => {
        if (!response.writableFinished) controller.abort(new Error("the client has gone away"));
      };
      if (isGone(response)) gone();
      else onOver(response, gone);
      this.#controller = controller;
    }
    return this.#controller.signal;
  }

  interim(head: ResponseHead): void {
    const { response } = this;
    if (response.headersSent || isGone(response) || this.#message.httpVersionMinor === 0) return;
    if (head.status === 100) this.#continue();
    // node 24 has no way to send the others; a client can do without them (RFC 9110 §15.2)
    else response.writeInformation?.(head.status, head.fields.raw as string[]);
  }

  /** Lets a client that waits for 100 (RFC 9110 §10.1.1) send its content. */
  #continue(): void {
    if (this.#waits && !this.response.headersSent) {
      this.#waits = false;
      this.response.writeContinue();
    }
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    this.#continue();
    let length = 0;
    // with destroyOnReturn a handler that breaks off would take the connection down before it can answer
    for await (const chunk of this.#message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > this.#mostContent) {
        throw new ContentTooLarge(`the request's content is longer than ${this.#mostContent} octets`);
      }
      yield chunk;
    }
  }
}
