import type { IncomingMessage, ServerResponse } from "node:http";
import { Fields } from "@larder/core";
import type { Logger } from "pino";
import { type AccessLog, loggable } from "./access-log.ts";
import { cut, isGone, onOver, type Running } from "./connection.ts";
import type { Handler, Outgoing } from "./handler.ts";
import { ContentTooLarge, ReceivedRequest } from "./incoming.ts";
import { problem } from "./problem.ts";
import { abandonContent, pump } from "./pump.ts";
import { checkHead } from "./request-head.ts";
import { declaredLength, mayHaveContent, writeBytes, writeHead, writeHeadOnly } from "./write.ts";

/** From this many octets on, an answer is logged when it has left; smaller ones are in the system's buffers at once. */
const waitFrom = 256 * 1024;

/** What the expectation of a request is (RFC 9110 §10.1.1). */
export type Expectation = "none" | "continue" | "unknown";

/** One request's way from its head to its answer: check, handle, write, log. */
export class Serving {
  /** the host of requests that name none */
  authority = "";
  /** no more requests are wanted on any connection */
  draining = false;
  readonly #handler: Handler;
  readonly #log: Logger;
  readonly #access: AccessLog | undefined;
  readonly #running: Running;
  readonly #mostContent: number;

  constructor(
    options: { handler: Handler; log: Logger; access?: AccessLog | undefined; mostContentBytes?: number },
    running: Running,
  ) {
    this.#handler = options.handler;
    this.#log = options.log;
    this.#access = options.access;
    this.#running = running;
    this.#mostContent = options.mostContentBytes ?? Number.POSITIVE_INFINITY;
  }

  request(message: IncomingMessage, response: ServerResponse, expectation: Expectation): void {
    const started = performance.now();
    const checked = checkHead(message, this.authority, this.#mostContent);
    if (checked.type === "request" && expectation !== "unknown") {
      const limits = { mostContent: this.#mostContent, started, expectsContinue: expectation === "continue" };
      this.#handle(new ReceivedRequest(message, response, checked, limits));
      return;
    }
    const bare = { authority: this.authority, path: message.url!, hasContent: false };
    const request = new ReceivedRequest(message, response, bare, { mostContent: 0, started, expectsContinue: false });
    if (checked.type === "server") this.#answer(request, { status: 204, fields: Fields.empty, content: null });
    else if (checked.type === "refused") this.#refuse(request, checked.status, checked.because);
    else this.#refuse(request, 417, "of the expectations, only 100-continue is understood");
  }

  #handle(request: ReceivedRequest): void {
    let outgoing: Outgoing | Promise<Outgoing>;
    try {
      outgoing = this.#handler(request);
    } catch (error) {
      this.#failed(request, error);
      return;
    }
    if (!(outgoing instanceof Promise)) {
      this.#answer(request, outgoing);
      return;
    }
    this.#running.add(request.response);
    outgoing.then(
      (ready) => this.#answer(request, ready),
      (error) => this.#failed(request, error),
    );
  }

  #refuse(request: ReceivedRequest, status: number, because: string): void {
    // whoever sends such a request may mean other things, too, with what follows it
    request.response.shouldKeepAlive = false;
    this.#answer(request, problem(status, because, { log: { because } }));
    this.#running.refuse(request.response.req.socket);
  }

  /** Answers a request whose handler threw, or gave what can't be sent. */
  #failed(request: ReceivedRequest, error: unknown): void {
    if (error instanceof ContentTooLarge) {
      this.#refuse(request, 413, error.message);
      return;
    }
    if (!isGone(request.response)) this.#report(request, error, "a request failed");
    this.#answer(request, problem(500, "something went wrong here; the server's log says what"));
  }

  #answer(request: ReceivedRequest, outgoing: Outgoing): void {
    const { response } = request;
    const { content } = outgoing;
    if (this.draining) response.shouldKeepAlive = false;
    if (isGone(response)) {
      abandonContent(content);
      if (!this.#running.isRefused(response.req.socket)) this.#access?.(request, outgoing, { bytes: 0, gone: true });
      return;
    }
    try {
      if (content === null || content instanceof Uint8Array) this.#bytes(request, outgoing, content);
      else this.#stream(request, outgoing, content);
    } catch (error) {
      abandonContent(content);
      if (response.headersSent) {
        this.#report(request, error, "an answer broke off");
        cut(response);
      } else this.#failed(request, error);
    }
  }

  #bytes(request: ReceivedRequest, outgoing: Outgoing, content: Uint8Array | null): void {
    const { response } = request;
    const bytes = writeBytes(request.head.method, outgoing, content, response);
    const access = this.#access;
    if (access === undefined) return;
    if (bytes < waitFrom) access(request, outgoing, { bytes });
    else onOver(response, () => access(request, outgoing, { bytes, gone: !response.writableFinished }));
  }

  #stream(request: ReceivedRequest, outgoing: Outgoing, content: AsyncIterable<Uint8Array>): void {
    const { response } = request;
    const { method } = request.head;
    if (!mayHaveContent(method, outgoing.status)) {
      writeHeadOnly(method, outgoing, undefined, response);
      abandonContent(content);
      this.#access?.(request, outgoing, { bytes: 0 });
      return;
    }
    this.#running.add(response);
    writeHead(outgoing, outgoing.fields.raw, response);
    void pump(content, response, declaredLength(outgoing), (end) => {
      if (end.error !== undefined) this.#report(request, end.error, "an answer broke off");
      this.#access?.(request, outgoing, end);
    });
  }

  #report(request: ReceivedRequest, error: unknown, what: string): void {
    this.#log.error({ err: error, method: request.head.method, path: loggable(request.path) }, what);
  }
}
