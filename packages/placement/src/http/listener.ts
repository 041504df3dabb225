import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Fields } from "@larder/core";
import { type AccessLog, bind } from "@larder/server";
import { effectiveAccept, errorBody } from "../api/error-body.ts";
import type { ApiRequest, ApiResponse } from "../api/request.ts";
import type { Service } from "../api/service.ts";
import { Refusal } from "../refusal.ts";
import { refuseRaw } from "./raw-refusal.ts";

/** Where to listen, and bounds. A listener of its own, because every refusal has the API's own form. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly service: Service;
  readonly access?: AccessLog | undefined;
  /** octets of content that a request may have; default 16 MiB */
  readonly mostContentBytes?: number;
}

export interface Listener {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Lets running requests finish, for so many milliseconds. */
  close(graceMs: number): Promise<void>;
}

const nothing = new Uint8Array();

/** @throws {Error} of node:net when the address can't be listened on */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { service, access, mostContentBytes = 16 * 1024 * 1024 } = options;
  // a request line may be long: candidates with many groups, or lists of names
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 65_000, requireHostHeader: true });

  function serve(message: IncomingMessage, response: ServerResponse): void {
    const started = performance.now();
    const answer = (content: Uint8Array): void => {
      const answered = service(requestOf(message, content));
      if (answered instanceof Promise) void answered.then((done) => send(message, response, done, started, access));
      else send(message, response, answered, started, access);
    };
    if (message.headers["content-length"] === undefined && message.headers["transfer-encoding"] === undefined) {
      answer(nothing);
      return;
    }
    readContent(message, mostContentBytes, answer, () =>
      send(message, response, tooLarge(message, mostContentBytes), started, access),
    );
  }

  server.on("request", serve);
  refuseRaw(server);
  const { authority, close } = await bind(server, options);
  return { url: `http://${authority}`, close };
}

function requestOf({ method, url, headers }: IncomingMessage, content: Uint8Array): ApiRequest {
  // absolute form (RFC 9112 §3.2.2): the authority stands in Host as well
  const target = url!.startsWith("/") ? url! : url!.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "") || "/";
  return { method: method!, target, headers, content };
}

/** Reads all of it, or no more than is allowed. */
function readContent(
  message: IncomingMessage,
  most: number,
  done: (content: Uint8Array) => void,
  tooMuch: () => void,
): void {
  if (Number(message.headers["content-length"] ?? 0) > most) {
    tooMuch();
    return;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  message.on("data", (chunk: Uint8Array) => {
    length += chunk.byteLength;
    if (length <= most) chunks.push(chunk);
    else {
      message.removeAllListeners("data");
      message.removeAllListeners("end");
      tooMuch();
    }
  });
  message.on("end", () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  // the client went away: there is nobody to answer
  message.on("error", () => undefined);
}

/** The connection ends with it: what still comes is not read. */
function tooLarge(message: IncomingMessage, most: number): ApiResponse {
  const refusal = new Refusal(413, `A request may have ${most} octets of content.`);
  const { type, content } = errorBody(refusal, {
    method: message.method!,
    accept: effectiveAccept(message.headers.accept),
    contentType: message.headers["content-type"] ?? "None",
    requestId: "",
    version: undefined,
  });
  return { status: 413, content, fields: ["content-type", type, "connection", "close"], log: { requestId: "" } };
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  { status, fields, content, log }: ApiResponse,
  started: number,
  access: AccessLog | undefined,
): void {
  const length = content === undefined ? 0 : Buffer.byteLength(content);
  if (content !== undefined) fields.push("content-length", String(length));
  response.writeHead(status, fields);
  // text, not octets: node then writes head and content at once
  response.end(message.method === "HEAD" ? undefined : content);
  if (access === undefined) return;
  const request = {
    head: { method: message.method! },
    path: message.url!,
    remote: (message.socket as Socket).remoteAddress ?? "-",
    started,
  };
  access(request, { status, fields: Fields.empty, content: null, log }, { bytes: length });
}
