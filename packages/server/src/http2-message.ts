import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Message } from "./request-head.ts";

/**
 * A request of HTTP/2 as one of HTTP/1.1 (RFC 9113 §8.3.1, RFC 9110 §7.2), so that one set of rules is for both: the
 * authority is its Host, pieces of Cookie are one line again (§8.2.3). nghttp2 has refused what is malformed, fields
 * of the connection included (§8.2.2).
 */
export class Http2Message implements Message {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly httpVersion = "2";
  readonly hasContent: boolean;
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly #stream: ServerHttp2Stream;

  /**
   * @param raw names and values in turn, as they came
   * @param hasContent whether the head is not all of it
   */
  constructor(stream: ServerHttp2Stream, fields: IncomingHttpHeaders, raw: readonly string[], hasContent: boolean) {
    this.method = text(fields[":method"]);
    this.url = text(fields[":path"]);
    this.rawHeaders = plainFields(text(fields[":authority"]), raw);
    this.hasContent = hasContent;
    // it stays known where the session is gone
    this.socket = { remoteAddress: stream.session?.socket.remoteAddress };
    this.#stream = stream;
  }

  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array> {
    return this.#stream.iterator(options);
  }
}

const text = (value: string | readonly string[] | undefined): string => (typeof value === "string" ? value : "");

function plainFields(authority: string, raw: readonly string[]): string[] {
  const plain = authority === "" ? [] : ["host", authority];
  const cookies: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    if (name.startsWith(":")) continue;
    if (name === "cookie") cookies.push(value);
    // the same once more; another one is for `checkHead` to refuse
    else if (name !== "host" || value !== authority) plain.push(name, value);
  }
  if (cookies.length > 0) plain.push("cookie", cookies.join("; "));
  return plain;
}
