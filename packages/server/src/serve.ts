import { Fields } from "@larder/core";
import type { Logger } from "pino";
import { type AccessLog, loggable } from "./access-log.ts";
import type { Running } from "./connection.ts";
import type { Handler, Incoming, Outgoing } from "./handler.ts";
import { ContentTooLarge, ReceivedRequest } from "./incoming.ts";
import type { KnownRequest } from "./known-request.ts";
import { problem } from "./problem.ts";
import { abandonContent, pump } from "./pump.ts";
import type { Reply } from "./reply.ts";
import { checkHead, type Message } from "./request-head.ts";
import { declaredLength, mayHaveContent, writeBytes, writeHead, writeHeadOnly } from "./write.ts";

/** From this many octets on, an answer is logged when it has left; smaller ones are in the system's buffers at once. */
export const waitFrom = 256 * 1024;

/** What the expectation of a request is (RFC 9110 §10.1.1). */
export type Expectation = "none" | "continue" | "unknown";

/** What the handler said to a request before node:http had it. */
export interface Given {
  readonly request: KnownRequest;
  readonly outgoing: Outgoing | Promise<Outgoing>;
}

/** One request's way from its head to its answer: check, handle, write, log. */
export class Serving {
  /** the host of requests that name none */
  authority = "";
  readonly scheme: "http" | "https";
  /** no more requests are wanted on any connection */
  draining = false;
  readonly #handler: Handler;
  readonly #log: Logger;
  readonly #access: AccessLog | undefined;
  readonly #running: Running;
  readonly #mostContent: number;

  constructor(
    options: {
      handler: Handler;
      log: Logger;
      access?: AccessLog | undefined;
      mostContentBytes?: number;
      tls?: unknown;
    },
    running: Running,
  ) {
    this.#handler = options.handler;
    this.#log = options.log;
    this.#access = options.access;
    this.#running = running;
    this.scheme = options.tls === undefined ? "http" : "https";
    this.#mostContent = options.mostContentBytes ?? Number.POSITIVE_INFINITY;
  }

  /**
   * @param given the answer, where the handler was asked already
   * @returns the request as handlers see it; undefined where it was refused, or answered without them
   */
  request(message: Message, reply: Reply, expectation: Expectation, given?: Given): ReceivedRequest | undefined {
    const started = performance.now();
    const checked = checkHead(message, this.authority, this.#mostContent);
    if (checked.type === "request" && expectation !== "unknown") {
      const expectsContinue = expectation === "continue";
      const context = { scheme: this.scheme, mostContent: this.#mostContent, started, expectsContinue };
      const request = new ReceivedRequest(message, reply, checked, context);
      given?.request.becomes(request);
      this.#answerWith(request, given?.outgoing ?? this.handle(request));
      return request;
    }
    const bare = { authority: this.authority, path: message.url!, hasContent: false };
    const context = { scheme: this.scheme, mostContent: 0, started, expectsContinue: false };
    const request = new ReceivedRequest(message, reply, bare, context);
    if (checked.type === "server") this.#answer(request, { status: 204, fields: Fields.empty, content: null });
    else if (checked.type === "refused") this.#refuse(request, checked.status, checked.because);
    else this.#refuse(request, 417, "of the expectations, only 100-continue is understood");
    return undefined;
  }

  /** What the handler says to a request; what it throws comes as a promise, too. */
  handle(incoming: Incoming): Outgoing | Promise<Outgoing> {
    try {
      return this.#handler(incoming);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #answerWith(request: ReceivedRequest, outgoing: Outgoing | Promise<Outgoing>): void {
    if (!(outgoing instanceof Promise)) {
      this.#answer(request, outgoing);
      return;
    }
    this.#running.add(request.reply);
    outgoing.then(
      (ready) => this.#answer(request, ready),
      (error) => this.#failed(request, error),
    );
  }

  #refuse(request: ReceivedRequest, status: number, because: string): void {
    // whoever sends such a request may mean other things, too, with what follows it
    request.reply.shouldKeepAlive = false;
    this.#answer(request, problem(status, because, { log: { because } }));
    this.#running.refuse(request.reply.carrier);
  }

  /** Answers a request whose handler threw, or gave what can't be sent. */
  #failed(request: ReceivedRequest, error: unknown): void {
    if (error instanceof ContentTooLarge) {
      this.#refuse(request, 413, error.message);
      return;
    }
    if (!request.reply.isGone) this.#report(request, error, "a request failed");
    this.#answer(request, problem(500, "something went wrong here; the server's log says what"));
  }

  #answer(request: ReceivedRequest, outgoing: Outgoing): void {
    const { reply } = request;
    const { content } = outgoing;
    if (this.draining) reply.shouldKeepAlive = false;
    if (reply.isGone) {
      abandonContent(content);
      if (!this.#running.isRefused(reply.carrier)) this.#access?.(request, outgoing, { bytes: 0, gone: true });
      return;
    }
    try {
      if (content === null || content instanceof Uint8Array) this.#bytes(request, outgoing, content);
      else this.#stream(request, outgoing, content);
    } catch (error) {
      abandonContent(content);
      if (reply.headersSent) {
        this.#report(request, error, "an answer broke off");
        reply.cut();
      } else this.#failed(request, error);
    }
  }

  #bytes(request: ReceivedRequest, outgoing: Outgoing, content: Uint8Array | null): void {
    const { reply } = request;
    const bytes = writeBytes(request.head.method, outgoing, content, reply);
    const access = this.#access;
    if (access === undefined) return;
    if (bytes < waitFrom) access(request, outgoing, { bytes });
    else reply.onOver(() => access(request, outgoing, { bytes, gone: !reply.writableFinished }));
  }

  #stream(request: ReceivedRequest, outgoing: Outgoing, content: AsyncIterable<Uint8Array>): void {
    const { reply } = request;
    const { method } = request.head;
    if (!mayHaveContent(method, outgoing.status)) {
      writeHeadOnly(method, outgoing, undefined, reply);
      abandonContent(content);
      this.#access?.(request, outgoing, { bytes: 0 });
      return;
    }
    this.#running.add(reply);
    writeHead(outgoing, outgoing.fields.raw, reply);
    void pump(content, reply, declaredLength(outgoing), (end) => {
      if (end.error !== undefined) this.#report(request, end.error, "an answer broke off");
      this.#access?.(request, outgoing, end);
    });
  }

  #report(request: ReceivedRequest, error: unknown, what: string): void {
    this.#log.error({ err: error, method: request.head.method, path: loggable(request.path) }, what);
  }
}
