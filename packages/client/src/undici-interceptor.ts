import { exchange } from "@larder/cache";
import type { Fields } from "@larder/core";
import { type Client, type ClientControls, cacheRequest, createClient, tellOf } from "./client.ts";
import type { ClientOptions } from "./options.ts";
import { tell } from "./response.ts";
import type { Dispatch, DispatchController, DispatchHandler, DispatchOptions } from "./undici-types.ts";
import { dispatchUpstream, fieldsFrom } from "./undici-upstream.ts";

export type { Dispatch, DispatchController, DispatchHandler, DispatchOptions } from "./undici-types.ts";

/** What `compose` of an undici dispatcher takes. */
export interface CacheInterceptor extends ClientControls {
  (dispatch: Dispatch): Dispatch;
}

/**
 * A private cache under code that uses undici: `new Agent().compose(cacheInterceptor())`. Below it conditional requests
 * and ranges are judged against what is stored (RFC 9111 §4.3.2), and content stays encoded as it came.
 * @param options see `ClientOptions`
 */
export function cacheInterceptor(options: ClientOptions = {}): CacheInterceptor {
  const { controls, ...client } = createClient(options);
  const intercept =
    (dispatch: Dispatch): Dispatch =>
    (request, handler) => {
      if (request.origin === undefined || request.upgrade || request.method === "CONNECT")
        return dispatch(request, handler);
      void answer(client, dispatch, request, handler);
      return true;
    };
  return Object.assign(intercept, controls);
}

/** One request, answered by calling its handler; everything that goes wrong is told there. */
async function answer(
  client: Client,
  dispatch: Dispatch,
  options: DispatchOptions,
  handler: DispatchHandler,
): Promise<void> {
  const reply = new Reply(handler);
  try {
    reply.begin();
    const url = targetOf(options);
    const fields = fieldsFrom(options.headers);
    const asked = { method: options.method, url, fields, hasBody: options.body !== undefined && options.body !== null };
    const keySpace = await client.keySpaces.of(fields);
    const upstream = dispatchUpstream(dispatch, options, client.offline);
    const found = await exchange(client.cache, cacheRequest(client, asked, "default", keySpace, upstream));
    if ("failed" in found) {
      tellOf(client, asked, undefined, found.cacheStatus);
      return reply.fail(new TypeError(found.message));
    }
    const head = { method: asked.method, target: url, fields };
    const told = found.passed
      ? { status: found.status, fields: found.fields, pieces: found.content === null ? "none" : "all" }
      : tell(head, found);
    tellOf(client, asked, told.status, found.cacheStatus);
    reply.start(told.status, told.fields);
    if (told.pieces !== "none" && found.content !== null) {
      const pieces = told.pieces === "all" ? [undefined] : told.pieces;
      for (const piece of pieces as readonly ({ bytes: Uint8Array } | { first: number; last: number } | undefined)[]) {
        const chunks = piece !== undefined && "bytes" in piece ? [piece.bytes] : found.content.read(piece);
        for await (const chunk of chunks) if (!(await reply.data(chunk))) return;
      }
    }
    reply.end();
  } catch (error) {
    reply.fail(error instanceof Error ? error : new Error(String(error)));
  }
}

/** RFC 9110 §7.1, from undici's parts. */
function targetOf({ origin, path, query }: DispatchOptions): string {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(query ?? {}))
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  url.hash = "";
  return url.href;
}

/** The calls to a handler, in order, each once; what the handler asks for through its controller. */
class Reply {
  readonly #handler: DispatchHandler;
  readonly #controller: DispatchController;
  #reason: Error | null = null;
  #paused = false;
  #over = false;
  #resumed = () => {};

  constructor(handler: DispatchHandler) {
    this.#handler = handler;
    const self = this;
    this.#controller = {
      get aborted() {
        return self.#reason !== null;
      },
      get paused() {
        return self.#paused;
      },
      get reason() {
        return self.#reason;
      },
      pause: () => {
        this.#paused = true;
      },
      resume: () => {
        this.#paused = false;
        this.#resumed();
      },
      abort: (reason) => {
        this.#reason ??= reason;
        this.#resumed();
        this.fail(reason);
      },
    };
  }

  begin(): void {
    this.#handler.onRequestStart?.(this.#controller, {});
  }

  start(status: number, fields: Fields): void {
    if (this.#over) return;
    const headers: Record<string, string | string[]> = {};
    for (const name of fields.names()) {
      const [first = "", ...more] = fields.all(name);
      headers[name] = more.length === 0 ? first : [first, ...more];
    }
    this.#handler.onResponseStart?.(this.#controller, status, headers, "");
  }

  /** @returns false when nothing more is wanted */
  async data(chunk: Uint8Array): Promise<boolean> {
    if (this.#over) return false;
    // the handler may do with it what it likes
    this.#handler.onResponseData?.(this.#controller, copyOf(chunk));
    while (this.#paused && !this.#over)
      await new Promise<void>((resolve) => {
        this.#resumed = resolve;
      });
    return !this.#over;
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseEnd?.(this.#controller, {});
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseError?.(this.#controller, error);
  }
}

/** undici's own handlers want a Buffer where there is one. */
const buffers = (globalThis as { Buffer?: { from(octets: Uint8Array): Uint8Array } }).Buffer;
const copyOf = (chunk: Uint8Array): Uint8Array => buffers?.from(chunk) ?? chunk.slice();
