import { createServer } from "node:http";
import type { Logger } from "pino";
import type { AccessLog } from "./access-log.ts";
import type { Address } from "./address.ts";
import { AtOnce } from "./at-once.ts";
import { bind, type SocketFile } from "./bound.ts";
import { Running } from "./connection.ts";
import type { Handler } from "./handler.ts";
import { refuseRaw } from "./raw-refusal.ts";
import { Http1Reply } from "./reply.ts";
import { Serving } from "./serve.ts";
import { type Certificate, secureServer } from "./tls.ts";

/** What a listener needs, and its bounds. */
export type ListenOptions = (Address | SocketFile) & Listening;

interface Listening {
  readonly handler: Handler;
  /** told of what goes wrong here; not of requests */
  readonly log: Logger;
  /** told of every answer, also to what was refused */
  readonly access?: AccessLog | undefined;
  /** speak TLS with this certificate; undefined = plain http */
  readonly tls?: Certificate | undefined;
  /** octets that a request's line and fields may have; default 32 KiB */
  readonly mostHeadBytes?: number;
  /** octets that a request's content may have; default: no limit */
  readonly mostContentBytes?: number;
  /** milliseconds in which a request's head must come; default 20,000 */
  readonly headTimeoutMs?: number;
  /** milliseconds in which a whole request must come; default 0 = no limit */
  readonly requestTimeoutMs?: number;
  /** milliseconds in which nothing at all goes over the connection of a running request; default 600,000 */
  readonly stallTimeoutMs?: number;
  /** milliseconds that an idle connection is kept; default 65,000 */
  readonly keepAliveMs?: number;
}

/** A server that accepts requests. */
export interface Listener {
  /** `http://HOST:PORT`, or `https:` where it has a certificate, with the port that was taken */
  readonly url: string;
  /** Takes another certificate for connections to come; only where it has one. */
  renew(certificate: Certificate): void;
  /**
   * Accepts no more connections, lets running requests finish, closes idle connections.
   * @param graceMs after so many milliseconds what still runs is cut
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens and answers with what the handler gives: HTTP/1.1; with a certificate HTTP/1.1 and HTTP/2 over TLS. What is
 * no HTTP, or what no handler should have to think about, gets an RFC 9457 problem answer or a closed connection
 * (RFC 9110, RFC 9112, RFC 9113) and never reaches it.
 * @throws {Error} of node:net, when the address can't be listened on
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const headTimeout = options.headTimeoutMs ?? 20_000;
  const mostHeadBytes = options.mostHeadBytes ?? 32 * 1024;
  const stallTimeoutMs = options.stallTimeoutMs ?? 600_000;
  const keepAliveMs = options.keepAliveMs ?? 65_000;
  const http1 = {
    ServerResponse: Http1Reply,
    insecureHTTPParser: false,
    // checked by ourselves, for a better answer
    requireHostHeader: false,
    maxHeaderSize: mostHeadBytes,
    headersTimeout: headTimeout,
    requestTimeout: options.requestTimeoutMs ?? 0,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(headTimeout, 5_000),
    optimizeEmptyRequests: true,
  };
  const running = new Running();
  const serving = new Serving(options, running);
  const { server, others } =
    options.tls === undefined
      ? { server: createServer(http1), others: [] }
      : secureServer(http1, options.tls, {
          serving,
          limits: { mostHeadBytes, stallTimeoutMs, keepAliveMs },
          log: options.log,
          handshakeMs: headTimeout,
        });
  // all: lines beyond another number would be dropped silently. `checkHead` counts them.
  server.maxHeadersCount = 0;
  server.timeout = stallTimeoutMs;
  // what comes through a file is for the process that made it alone: heads of its own, with whatever is in them
  const isPlain = options.tls === undefined && !("file" in options);
  const atOnce = isPlain ? new AtOnce(server, serving, options.access) : undefined;
  server.on("request", (message, response) => (atOnce ?? serving).request(message, response, "none"));
  server.on("checkContinue", (message, response) => serving.request(message, response, "continue"));
  server.on("checkExpectation", (message, response) => serving.request(message, response, "unknown"));
  refuseRaw(server, running, options.access);

  const bound = await bind(server, options, ...others);
  serving.authority = bound.authority;
  return {
    url: `${serving.scheme}://${bound.authority}`,
    renew(certificate) {
      if ("setSecureContext" in server) server.setSecureContext(certificate);
    },
    close(graceMs) {
      serving.draining = true;
      return bound.close(graceMs);
    },
  };
}
