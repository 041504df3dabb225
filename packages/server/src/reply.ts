import { ServerResponse } from "node:http";

/** Where the answer to one request goes, in whichever version of HTTP it came. */
export interface Reply {
  /** what carries this exchange, and in HTTP/1.1 others after it: the connection; in HTTP/2 the stream */
  readonly carrier: object;
  /** false: the connection ends after this answer (HTTP/1.1; a connection of HTTP/2 ends when the server says so) */
  shouldKeepAlive: boolean;
  readonly headersSent: boolean;
  /** whether all of the answer was handed to the system */
  readonly writableFinished: boolean;
  /** whether nobody is there any more to send an answer to */
  readonly isGone: boolean;
  /** whether all of its request has come */
  readonly isAsked: boolean;
  /**
   * Calls `listener` once, when the answer is over: sent, or its client gone.
   * @returns undoes it
   */
  onOver(listener: () => void): () => void;
  /** Breaks off so that the client notices, also one that reads until the connection ends. */
  cut(): void;
  /** Sends an interim response (RFC 9110 §15.2) where this version of HTTP has them. @param raw names and values */
  inform(status: number, raw: readonly string[]): void;
  /** @throws {Error} for fields that can't be sent; nothing is sent then */
  writeHead(status: number, raw: string[]): unknown;
  /** The same with a reason phrase, which HTTP/2 doesn't have. */
  writeHead(status: number, phrase: string, raw: string[]): unknown;
  /** Sends what is written so far without waiting for more. */
  flushHeaders(): void;
  /** @param handed called when the chunk was handed to the system, or could not be */
  write(chunk: Uint8Array, handed: (error?: Error | null) => void): unknown;
  end(): unknown;
  end(content: Uint8Array): unknown;
  end(content: string, encoding: BufferEncoding): unknown;
}

/** node:http's response as a reply. */
export class Http1Reply extends ServerResponse implements Reply {
  get carrier(): object {
    return this.req.socket;
  }

  get isGone(): boolean {
    return this.destroyed || !this.req.socket.writable;
  }

  get isAsked(): boolean {
    return this.req.complete;
  }

  onOver(listener: () => void): () => void {
    // an answer that waits behind others of its connection (RFC 9112 §9.3.2) is not told when the connection closes
    const source = this.socket === null ? this.req.socket : undefined;
    const once = (): void => {
      undo();
      listener();
    };
    const undo = (): void => {
      this.off("close", once);
      source?.off("close", once);
    };
    this.once("close", once);
    source?.setMaxListeners(0).once("close", once);
    return undo;
  }

  cut(): void {
    const { socket } = this.req;
    // over TLS an end without its closing alert says the same as a reset (RFC 8446 §6.1); a socket's file knows no reset
    if ("encrypted" in socket || socket.remoteAddress === undefined) socket.destroy();
    else socket.resetAndDestroy();
  }

  inform(status: number, raw: readonly string[]): void {
    if (this.req.httpVersionMinor === 0) return;
    if (status === 100) this.writeContinue();
    // node 24 has no way to send the others; a client can do without them (RFC 9110 §15.2)
    else this.writeInformation?.(status, raw as string[]);
  }
}
