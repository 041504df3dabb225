import type { IncomingMessage } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import { createSecureContext, type TLSSocket } from "node:tls";
import type { Logger } from "pino";
import type { Closing } from "./bound.ts";
import { type Http2Limits, http2Sessions } from "./http2-sessions.ts";
import type { Http1Reply } from "./reply.ts";
import type { Serving } from "./serve.ts";

/** A certificate (with those between it and its authority) and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What is wrong with a certificate and its key, in OpenSSL's words; undefined where they can be used. */
export function certificateFault({ cert, key }: Certificate): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

type SecureServer = Server<typeof IncomingMessage, typeof Http1Reply>;

/**
 * A server of TLS that speaks HTTP/2 with clients that offer it (ALPN, RFC 7301) and HTTP/1.1 with all others.
 * @returns the server, and what ends those of its connections that it doesn't serve itself
 */
export function secureServer(
  http1: ServerOptions<typeof IncomingMessage, typeof Http1Reply>,
  certificate: Certificate,
  to: { readonly serving: Serving; readonly limits: Http2Limits; readonly log: Logger; readonly handshakeMs: number },
): { readonly server: SecureServer; readonly others: readonly Closing[] } {
  const { cert, key } = certificate;
  const ALPNProtocols = ["h2", "http/1.1"];
  const server = createServer({ ...http1, cert, key, ALPNProtocols, handshakeTimeout: to.handshakeMs });
  const http2 = http2Sessions(to.serving, to.limits);
  const serveHttp1 = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") http2.server.emit("connection", socket);
    else for (const serve of serveHttp1) serve.call(server, socket);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    // a client that left is nothing to tell
    if (error.code !== "ECONNRESET") {
      to.log.info({ remote: socket.remoteAddress, because: error.code ?? error.message }, "a TLS handshake failed");
    }
  });
  return { server, others: [http2, untilSecure(server)] };
}

/** The connections whose handshake is not over, which nobody else knows. */
function untilSecure(server: SecureServer): Closing {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    closeIdleConnections: () => undefined,
    closeAllConnections() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
