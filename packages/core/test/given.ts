import {
  type Context,
  Fields,
  formatHttpDate,
  normalise,
  type Policy,
  plainPolicy,
  type RequestHead,
  type ResponseHead,
  type StoredResponse,
  vary,
} from "../src/index.ts";

/** A whole second, so that dates can say it. */
export const now = Date.UTC(2026, 0, 1, 12);
export const target = "http://a.example/x";

/** An HTTP date so many seconds ago; in the future when negative. */
export const ago = (seconds: number): string => formatHttpDate(now - seconds * 1000);

export type Lines = Readonly<Record<string, string | readonly string[]>>;

export const fields = (lines: Lines): Fields => Fields.empty.with(lines);

export const get = (lines: Lines = {}, method = "GET"): RequestHead => ({ method, target, fields: fields(lines) });

/** A response as it comes, with a Date of now unless it says another one. */
export const response = (lines: Lines = {}, status = 200): ResponseHead => ({
  status,
  fields: fields({ date: ago(0), ...lines }),
});

let made = 0;

/**
 * A stored response to a GET, that came so many seconds ago, when its Date was.
 * @param more what else is different; `asked` = the fields of the request that brought it
 */
export function stored(
  lines: Lines = {},
  more: Partial<StoredResponse> & { secondsAgo?: number; asked?: Lines } = {},
): StoredResponse {
  const { secondsAgo = 0, asked = {}, ...rest } = more;
  const came = now - secondsAgo * 1000;
  const head = fields({ date: ago(secondsAgo), ...lines });
  const names = head.read(vary);
  return {
    id: `s${++made}`,
    cacheKey: target,
    method: "GET",
    status: 200,
    fields: head,
    varying: names === "*" ? [] : names.map((name) => [name, normalise(name, fields(asked).all(name))]),
    requestTime: came,
    responseTime: came,
    content: { length: 3, sha256: "0".repeat(64) },
    contentSince: came,
    verifiedAt: came,
    invalid: false,
    ...rest,
  };
}

/** A context of now, with changes to the plain policy. */
export const contextWith = (policy: Partial<Policy> = {}, more: Partial<Context> = {}): Context => ({
  now,
  shared: true,
  policy: { ...plainPolicy, ...policy },
  ...more,
});

export const shared = contextWith();
export const privately = contextWith({}, { shared: false });
