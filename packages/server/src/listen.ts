import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Fields } from "@larder/core";
import type { Logger } from "pino";
import type { AccessLog } from "./access-log.ts";
import { answerTo, lastMessage, type ParserError } from "./client-error.ts";
import type { Handler, Outgoing } from "./handler.ts";
import { ContentTooLarge, ReceivedRequest } from "./incoming.ts";
import { problem } from "./problem.ts";
import { checkHead } from "./request-head.ts";
import { release, send } from "./send.ts";

/** What a listener needs, and its bounds. */
export interface ListenOptions {
  readonly host: string;
  /** 0 = any free one */
  readonly port: number;
  readonly handler: Handler;
  /** told of what goes wrong; not of requests */
  readonly log: Logger;
  /** told of every answered request, refused ones too */
  readonly access?: AccessLog;
  /** octets that a request line and the header section may have; default 32 KiB */
  readonly mostHeaderBytes?: number;
  /** octets that a request's content may have; default: no limit */
  readonly mostContentBytes?: number;
  /** milliseconds in which a request's head must come; default 20,000 */
  readonly headTimeoutMs?: number;
  /** milliseconds in which a whole request must come; default 0 = no limit */
  readonly requestTimeoutMs?: number;
  /** milliseconds that an idle connection is kept; default 65,000 */
  readonly keepAliveMs?: number;
}

/** A server that accepts requests. */
export interface Listener {
  /** `http://host:port`, with the port that was taken */
  readonly url: string;
  /**
   * Accepts no more connections, lets running requests finish, closes idle connections.
   * @param graceMs after this many milliseconds what still runs is cut. Called again, it can only get shorter.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens for HTTP/1.1 and answers with what the handler gives. Requests that are not HTTP, or that no handler should
 * have to think about, get an RFC 9457 problem answer and never reach it.
 * @throws {Error} of node:net, when the address can't be listened on
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { handler, log, access } = options;
  const mostContent = options.mostContentBytes ?? Number.POSITIVE_INFINITY;
  /** answers under way on a connection, for what goes wrong while they are; synchronous ones never are */
  const running = new WeakMap<Socket, Set<ServerResponse>>();
  let draining = false;
  let authority = "";

  const server = createServer({
    insecureHTTPParser: false,
    // checked by ourselves, for a better answer
    requireHostHeader: false,
    maxHeaderSize: options.mostHeaderBytes ?? 32 * 1024,
    headersTimeout: options.headTimeoutMs ?? 20_000,
    requestTimeout: options.requestTimeoutMs ?? 0,
    keepAliveTimeout: options.keepAliveMs ?? 65_000,
    connectionsCheckingInterval: 5_000,
    optimizeEmptyRequests: true,
  });
  // 0 = all: lines beyond a number would be dropped silently. `checkHead` counts them.
  server.maxHeadersCount = 0;

  function receive(message: IncomingMessage, response: ServerResponse): ReceivedRequest | undefined {
    const started = performance.now();
    if (draining) response.shouldKeepAlive = false;
    const checked = checkHead(message, authority, mostContent);
    if (checked.type === "request") {
      return new ReceivedRequest(message, response, checked, mostContent, started);
    }
    const request = new ReceivedRequest(
      message,
      response,
      { authority, path: message.url!, hasContent: false },
      0,
      started,
    );
    if (checked.type === "server") {
      answer(request, { status: 204, fields: Fields.empty, content: null });
    } else {
      // whoever sends this may mean other things with what follows
      response.shouldKeepAlive = false;
      answer(request, problem(checked.status, checked.because, { log: { because: checked.because } }));
    }
    return undefined;
  }

  function handle(request: ReceivedRequest): void {
    let outgoing: Outgoing | Promise<Outgoing>;
    try {
      outgoing = handler(request);
    } catch (error) {
      answer(request, failed(request, error));
      return;
    }
    if (!(outgoing instanceof Promise)) answer(request, outgoing);
    else {
      const { response } = request;
      track(response);
      outgoing.then(
        (ready) => answer(request, ready),
        (error) => answer(request, failed(request, error)),
      );
    }
  }

