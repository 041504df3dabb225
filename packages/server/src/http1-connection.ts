import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ReceivedRequest } from "./incoming.ts";
import type { Http1Reply } from "./reply.ts";
import type { Given } from "./serve.ts";

/** The end of a request's head (RFC 9112 §2.1). */
const headEnd = "\r\n\r\n";

/** A connection of HTTP/1.1, and how far its client is on it. */
export class Http1Connection {
  readonly socket: Socket;
  /** the answer to what is given to the parser now, where the handler was asked before */
  given: Given | undefined;
  /** the head of an answer that is to be written at the end of this turn, with its content where that is small */
  waits = "";
  /** content that comes after it */
  content: Uint8Array | undefined;
  /** what node:http does with octets that come */
  #read: (chunk: Buffer) => void;
  /** of the parser: nothing has come, whole requests have come and nothing of a next one, or nobody knows */
  #state: "new" | "between" | "within" = "new";
  /** what the parser found in the octets that it was given last: how many requests, and the last of them */
  #count = 0;
  #message: IncomingMessage | undefined;
  #request: ReceivedRequest | undefined;
  /** the last that node:http may not be done with */
  #reply: Http1Reply | undefined;

  constructor(socket: Socket, read: (chunk: Buffer) => void) {
    this.socket = socket;
    this.#read = read;
  }

  /** Whether a request that comes now is the only one, and its answer could be written at once. */
  isFree(): boolean {
    const { socket } = this;
    if (this.#state !== "between" || !socket.writable || socket.writableLength > 0) return false;
    if (this.#reply !== undefined) {
      if (!this.#reply.writableFinished || !this.#reply.shouldKeepAlive) return false;
      this.#reply = undefined;
    }
    return true;
  }

  /** The parser has found a request. @param request undefined where it was refused */
  asked(message: IncomingMessage, reply: Http1Reply, request: ReceivedRequest | undefined): void {
    this.#count++;
    this.#message = message;
    this.#reply = reply;
    this.#request = request;
  }

  /**
   * Gives octets to node:http's parser, which tells `asked` of the requests in them.
   * @param text the octets, a letter for each
   * @returns the request whose head, and nothing else, they are; undefined where they are something else
   */
  parse(chunk: Buffer, text: string): ReceivedRequest | undefined {
    const before = this.#state;
    this.#count = 0;
    this.#read.call(this.socket, chunk);
    const isOne =
      this.#count === 1 && this.#message!.complete && text.indexOf(headEnd) === text.length - headEnd.length;
    this.#state = isOne ? "between" : "within";
    const request = isOne && before !== "within" ? this.#request : undefined;
    this.#message = undefined;
    this.#request = undefined;
    return request;
  }

  /** Writes the answer that waits. */
  flush(): void {
    if (this.waits === "") return;
    const { socket, waits, content } = this;
    this.waits = "";
    if (content === undefined) {
      socket.write(waits, "latin1");
      return;
    }
    this.content = undefined;
    socket.cork();
    socket.write(waits, "latin1");
    socket.write(content);
    socket.uncork();
  }

  /** The parser is gone: what comes now is nothing to anybody. */
  leave(): void {
    this.#state = "within";
    this.#read = () => undefined;
  }
}
