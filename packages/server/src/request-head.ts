import { METHODS } from "node:http";
import { checkAuthority, checkTarget } from "./target.ts";

/** What is asked of a request as it was received; node:http's own is one. */
export interface Message {
  readonly method?: string | undefined;
  /** the request target */
  readonly url?: string | undefined;
  /** names and values in turn */
  readonly rawHeaders: string[];
  /** `1.1`, or `2` for what came in frames of HTTP/2 */
  readonly httpVersion: string;
  /** HTTP/2 alone: whether content follows, whatever the fields say */
  readonly hasContent?: boolean;
  readonly socket: { readonly remoteAddress?: string | undefined };
  /** the content; leaving the loop must not take the connection down before the answer */
  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array>;
}

/** A request head that can be answered, or why not: with which status, in plain words. */
export type CheckedHead =
  | { readonly type: "request"; readonly authority: string; readonly path: string; readonly hasContent: boolean }
  | { readonly type: "server" }
  | { readonly type: "refused"; readonly status: number; readonly because: string };

/** Why there is no CONNECT. */
export const noTunnel = "CONNECT is not served: this is no forward proxy";
/** What is said of a method that node:http's parser doesn't know; that of HTTP/2 takes any. */
export const unknownMethod = "the request method is not known here";
const methods: ReadonlySet<string> = new Set(METHODS);

/** Field lines a head may have; their octets are bounded by the parser. */
const mostLines = 256;

const refused = (status: number, because: string): CheckedHead => ({ type: "refused", status, because });

const known: ReadonlySet<string> = new Set(["1.0", "1.1", "2"]);

let lastHost = "";

/**
 * Checks what the parser lets through and HTTP does not (RFC 9110 §7.2, RFC 9112 §3.2, §6.1, §6.3, RFC 9113 §8.3.1).
 * @param defaultAuthority the host of requests that name none, which only HTTP/1.0 may do
 * @param mostContent octets of content that are taken
 */
export function checkHead(message: Message, defaultAuthority: string, mostContent: number): CheckedHead {
  const { rawHeaders: raw, httpVersion } = message;
  const method = message.method!;
  if (!known.has(httpVersion)) return refused(505, `HTTP/${httpVersion} is not spoken here, HTTP/1.1 is`);
  if (httpVersion === "2" && !methods.has(method)) return refused(501, unknownMethod);
  if (method === "CONNECT") return refused(501, noTunnel);
  if (raw.length > 2 * mostLines) return refused(431, `the request has more than ${mostLines} field lines`);

  let host: string | undefined;
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    // most names are told apart by their length; only what is left is compared
    if (name.length === 4 && name.toLowerCase() === "host") {
      if (host !== undefined) return refused(400, "the request has more than one Host field");
      host = raw[i + 1]!;
    } else if (name.length === 14 && name.toLowerCase() === "content-length") contentLength = raw[i + 1]!;
    else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      transferEncoding = transferEncoding === undefined ? raw[i + 1]! : `${transferEncoding}, ${raw[i + 1]!}`;
    }
  }

  if (host === undefined) {
    if (httpVersion !== "1.0") return refused(400, "the request has no Host field");
  } else if (host !== lastHost) {
    const wrong = checkAuthority(host);
    if (wrong !== undefined) return refused(400, `Host field: ${wrong}`);
    lastHost = host;
  }

  const target = checkTarget(method, message.url!);
  if (target.type === "refused") return refused(target.status, target.because);

  let hasContent = message.hasContent ?? false;
  if (transferEncoding !== undefined) {
    if (httpVersion === "1.0") return refused(400, "Transfer-Encoding is not part of HTTP/1.0");
    if (transferEncoding.toLowerCase() !== "chunked") {
      return refused(501, "of the transfer codings, only chunked is understood");
    }
    hasContent = true;
  } else if (contentLength !== undefined) {
    const length = Number(contentLength);
    if (length > mostContent) return refused(413, `the request's content is longer than ${mostContent} octets`);
    hasContent = length > 0 && message.hasContent !== false;
  }
  if (hasContent && (method === "GET" || method === "HEAD")) {
    return refused(400, `a ${method} request with content has no meaning`);
  }
  if (target.type === "server") return target;
  return { type: "request", authority: target.authority ?? host ?? defaultAuthority, path: target.path, hasContent };
}