  /** The answer to a request whose handler threw. */
  function failed(request: ReceivedRequest, error: unknown): Outgoing {
    if (error instanceof ContentTooLarge) {
      request.response.shouldKeepAlive = false;
      return problem(413, error.message, { log: { because: error.message } });
    }
    if (!request.response.destroyed) {
      log.error({ err: error, method: request.head.method, path: request.path }, "a request failed");
    }
    return problem(500, "something went wrong here; the server's log says what");
  }

  function answer(request: ReceivedRequest, outgoing: Outgoing): void {
    const { response } = request;
    if (response.destroyed) {
      release(outgoing.content);
      access?.(request, outgoing, { bytes: 0, gone: true });
      return;
    }
    if (draining) response.shouldKeepAlive = false;
    if (outgoing.content !== null && !(outgoing.content instanceof Uint8Array)) track(response);
    try {
      send(request.head.method, outgoing, response, (end) => {
        if (end.error) {
          log.error({ err: end.error, method: request.head.method, path: request.path }, "an answer broke off");
        }
        access?.(request, outgoing, end);
      });
    } catch (error) {
      release(outgoing.content);
      if (response.headersSent) response.socket?.resetAndDestroy();
      else answer(request, failed(request, error));
    }
  }

  function track(response: ServerResponse): void {
    const { socket } = response;
    if (socket === null) return;
    let responses = running.get(socket);
    if (responses === undefined) {
      responses = new Set();
      running.set(socket, responses);
    }
    if (responses.has(response)) return;
    responses.add(response);
    response.once("close", () => responses.delete(response));
  }

  server.on("request", (message, response) => {
    const request = receive(message, response);
    if (request !== undefined) handle(request);
  });
  server.on("checkContinue", (message, response) => {
    const request = receive(message, response);
    if (request !== undefined) handle(request.expectsContinue());
  });
  server.on("checkExpectation", (message, response) => {
    const request = receive(message, response);
    if (request === undefined) return;
    response.shouldKeepAlive = false;
    answer(request, problem(417, "of the expectations, only 100-continue is understood"));
  });

  const refuseRaw = (socket: Socket, outgoing: Outgoing, method: string, path: string): void => {
    const { remoteAddress: remote = "" } = socket;
    access?.({ head: { method }, path, remote, started: performance.now() }, outgoing, {
      bytes: (outgoing.content as Uint8Array).byteLength,
    });
    const under = running.get(socket);
    const clear = under === undefined || under.size === 0 || (under.size === 1 && ![...under][0]!.headersSent);
    if (!socket.writable || !clear) {
      socket.destroy();
      return;
    }
    socket.end(lastMessage(outgoing, new Date()));
    // the rest of what the client sends is read for a moment: a reset could take the answer away from it
    socket.resume();
    setTimeout(() => socket.destroy(), 1000).unref();
  };
  const refusedSockets = new WeakSet<Socket>();
  server.on("clientError", (error: ParserError, stream) => {
    const socket = stream as Socket;
    if (refusedSockets.has(socket)) return;
    refusedSockets.add(socket);
    const outgoing = answerTo(error);
    if (outgoing === undefined) socket.destroy();
    else refuseRaw(socket, outgoing, "-", "-");
  });
  server.on("connect", (message: IncomingMessage, stream) => {
    const because = "CONNECT is not served: this is no forward proxy";
    refuseRaw(stream as Socket, problem(501, because, { log: { because } }), "CONNECT", message.url!);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  authority = `${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;

  let closed: Promise<void> | undefined;
  const close = (graceMs: number): Promise<void> => {
    draining = true;
    closed ??= new Promise((resolve) => {
      // connections that were busy when the closing began become idle one by one
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      server.close(() => {
        clearInterval(sweep);
        resolve();
      });
    });
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    return closed.finally(() => clearTimeout(cut));
  };
  return { url: `http://${authority}`, close };
}
