import type { Fields, RequestHead, ResponseHead } from "@larder/core";

/** One request as the listener gives it: its head is parsed and checked, its content still comes. */
export interface Incoming {
  /** `target` is absolute: `http://<Host as received><path>` */
  readonly head: RequestHead;
  /** path and query as received, checked by `checkTarget`, otherwise untouched; `*` for an OPTIONS about the server */
  readonly path: string;
  /** null when the request has no content. Breaking off the loop leaves the connection usable for the answer. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** aborted when the client goes away before it has the whole answer; made when first asked for */
  readonly signal: AbortSignal;
  /** the client's address */
  readonly remote: string;
  /** Sends an interim response, 1xx other than 101, now (RFC 9110 §15.2); nothing to clients of HTTP/1.0. */
  interim(head: ResponseHead): void;
}

/** The answer to one request. */
export interface Outgoing {
  readonly status: number;
  /** in place of the status' own reason phrase (RFC 9112 §4): for clients that show people nothing else of an error */
  readonly reason?: string;
  /** sent as they are. Content-Length is added where it is missing and known; Date too. */
  readonly fields: Fields;
  /**
   * Not sent where the RFC allows no content (HEAD, 204, 304). An iterable that throws, or that gives another number
   * of octets than Content-Length says, breaks the connection off; its `return` is called when the client goes away.
   * The next chunk is asked for when the one before has been handed to the system.
   */
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** extra members of the access-log line: `cache`, `mount`, `because`, … */
  readonly log?: Readonly<Record<string, unknown>>;
}

/** Answers a request; at once where it can: then the answer is written without waiting for anything. */
export type Handler = (incoming: Incoming) => Outgoing | Promise<Outgoing>;

/** How sending an answer ended. */
export interface SendEnd {
  /** octets of content that were handed to the connection */
  readonly bytes: number;
  /** the client went away before it had all of it */
  readonly gone?: boolean;
  /** why the content broke off; the connection was cut */
  readonly error?: Error;
}
