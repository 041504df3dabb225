import type { Outgoing } from "./handler.ts";
import { problem } from "./problem.ts";

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
      return wellFormedLine(error)
        ? refuse(501, "the request method is not known here")
        : refuse(400, "the request line is malformed");
    case "HPE_INVALID_VERSION":
      return refuse(505, "this version of HTTP is not spoken here, HTTP/1.1 is");
    default:
      // HPE_INVALID_HEADER_TOKEN → invalid header token: the parser's own words, they carry nothing of the request
      return refuse(400, `malformed request: ${error.message.replace(/^Parse Error: /, "").toLowerCase()}`);
  }
}

/** Whether the parser gave up within a request line, as far as one packet shows. */
function endsInRequestLine({ rawPacket }: ParserError): boolean {
  return rawPacket !== undefined && /^[A-Z]+ \S+$/.test(rawPacket.toString("latin1"));
}

/** Whether the packet starts with a request line whose only fault can be a method that the parser does not know. */
function wellFormedLine({ rawPacket }: ParserError): boolean {
  return rawPacket !== undefined && /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r\n/.test(rawPacket.toString("latin1"));
}
