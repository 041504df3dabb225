import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { AccessLog } from "./access-log.ts";
import { answerTo, type ParserError } from "./client-error.ts";
import type { Running } from "./connection.ts";
import type { Outgoing } from "./handler.ts";
import { problem } from "./problem.ts";
import type { Http1Reply, Reply } from "./reply.ts";
import { noTunnel } from "./request-head.ts";

/** Milliseconds in which the rest of what a refused client sends is read: a reset could take the answer from it. */
const linger = 1000;

/**
 * Answers what never becomes a request of node:http: octets that are no HTTP, requests that don't come in time, and
 * CONNECT. The answer is the last on its connection; where another one is still being sent the connection is closed.
 */
export function refuseRaw(
  server: Server<typeof IncomingMessage, typeof Http1Reply>,
  running: Running,
  access: AccessLog | undefined,
): void {
  const refuse = (socket: Socket, answer: Outgoing, method: string, path: string): void => {
    running.refuse(socket);
    const { remoteAddress: remote = "" } = socket;
    const bytes = (answer.content as Uint8Array).byteLength;
    access?.({ head: { method }, path, remote, started: performance.now() }, answer, { bytes });
    finish(socket, running.on(socket), answer);
  };

  server.on("clientError", (error: ParserError, stream) => {
    const socket = stream as Socket;
    const answer = answerTo(error);
    if (answer === undefined) socket.destroy();
    else if (!running.isRefused(socket)) refuse(socket, answer, "-", "-");
  });
  server.on("connect", (message: IncomingMessage, stream) => {
    refuse(stream as Socket, problem(501, noTunnel, { log: { because: noTunnel } }), "CONNECT", message.url!);
  });
}

/** Ends a connection, with the answer where it would be read as what it is. */
function finish(socket: Socket, under: readonly Reply[], answer: Outgoing): void {
  const last = under.at(-1);
  // whole requests came before: their answers are due, and then the connection says what is wrong by its end
  if (last?.isAsked) last.onOver(() => socket.end());
  else if (!socket.writable || under.length > 1 || last?.headersSent) socket.destroy();
  else {
    socket.on("error", () => socket.destroy());
    socket.end(lastMessage(answer, new Date()));
    socket.resume();
    setTimeout(() => socket.destroy(), linger).unref();
  }
}

/** An answer as the octets of the last message on its connection (RFC 9112 §9.6). */
function lastMessage(answer: Outgoing, now: Date): Buffer {
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, `Date: ${now.toUTCString()}`];
  for (const [name, value] of answer.fields) lines.push(`${name}: ${value}`);
  lines.push("Connection: close", "", "");
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), answer.content as Uint8Array]);
}
