import type { IncomingMessage, ServerResponse } from "node:http";
import { Fields, type RequestHead } from "@larder/core";
import type { Answer, Handler } from "../answer.ts";

/** @returns the head of a request as node:http gives it; under Express, with the path before any router cut it */
export function headOfIncoming(request: IncomingMessage & { readonly originalUrl?: string }): RequestHead {
  const path = request.originalUrl ?? request.url ?? "/";
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const target = path.startsWith("/") ? `${scheme}://${request.headers.host ?? "localhost"}${path}` : path;
  return { method: request.method ?? "GET", target, fields: Fields.fromRaw(request.rawHeaders) };
}

/** Lists that what ran before may have begun, and that it would be wrong to replace: a lost Vary mixes users up. */
const addsUp = new Set(["vary", "set-cookie"]);

function writeHead({ status, fields }: Answer, response: ServerResponse): void {
  const before = response.getHeaderNames();
  if (before.length === 0) {
    response.writeHead(status, fields.raw as string[]);
    return;
  }
  const names = fields.names();
  for (const name of before) if (names.has(name) && !addsUp.has(name)) response.removeHeader(name);
  if (status === 304) for (const name of ["content-type", "content-length"]) response.removeHeader(name);
  for (const [name, value] of fields) response.appendHeader(name, value);
  response.writeHead(status);
}

/** Resolves when more may be written, or nothing more will be. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

/** Reads content no faster than the client takes it; content that throws cuts the connection: it is not whole. */
async function pump(content: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  try {
    for await (const chunk of content) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** Sends an answer; content in memory at once. */
export function sendAnswer(answer: Answer, response: ServerResponse): void {
  const { content } = answer;
  writeHead(answer, response);
  if (content === null) response.end();
  else if (typeof content === "string" || content instanceof Uint8Array) response.end(content);
  else void pump(content, response);
}

/** For `http.createServer` and everything that takes its listeners. */
export function nodeHandler(
  handler: Handler<IncomingMessage>,
  /** is told what the handler threw; the client gets an empty 500 */
  onError: (error: unknown, request: IncomingMessage) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const fail = (error: unknown, request: IncomingMessage, response: ServerResponse) => {
    onError(error, request);
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { "content-length": "0" }).end();
  };
  return (request, response) => {
    try {
      const answer = handler(headOfIncoming(request), request);
      if (!("then" in answer)) sendAnswer(answer, response);
      else answer.then((ready) => sendAnswer(ready, response)).catch((error) => fail(error, request, response));
    } catch (error) {
      fail(error, request, response);
    }
  };
}
