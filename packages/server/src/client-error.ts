import type { Outgoing } from "./handler.ts";
import { problem } from "./problem.ts";
import { unknownMethod } from "./request-head.ts";

/** What the HTTP parser of node:http reports. */
export interface ParserError extends Error {
  readonly code?: string;
  /** the octets that were being parsed */
  readonly rawPacket?: Buffer;
}

/**
 * The answer to octets that are no HTTP request (RFC 9112 §2.2, §3, RFC 9110 §15.5.9, §15.6.2).
 * @returns undefined where there is nobody to answer: the connection broke
 */
export function answerTo(error: ParserError): Outgoing | undefined {
  const refuse = (status: number, because: string): Outgoing => problem(status, because, { log: { because } });
  // there is no such connection yet, or no more (`tls.ts` tells the log)
  if (/^ERR_(?:SSL|TLS)_/.test(error.code ?? "")) return undefined;
  switch (error.code) {
    case "ECONNRESET":
    case "EPIPE":
    case "ETIMEDOUT":
      return undefined;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refuse(408, "the request did not arrive in time");
    case "HPE_HEADER_OVERFLOW":
      return endsInRequestLine(error)
        ? refuse(414, "the request target is too long")
        : refuse(431, "the request's header fields are too long");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return refuse(413, "the chunk extensions are too long");
    case "HPE_INVALID_METHOD":
      if (error.rawPacket?.[0] === tlsHandshake) return refuse(400, "this is TLS, but plain http is spoken here");
      return hasLine(error, /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r\n/)
        ? refuse(501, unknownMethod)
        : refuse(400, "the request line is malformed");
    case "HPE_INVALID_VERSION":
    case "HPE_PAUSED_H2_UPGRADE":
      return hasLine(error, /^\S+ \S+ HTTP\/\d\.\d\r\n/)
        ? refuse(505, "this version of HTTP is not spoken here, HTTP/1.1 is")
        : refuse(400, "the request line is malformed");
    default:
      // HPE_INVALID_HEADER_TOKEN → invalid header token: the parser's own words, they carry nothing of the request
      return refuse(400, `malformed request: ${error.message.replace(/^Parse Error: /, "").toLowerCase()}`);
  }
}

/** The first octet of a TLS connection: the type of a record that holds a handshake (RFC 8446 §5.1). */
const tlsHandshake = 0x16;

/** Whether the parser gave up within a request line, as far as one packet shows. */
const endsInRequestLine = (error: ParserError): boolean => hasLine(error, /^[A-Z]+ \S+$/);

const hasLine = ({ rawPacket }: ParserError, line: RegExp): boolean =>
  rawPacket !== undefined && line.test(rawPacket.toString("latin1"));
