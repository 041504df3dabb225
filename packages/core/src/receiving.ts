import { effectiveDirectives } from "./directives.ts";
import type { Fields } from "./fields.ts";
import { endToEnd } from "./hop-by-hop.ts";
import { date } from "./http-date.ts";
import type { ResponseHead, StoredResponse, Timestamp } from "./message.ts";
import type { Context } from "./policy.ts";

/** When a stored response was originated: its Date, else when it came (RFC 9111 §4.2.3 `date_value`). */
export const originTime = (stored: StoredResponse): Timestamp => stored.fields.read(date) ?? stored.responseTime;

/**
 * With a Date where it had none that can be read: a recipient with a clock adds it (RFC 9110 §6.6.1). That is rare, so
 * it isn't written by `formatHttpDate`, which remembers.
 */
export function withDate(fields: Fields, responseTime: Timestamp): Fields {
  return fields.read(date) === undefined ? fields.with({ date: new Date(responseTime).toUTCString() }) : fields;
}

/**
 * The fields that a cache keeps of a response (RFC 9111 §3.1): none of the connection's, none that is withheld; always
 * a Date.
 */
export function storedFields(response: ResponseHead, responseTime: Timestamp, context: Context): Fields {
  return withDate(withoutWithheld(endToEnd(response.fields), context), responseTime);
}

/** Without what a qualified `no-cache` names or, in a shared cache, a qualified `private` (RFC 9111 §5.2.2.4, §5.2.2.7). */
export function withoutWithheld(fields: Fields, context: Context): Fields {
  const { directives } = effectiveDirectives(fields, context.policy);
  if (!Array.isArray(directives.noCache) && !Array.isArray(directives.private)) return fields;
  const withheld = new Set<string>([
    ...(Array.isArray(directives.noCache) ? directives.noCache : []),
    ...(context.shared && Array.isArray(directives.private) ? directives.private : []),
  ]);
  return withheld.size === 0 ? fields : fields.filter((name) => !withheld.has(name));
}
