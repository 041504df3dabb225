import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AccessLog } from "./access-log.ts";
import type { Outgoing } from "./handler.ts";
import { headText } from "./head-text.ts";
import { Http1Connection } from "./http1-connection.ts";
import { KnownHeads, longestHead } from "./known-heads.ts";
import { KnownRequest } from "./known-request.ts";
import type { Http1Reply } from "./reply.ts";
import { type Expectation, type Serving, waitFrom } from "./serve.ts";
import { latin1, mayHaveContent, mostInOneWrite } from "./write.ts";

type Http1Server = Server<typeof IncomingMessage, typeof Http1Reply>;

/**
 * Answers at once what can be: a request whose head came before, octet for octet, so that what node:http's parser makes
 * of it is known, and to which the handler has an answer in memory without waiting for anything. That costs half of what it
 * costs node:http, which makes a dozen objects for each request. All else goes node:http's way: the first request of
 * each connection, each head that is new, content that comes from elsewhere, whatever takes its time.
 *
 * The answers of one turn of the event loop are written together at its end: a client that was woken for the first one
 * gets the next ones while it is awake.
 */
export class AtOnce {
  readonly #serving: Serving;
  readonly #access: AccessLog | undefined;
  readonly #keepAliveSeconds: number;
  readonly #heads = new KnownHeads();
  readonly #connections = new Map<Duplex, Http1Connection>();
  /** the one whose octets node:http's parser is given now */
  #parsing: Http1Connection | undefined;
  #waiting: Http1Connection[] = [];

  /** @param server plain http; nobody has asked it anything yet */
  constructor(server: Http1Server, serving: Serving, access: AccessLog | undefined) {
    this.#serving = serving;
    this.#access = access;
    this.#keepAliveSeconds = Math.floor(server.keepAliveTimeout / 1000);
    // after node:http's own listener, which has set the connection up then
    server.on("connection", (socket: Socket) => this.#watch(socket));
    server.on("connect", (_, socket) => this.#connections.get(socket)?.leave());
    // it takes connections for idle of whose answers it doesn't know
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      this.#flush();
      if (!this.#isSending()) closeIdle();
    };
  }

  /** Takes a request from node:http to where it is answered. */
  request(message: IncomingMessage, reply: Http1Reply, expectation: Expectation): void {
    const connection = this.#parsing;
    const received = this.#serving.request(message, reply, expectation, connection?.given);
    connection?.asked(message, reply, received);
  }

  /** Writes what waits for the end of this turn. */
  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  };

  /** Whether not all of some answer was handed to the system. */
  #isSending(): boolean {
    for (const { writableLength } of this.#connections.keys()) if (writableLength > 0) return true;
    return false;
  }

  #watch(socket: Socket): void {
    const listeners = socket.listeners("data");
    // a node that reads in another way goes on doing so
    if (listeners.length !== 1) return;
    const [read] = listeners as [(chunk: Buffer) => void];
    const connection = new Http1Connection(socket, read);
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#connections.delete(socket));
    socket.off("data", read);
    socket.on("data", (chunk: Buffer) => this.#received(connection, chunk));
    // before node:http ends a connection whose client has nothing more to say
    socket.prependListener("end", () => connection.flush());
  }

  #received(connection: Http1Connection, chunk: Buffer): void {
    // of two requests at once the first is answered first
    connection.flush();
    const text = chunk.length <= longestHead ? chunk.toString("latin1") : "";
    const known = connection.isFree() && !this.#serving.draining ? this.#heads.get(text) : undefined;
    if (known === undefined) {
      this.#parse(connection, chunk, text);
      return;
    }
    const request = new KnownRequest(known, connection.socket.remoteAddress ?? "");
    const outgoing = this.#serving.handle(request);
    if (!(outgoing instanceof Promise) && this.#answer(connection, request, outgoing)) return;
    connection.given = { request, outgoing };
    this.#parse(connection, chunk, text);
    connection.given = undefined;
  }

  /** @returns false: node:http has to do it */
  #answer(connection: Http1Connection, request: KnownRequest, outgoing: Outgoing): boolean {
    const { content, status } = outgoing;
    if (request.interims.length > 0) return false;
    if (content !== null && !(content instanceof Uint8Array && content.byteLength < waitFrom)) return false;
    const sends = mayHaveContent(request.head.method, status);
    // what a head alone says of its length is not so simple (RFC 9110 §8.6)
    if (!sends && status !== 304) return false;
    const bytes = sends && content !== null ? content : undefined;
    const length = bytes?.byteLength ?? 0;
    const head = headText(outgoing, sends ? length : undefined, this.#keepAliveSeconds);
    if (head === undefined) return false;
    if (length > mostInOneWrite) connection.content = bytes;
    connection.waits = bytes === undefined || length > mostInOneWrite ? head : head + latin1(bytes);
    if (this.#waiting.push(connection) === 1) setImmediate(this.#flush);
    this.#access?.(request, outgoing, { bytes: length });
    return true;
  }

  #parse(connection: Http1Connection, chunk: Buffer, text: string): void {
    this.#parsing = connection;
    const request = connection.parse(chunk, text);
    this.#parsing = undefined;
    if (request !== undefined) this.#heads.learn(text, request);
  }
}
