import type { Fields } from "@larder/core";
import type { Call } from "./call.ts";

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Redirects that `fetch` follows (Fetch §4.4). */
export const mostRedirects = 20;
/** Fields that must not follow to another origin. */
const ownOrigin = { authorization: undefined, cookie: undefined, host: undefined, "proxy-authorization": undefined };

/**
 * Where a response to GET or HEAD leads (Fetch §4.4).
 * @returns the call that follows; undefined when it leads nowhere
 * @throws {TypeError} when it leads where `fetch` doesn't go
 */
export function redirectOf(call: Call, status: number, fields: Fields): Call | undefined {
  const location = statuses.has(status) ? fields.get("location") : undefined;
  if (location === undefined) return undefined;
  const from = new URL(call.url);
  const to = URL.parse(location, from);
  if (to === null || !/^https?:$/.test(to.protocol))
    throw new TypeError(`fetch failed: ${call.url} redirects to ${location}, which is no HTTP URL`);
  to.hash = "";
  const next = to.origin === from.origin ? call.fields : call.fields.with(ownOrigin);
  let request: Request | undefined;
  return {
    ...call,
    url: to.href,
    fields: next,
    request: () => {
      request ??= new Request(to, requestInit(call));
      return request;
    },
  };
}

/** What another URL's request takes over; headers are set when it is sent. */
function requestInit(call: Call): RequestInit {
  const { method, credentials, integrity, keepalive, referrerPolicy } = call.request();
  return { method, credentials, integrity, keepalive, referrerPolicy };
}
