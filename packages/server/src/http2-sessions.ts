import { constants, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Closing } from "./bound.ts";
import { Http2Message } from "./http2-message.ts";
import { Http2Reply } from "./http2-reply.ts";
import type { Expectation, Serving } from "./serve.ts";

/** Bounds of one connection; those of fields and time are the listener's. */
const most = {
  streams: 128,
  /** beyond the lines of fields that are answered with a refusal: no more are looked at */
  lines: 512,
  /** streams that a client may reset at once, and each second (a flood of them is "rapid reset") */
  resets: 256,
  resetsPerSecond: 32,
  /** beginnings of streams that it may make beyond what it was allowed */
  refused: 64,
};

/** Milliseconds and octets as in `ListenOptions`. */
export interface Http2Limits {
  readonly mostHeadBytes: number;
  readonly stallTimeoutMs: number;
  readonly keepAliveMs: number;
}

/** What serves the connections of HTTP/2 that are given to it as they are (`emit("connection", socket)`), and ends them. */
export function http2Sessions(serving: Serving, limits: Http2Limits): Closing & { readonly server: Http2Server } {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    settings: { maxConcurrentStreams: most.streams, maxHeaderListSize: limits.mostHeadBytes },
    maxHeaderListPairs: most.lines,
    maxSessionRejectedStreams: most.refused,
    streamResetBurst: most.resets,
    streamResetRate: most.resetsPerSecond,
    // what an upstream says twice goes on as it came, as in HTTP/1.1
    strictSingleValueFields: false,
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    closeWhenIdle(session, limits.keepAliveMs);
  });
  server.on("stream", (stream: ServerHttp2Stream, fields, flags, raw) => {
    // a client that breaks the protocol, or leaves: what runs is told by the stream's end
    stream.on("error", () => undefined);
    const hasContent = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0;
    const message = new Http2Message(stream, fields, raw, hasContent);
    const reply = new Http2Reply(stream, hasContent);
    stream.setTimeout(limits.stallTimeoutMs, () => reply.cut());
    serving.request(message, reply, expectation(fields.expect));
  });
  return {
    server,
    closeIdleConnections() {
      // GOAWAY (RFC 9113 §6.8): what runs may finish
      for (const session of sessions) if (!session.closed) session.close();
    },
    closeAllConnections() {
      for (const session of sessions) session.destroy();
    },
  };
}

/** Ends a connection on which nothing is asked for so long. */
function closeWhenIdle(session: ServerHttp2Session, keepAliveMs: number): void {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  const idle = (): void => {
    timer = setTimeout(() => session.close(), keepAliveMs).unref();
  };
  session.on("stream", (stream) => {
    clearTimeout(timer);
    open++;
    stream.once("close", () => --open === 0 && !session.closed && idle());
  });
  session.once("close", () => clearTimeout(timer));
  idle();
}

/** What `Expect` asks (RFC 9110 §10.1.1). */
function expectation(value: string | undefined): Expectation {
  if (value === undefined) return "none";
  return value.toLowerCase() === "100-continue" ? "continue" : "unknown";
}
