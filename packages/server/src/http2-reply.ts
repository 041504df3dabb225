import { validateHeaderName, validateHeaderValue } from "node:http";
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { belongsToConnection } from "@larder/core";
import type { Reply } from "./reply.ts";

/** A stream of HTTP/2 as a reply (RFC 9113 §8.1). Its head is sent with what comes next, so that a lone head ends it. */
export class Http2Reply implements Reply {
  readonly carrier: ServerHttp2Stream;
  shouldKeepAlive = true;
  /** what `writeHead` gave, until it is sent */
  #head: string[] | undefined;
  #written = false;

  readonly #hasContent: boolean;

  /** @param hasContent whether the head of its request is not all of it */
  constructor(stream: ServerHttp2Stream, hasContent: boolean) {
    this.carrier = stream;
    this.#hasContent = hasContent;
  }

  get headersSent(): boolean {
    return this.#written;
  }

  get writableFinished(): boolean {
    return this.#written && this.carrier.writableFinished;
  }

  get isGone(): boolean {
    return this.carrier.destroyed || this.carrier.closed;
  }

  get isAsked(): boolean {
    return !this.#hasContent || this.carrier.readableEnded;
  }

  onOver(listener: () => void): () => void {
    this.carrier.once("close", listener);
    return () => this.carrier.off("close", listener);
  }

  cut(): void {
    // not `close`: that ends the content first, as if it were whole
    this.carrier.destroy(new Error("cut"));
  }

  inform(status: number, raw: readonly string[]): void {
    const fields: OutgoingHttpHeaders = {};
    for (const [name, value] of sendable(raw)) fields[name] = [...[fields[name] ?? []].flat().map(String), value];
    this.carrier.additionalHeaders({ ...fields, ":status": status });
  }

  writeHead(status: number, phraseOrRaw: string | string[], raw: string[] = phraseOrRaw as string[]): void {
    if (!(status >= 200 && status <= 599)) throw new RangeError(`${status} is no status of an answer`);
    this.#head = [":status", String(status), ...sendable(raw).flat()];
    this.#written = true;
  }

  flushHeaders(): void {
    this.#respond(false);
  }

  write(chunk: Uint8Array, handed: (error?: Error | null) => void): void {
    this.#respond(false);
    this.carrier.write(chunk, handed);
  }

  end(content?: Uint8Array | string, encoding: BufferEncoding = "utf8"): void {
    this.#respond(content === undefined);
    if (content === undefined) this.carrier.end();
    else this.carrier.end(typeof content === "string" ? Buffer.from(content, encoding) : content);
    if (!this.isAsked) this.#leaveRest();
  }

  /** The rest of the request is not waited for (RFC 9113 §8.1). A reset would overtake an answer that is not on its way. */
  #leaveRest(): void {
    const leave = () => setImmediate(() => this.carrier.close(constants.NGHTTP2_NO_ERROR));
    if (this.carrier.writableFinished) leave();
    else this.carrier.once("finish", leave);
  }

  #respond(endStream: boolean): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined && !this.isGone) this.carrier.respond(head, { endStream });
  }
}

/**
 * Names and values that HTTP/2 can send: names in lower case, without those of a connection (RFC 9113 §8.2).
 * @throws {TypeError} for a name or value that no HTTP can send
 */
function sendable(raw: readonly string[]): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const value = raw[i + 1]!;
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (!belongsToConnection(name)) fields.push([name, value]);
  }
  return fields;
}
