import type { Outgoing } from "./handler.ts";
import type { Reply } from "./reply.ts";

/**
 * Writes an answer whose content is bytes, or nothing, in one go. Content-Length is added where it is missing.
 * @returns octets of content that were handed to the connection
 * @throws {Error} before anything was sent: fields that can't be sent, a Content-Length that the content contradicts
 */
export function writeBytes(method: string, outgoing: Outgoing, content: Uint8Array | null, response: Reply): number {
  let { raw } = outgoing.fields;
  if (!mayHaveContent(method, outgoing.status)) {
    writeHeadOnly(method, outgoing, content?.byteLength, response);
    return 0;
  }
  const length = content === null ? 0 : content.byteLength;
  const at = contentLengthIn(raw);
  if (at < 0) raw = [...raw, "Content-Length", String(length)];
  else if (Number(raw[at + 1]) !== length) {
    throw new Error(`Content-Length is ${raw[at + 1]}, the content has ${length} octets`);
  }
  writeHead(outgoing, raw, response);
  if (content === null) response.end();
  else if (length > mostInOneWrite) response.end(content);
  else response.end(latin1(content), "latin1");
  return length;
}

/** Writes an answer's status line and fields. @param raw names and values, in the place of the answer's own */
export function writeHead({ status, reason }: Outgoing, raw: readonly string[], response: Reply): void {
  if (reason === undefined) response.writeHead(status, raw as string[]);
  else response.writeHead(status, phrase(reason), raw as string[]);
}

/** A text as a reason phrase: printable ASCII (RFC 9112 §4 allows more, clients differ about it), of a line's length. */
const phrase = (text: string): string => text.replace(/[^\x20-\x7e]+/g, "?").slice(0, 400);

/** From here on octets are handed over as they are, beside the head. */
export const mostInOneWrite = 8192;

/** Text whose letters are the octets: node:http joins it with the head, so that both are one write to the system. */
export function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("latin1");
}

/** Whether a response may have content (RFC 9110 §6.4.1). */
export function mayHaveContent(method: string, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

/**
 * Writes an answer without its content: to HEAD, 204, 304.
 * @param length octets that the content has, where it is known
 */
export function writeHeadOnly(method: string, outgoing: Outgoing, length: number | undefined, response: Reply): void {
  const { status } = outgoing;
  let { raw } = outgoing.fields;
  const at = contentLengthIn(raw);
  // RFC 9110 §8.6: never in a 204; in an answer to HEAD what GET would have
  if (status === 204 && at >= 0) raw = raw.toSpliced(at, 2);
  else if (method === "HEAD" && status !== 204 && status !== 304 && at < 0 && length !== undefined) {
    raw = [...raw, "Content-Length", String(length)];
  }
  writeHead(outgoing, raw, response);
  response.end();
}

/** The octets that an answer's Content-Length declares; undefined where it has none. */
export function declaredLength(outgoing: Outgoing): number | undefined {
  const at = contentLengthIn(outgoing.fields.raw);
  return at < 0 ? undefined : Number(outgoing.fields.raw[at + 1]);
}

/** Where Content-Length is among raw names and values; -1 = nowhere. */
function contentLengthIn(raw: readonly string[]): number {
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length === 14 && name.toLowerCase() === "content-length") return i;
  }
  return -1;
}
