import { connect } from "node:net";
import { Fields } from "@larder/core";
import { pino } from "pino";
import {
  type AccessLog,
  type Handler,
  type Listener,
  type ListenOptions,
  listen,
  type Outgoing,
  type SendEnd,
} from "../src/index.ts";

/** What the access log was told. */
interface Accessed extends SendEnd {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly because: unknown;
}

/** A listener for a test, on a free port, and what it logged. */
export interface Served extends AsyncDisposable {
  readonly listener: Listener;
  readonly port: number;
  readonly accessed: readonly Accessed[];
  /** messages of the log */
  readonly logged: readonly string[];
  /** Resolves when the access log has so many lines. */
  answered(count: number): Promise<void>;
}

export async function serve(handler: Handler, options: Partial<ListenOptions> = {}): Promise<Served> {
  const accessed: Accessed[] = [];
  const logged: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const access: AccessLog = ({ head, path }, outgoing, end) => {
    accessed.push({ method: head.method, path, status: outgoing.status, because: outgoing.log?.because, ...end });
    for (const { count, resolve } of waiting) if (accessed.length >= count) resolve();
  };
  const log = pino({}, { write: (line: string) => logged.push(JSON.parse(line).msg) });
  const listener = await listen({ host: "127.0.0.1", port: 0, handler, log, access, ...options });
  return {
    listener,
    port: Number(new URL(listener.url).port),
    accessed,
    logged,
    answered: (count) =>
      new Promise((resolve) => (accessed.length >= count ? resolve() : waiting.push({ count, resolve }))),
    [Symbol.asyncDispose]: () => listener.close(0),
  };
}

/** Sends octets as they are, and gives all that comes back until the server closes the connection. */
export function exchange(port: number, octets: string, { end = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? resolve(`${received}<reset>`) : reject(error),
    );
    socket.on("end", () => {
      socket.end();
      resolve(received);
    });
    socket.write(octets, "latin1");
    if (end) socket.end();
  });
}

/** An answer with text. */
export function say(text: string, ...lines: readonly (readonly [string, string])[]): Outgoing {
  return { status: 200, fields: Fields.of(["Content-Type", "text/plain"], ...lines), content: Buffer.from(text) };
}

/** A request of its own connection, as it is sent. */
export const get = (path = "/", ...fields: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, "Host: x", "Connection: close", ...fields, "", ""].join("\r\n");

export const answer = (
  status: number,
  content: Outgoing["content"],
  ...lines: readonly (readonly [string, string])[]
): Outgoing => ({
  status,
  fields: Fields.of(...lines),
  content,
});

/** An iterable of these, and whether it was told that nobody reads on. */
export function source(...chunks: readonly (string | Error | Promise<unknown>)[]) {
  const state = { returned: false };
  async function* give(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        if (chunk instanceof Promise) await chunk;
        else yield Buffer.from(chunk);
      }
    } finally {
      state.returned = true;
    }
  }
  return { state, content: give() };
}
