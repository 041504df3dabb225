import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { AccessLog } from "./access-log.ts";
import { answerTo, type ParserError } from "./client-error.ts";
import type { Running } from "./connection.ts";
import type { Outgoing } from "./handler.ts";
import { problem } from "./problem.ts";

/** Milliseconds in which the rest of what a refused client sends is read: a reset could take the answer from it. */
const linger = 1000;

/**
 * Answers what never becomes a request of node:http: octets that are no HTTP, requests that don't come in time, and
 * CONNECT. The answer is the last on its connection; where another one is still being sent the connection is closed.
 */
export function refuseRaw(server: Server, running: Running, access: AccessLog | undefined): void {
  const refused = new WeakSet<Socket>();

  const refuse = (socket: Socket, answer: Outgoing, method: string, path: string): void => {
    const { remoteAddress: remote = "" } = socket;
    const bytes = (answer.content as Uint8Array).byteLength;
    access?.({ head: { method }, path, remote, started: performance.now() }, answer, { bytes });
    if (!socket.writable || !running.isNext(socket)) {
      socket.destroy();
      return;
    }
    socket.on("error", () => socket.destroy());
    socket.end(lastMessage(answer, new Date()));
    socket.resume();
    setTimeout(() => socket.destroy(), linger).unref();
  };

  server.on("clientError", (error: ParserError, stream) => {
    const socket = stream as Socket;
    if (refused.has(socket)) return;
    refused.add(socket);
    const answer = answerTo(error);
    if (answer === undefined) socket.destroy();
    else refuse(socket, answer, "-", "-");
  });
  server.on("connect", (message: IncomingMessage, stream) => {
    const because = "CONNECT is not served: this is no forward proxy";
    refuse(stream as Socket, problem(501, because, { log: { because } }), "CONNECT", message.url!);
  });
}

/** An answer as the octets of the last message on its connection (RFC 9112 §9.6). */
function lastMessage(answer: Outgoing, now: Date): Buffer {
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, `Date: ${now.toUTCString()}`];
  for (const [name, value] of answer.fields) lines.push(`${name}: ${value}`);
  lines.push("Connection: close", "", "");
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), answer.content as Uint8Array]);
}
