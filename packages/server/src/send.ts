import type { ServerResponse } from "node:http";
import type { Outgoing } from "./handler.ts";
import { pump } from "./pump.ts";

/** How sending an answer ended. */
export interface SendEnd {
  /** octets of content that were handed to the connection */
  readonly bytes: number;
  /** the client went away before it had all of it */
  readonly gone?: boolean;
  /** the content broke off; the connection is cut */
  readonly error?: Error;
}

/** From here on the end of an answer is waited for before it is reported; smaller ones are in the system's buffers. */
const waitFrom = 256 * 1024;

/**
 * Writes an answer: bytes at once, an iterable at the client's pace. Content-Length is added where it is known.
 * @param done called once; before this function returns where the answer is small bytes
 * @throws {Error} before anything was sent: fields that can't be sent, a Content-Length that the content contradicts
 */
export function send(method: string, outgoing: Outgoing, response: ServerResponse, done: (end: SendEnd) => void): void {
  const { status, content } = outgoing;
  let raw = outgoing.fields.raw;
  const at = contentLengthIn(raw);
  const declared = at < 0 ? undefined : Number(raw[at + 1]);
  const bodiless = status === 204 || status === 304;

  if (content === null || content instanceof Uint8Array) {
    const length = content === null ? 0 : content.byteLength;
    if (status === 204 && at >= 0) raw = without(raw, at);
    else if (!bodiless) {
      if (at < 0) {
        if (content !== null || method !== "HEAD") raw = [...raw, "Content-Length", String(length)];
      } else if (declared !== length && method !== "HEAD") {
        throw new Error(`Content-Length is ${raw[at + 1]}, the content has ${length} octets`);
      }
    }
    response.writeHead(status, raw as string[]);
    if (bodiless || length === 0 || method === "HEAD") {
      response.end();
      done(nothingSent);
    } else if (length < waitFrom) {
      response.end(content);
      done({ bytes: length });
    } else {
      response.once("close", () => done({ bytes: length, gone: !response.writableFinished }));
      response.end(content);
    }
    return;
  }

  if (bodiless || method === "HEAD") {
    response.writeHead(status, (status === 204 && at >= 0 ? without(raw, at) : raw) as string[]);
    response.end();
    release(content);
    done(nothingSent);
    return;
  }
  response.writeHead(status, raw as string[]);
  void pump(content, response, declared, (end) => {
    done(
      end.type === "broken" ? { bytes: end.bytes, error: end.error } : { bytes: end.bytes, gone: end.type === "gone" },
    );
  });
}

/** Tells content that nobody will read that this is so. */
export function release(content: Outgoing["content"]): void {
  if (content === null || content instanceof Uint8Array) return;
  content[Symbol.asyncIterator]()
    .return?.()
    .then(undefined, () => undefined);
}

const nothingSent: SendEnd = { bytes: 0 };

/** Where Content-Length is among raw names and values; -1 = nowhere. */
function contentLengthIn(raw: readonly string[]): number {
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length === 14 && name.toLowerCase() === "content-length") return i;
  }
  return -1;
}

const without = (raw: readonly string[], at: number): readonly string[] => raw.toSpliced(at, 2);
