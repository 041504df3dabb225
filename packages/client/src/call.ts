import { Fields } from "@larder/core";
import { type CacheMode, cacheModes } from "./cache-modes.ts";

/** One call of the cached fetch, as far as the cache must know it. */
export interface Call {
  readonly method: string;
  /** absolute, without fragment */
  readonly url: string;
  readonly fields: Fields;
  readonly cache: CacheMode;
  readonly redirect: Request["redirect"];
  readonly signal: AbortSignal | undefined;
  /** whether it has content to send */
  readonly hasBody: boolean;
  /** the call as a Request, its content not read yet; the same object each time */
  readonly request: () => Request;
}

type Input = string | URL | Request;

/** The members of `init` that a call without content may have for its Request not to be made before it is needed. */
const simple: ReadonlySet<string> = new Set(["method", "headers", "cache", "redirect", "signal", "dispatcher"]);

/**
 * Reads what `fetch` was called with.
 * @throws {TypeError} as `fetch` does for what can't be meant
 */
export function readCall(input: Input, init?: RequestInit): Call {
  return quickly(input, init) ?? fromRequest(meant(new Request(input, init), init), init);
}

/** What the constructor of Request must refuse (Fetch §5.4), and some runtimes' doesn't. */
function meant(request: Request, init: RequestInit = {}): Request {
  const { method, url } = request;
  const reads = method === "GET" || method === "HEAD";
  if (reads && init.body !== undefined && init.body !== null) throw new TypeError(`a ${method} can't have content`);
  if (/^https?:\/\/[^/?#]*@/.test(url)) throw new TypeError("a URL with credentials can't be fetched");
  const cache = init.cache ?? "default";
  if (!(cache in cacheModes)) throw new TypeError(`${cache} is no cache mode`);
  if (cache === "only-if-cached" && (init.mode ?? request.mode) !== "same-origin")
    throw new TypeError("only-if-cached needs the mode same-origin");
  return request;
}

/** A plain GET or HEAD to an absolute URL: making a Request would cost more than answering from the store. */
function quickly(input: Input, init: RequestInit = {}): Call | undefined {
  if (typeof input !== "string" && !(input instanceof URL)) return undefined;
  for (const name in init) if (!simple.has(name)) return undefined;
  const { method = "GET", cache = "default", redirect = "follow", signal } = init;
  if (!/^(?:get|head)$/i.test(method) || cache === "only-if-cached" || !(cache in cacheModes)) return undefined;
  // relative ones are for Request, which knows what they are relative to
  const url = typeof input === "string" ? URL.parse(input) : input;
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  let request: Request | undefined;
  return {
    method: method.toUpperCase(),
    url: withoutFragment(url.href),
    fields: init.headers === undefined ? Fields.empty : fieldsOf(new Headers(init.headers)),
    cache,
    redirect,
    signal: signal ?? undefined,
    hasBody: false,
    request: () => {
      request ??= new Request(input, init);
      return request;
    },
  };
}

function fromRequest(request: Request, init: RequestInit | undefined): Call {
  const { method, cache = "default", redirect, signal } = request;
  return {
    method,
    url: withoutFragment(request.url),
    fields: fieldsOf(request.headers),
    // runtimes without modes have no such member; what was said is in `init` then
    cache: cache === "default" ? (init?.cache ?? cache) : cache,
    redirect,
    signal,
    hasBody: request.body !== null && request.body !== undefined,
    request: () => request,
  };
}

const withoutFragment = (url: string) => {
  const at = url.indexOf("#");
  return at < 0 ? url : url.slice(0, at);
};

/** The fields of a `Headers`: each Set-Cookie as a line of its own. */
export function fieldsOf(headers: Headers): Fields {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  return Fields.fromRaw(raw);
}
