import { Fields, type RequestHead, type ResponseHead } from "@larder/core";
import type { Incoming } from "./handler.ts";
import type { Reply } from "./reply.ts";
import type { Message } from "./request-head.ts";

/** The content of a request is longer than the listener takes; answered with 413. */
export class ContentTooLarge extends Error {
  override readonly name = "ContentTooLarge";
}

/** A checked request as handlers see it. What few handlers ask for is made when it is asked for. */
export class ReceivedRequest implements Incoming {
  readonly head: RequestHead;
  readonly path: string;
  readonly reply: Reply;
  /** `performance.now()` when the head was there */
  readonly started: number;
  readonly #message: Message;
  readonly #hasContent: boolean;
  readonly #mostContent: number;
  /** the client holds its content back until it is told to continue */
  #waits: boolean;
  #body: AsyncIterable<Uint8Array> | undefined;
  #controller: AbortController | undefined;

  constructor(
    message: Message,
    reply: Reply,
    checked: { readonly authority: string; readonly path: string; readonly hasContent: boolean },
    context: {
      readonly scheme: string;
      readonly mostContent: number;
      readonly started: number;
      readonly expectsContinue: boolean;
    },
  ) {
    this.head = {
      method: message.method!,
      target: `${context.scheme}://${checked.authority}${checked.path}`,
      fields: Fields.fromRaw(message.rawHeaders),
    };
    this.path = checked.path;
    this.reply = reply;
    this.started = context.started;
    this.#message = message;
    this.#hasContent = checked.hasContent;
    this.#mostContent = context.mostContent;
    this.#waits = context.expectsContinue;
  }

  /** of HTTP: `1.1`, `2` */
  get version(): string {
    return this.#message.httpVersion;
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
      const { reply } = this;
      const gone = (): void => {
        if (!reply.writableFinished) controller.abort(new Error("the client has gone away"));
      };
      if (reply.isGone) gone();
      else reply.onOver(gone);
      this.#controller = controller;
    }
    return this.#controller.signal;
  }

  interim(head: ResponseHead): void {
    const { reply } = this;
    if (reply.headersSent || reply.isGone) return;
    if (head.status === 100) this.#continue();
    else reply.inform(head.status, head.fields.raw);
  }

  /** Lets a client that waits for 100 (RFC 9110 §10.1.1) send its content. */
  #continue(): void {
    if (this.#waits && !this.reply.headersSent) {
      this.#waits = false;
      this.reply.inform(100, []);
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
