import { randomUUID } from "node:crypto";
import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorBody } from "../api/error-body.ts";
import { badRequest, Refusal } from "../refusal.ts";

/** What no request could be read from gets the API's error form, too, and the connection ends. */
export function refuseRaw(server: Server): void {
  server.on("clientError", (error: Error & { code?: string }, stream) => {
    const socket = stream as Socket;
    const refusal = refusalFor(error);
    // a client that went away, or an answer that has begun: nothing can be said any more
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    const requestId = `req-${randomUUID()}`;
    const { status } = refusal;
    const { type, content } = errorBody(refusal, {
      method: "",
      accept: "application/json",
      contentType: "None",
      requestId,
      version: undefined,
    });
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(content)}\r\n` +
        `x-openstack-request-id: ${requestId}\r\nconnection: close\r\n\r\n${content}`,
    );
  });
}

function refusalFor({ code, message }: Error & { code?: string }): Refusal | undefined {
  switch (code) {
    case "ECONNRESET":
    case "EPIPE":
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return undefined;
    case "HPE_HEADER_OVERFLOW":
      return new Refusal(431, "The request line and its fields may have 64 KiB.");
    case "HPE_INVALID_CONTENT_LENGTH":
      return badRequest("content-length header must be an integer");
    default:
      return badRequest(`The request is not HTTP/1.1: ${message.replace(/^Parse Error: /, "")}`);
  }
}
