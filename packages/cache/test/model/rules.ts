// RFC 9111 read sentence by sentence, for one response and one request at a time. Slow and without cleverness on
// purpose, and none of it is core's.
import type { Choices, Kind } from "./kinds.ts";
import type { Asked, Head, Received } from "./log.ts";
import { directives, members, seconds, time } from "./reading.ts";
import type { Version } from "./versions.ts";

const understood = [200, 203, 204, 206, 302, 404, 410, 429, 500, 503];
const heuristic = [200, 203, 204, 206, 404, 410];

/** §3: may a cache keep the response? */
export function mayStore({ shared, chose }: Kind, by: Asked, status: number, fields: Head): boolean {
  const said = directives(fields);
  const asked = directives(by.fields);
  const mustUnderstand = said.has("must-understand");
  // the request method is understood by the cache; of a POST's answer only with freshness and Content-Location (9110 §9.3.3)
  if (by.method === "POST") {
    const explicit = said.has("max-age") || said.has("s-maxage") || "expires" in fields;
    if (!explicit || fields["content-location"] !== by.target || status < 200 || status > 299) return false;
  } else if (by.method !== "GET") return false;
  // the response status code is final, and understood where it must be
  if (status === 304 || (mustUnderstand && !understood.includes(status))) return false;
  // no-store in the response, which must-understand may stand above (§5.2.2.3), or in the request (§5.2.1.5)
  if (said.has("no-store") && !mustUnderstand) return false;
  if (asked.has("no-store")) return false;
  // private, in a shared cache
  if (shared && said.has("private")) return false;
  // Authorization, in a shared cache (§3.5)
  if (shared && "authorization" in by.fields && !allowsAuthorization(fields)) return false;
  // at least one of these
  return (
    said.has("public") ||
    (!shared && said.has("private")) ||
    "expires" in fields ||
    said.has("max-age") ||
    (shared && said.has("s-maxage")) ||
    heuristic.includes(status) ||
    // or the operator says how long
    chosen(chose, status) !== undefined
  );
}

/** §3.5 */
function allowsAuthorization(fields: Head): boolean {
  const said = directives(fields);
  return said.has("must-revalidate") || said.has("public") || said.has("s-maxage");
}

/** §4.2.1 and §4.2.2, in seconds; where the cache may guess, the most that §4.2.2 calls typical. */
export function lifetime(kind: Kind, version: Version): { seconds: number; said: boolean } {
  const { exactly, atMost, negative } = kind.chose;
  const says = lifetimeSaid(kind, version);
  const { status } = version.of;
  if (status >= 400 && negative !== undefined)
    return { seconds: says.said ? Math.min(negative, says.seconds) : negative, said: true };
  const instead = chosen(kind.chose, status) ?? exactly;
  if (instead !== undefined) return { seconds: instead, said: true };
  if (atMost !== undefined) return { ...says, seconds: says.said ? Math.min(atMost, says.seconds) : 0 };
  return says;
}

/** What the operator chose for the status: as long as it is kept, whatever else is true. */
const chosen = ({ override, negative }: Choices, status: number): number | undefined =>
  status === 200 ? override : status >= 400 ? negative : undefined;

function lifetimeSaid({ shared }: Kind, { of, fields, responseTime }: Version): { seconds: number; said: boolean } {
  const said = directives(fields);
  if (shared && said.has("s-maxage")) return { seconds: seconds(said.get("s-maxage")) ?? 0, said: true };
  if (said.has("max-age")) return { seconds: seconds(said.get("max-age")) ?? 0, said: true };
  const date = time(fields.date) ?? responseTime;
  if ("expires" in fields) {
    const expires = time(fields.expires);
    return { seconds: expires === undefined ? 0 : Math.max(0, (expires - date) / 1000), said: true };
  }
  if (!heuristic.includes(of.status) && !said.has("public")) return { seconds: 0, said: false };
  const modified = time(fields["last-modified"]);
  return { seconds: modified === undefined ? 0 : (0.1 * (date - modified)) / 1000, said: false };
}

/** §4.2.3, in seconds */
export function age({ fields, requestTime, responseTime }: Version, now: number): number {
  const apparent = Math.max(0, (responseTime - (time(fields.date) ?? responseTime)) / 1000);
  const corrected = (seconds(fields.age) ?? 0) + (responseTime - requestTime) / 1000;
  return Math.max(apparent, corrected) + (now - responseTime) / 1000;
}

/** §4.2.4: directives that forbid a stale answer */
export function forbidsStale({ shared }: Kind, fields: Head): boolean {
  const said = directives(fields);
  if (said.has("must-revalidate") || said.has("no-cache")) return true;
  return shared && (said.has("proxy-revalidate") || said.has("s-maxage"));
}

/** §4.1: the fields that Vary names are the same as in a request that this response has answered */
export function matches(version: Version, asked: Asked): boolean {
  const names = members(version.fields.vary?.toLowerCase());
  if (names.includes("*")) return false;
  const value = (one: Asked, name: string) => (name in one.fields ? members(one.fields[name]).join() : undefined);
  return version.askers.some((one) => names.every((name) => value(one, name) === value(asked, name)));
}

/** Whether it matters not with which of the requests that it has answered a cache compares (§4.1). */
export const surelyMatches = (version: Version, asked: Asked): boolean =>
  version.askers.every((one) => matches({ ...version, askers: [one] }, asked));

/** §4, all but freshness: what must hold of a response before it answers anybody else, validated or not. */
export function mayBeKept(kind: Kind, version: Version): boolean {
  const { of, fields, confirmedBy } = version;
  // each head that came must itself allow to be kept (§3.2 makes one response of them)
  return mayStore(kind, of.by, of.status, of.fields) && mayStore(kind, confirmedBy, of.status, fields);
}

/** §4: may the response answer the request at this time without the upstream's word? */
export function mayAnswer(kind: Kind, version: Version, asked: Asked, now: number): boolean {
  const said = directives(version.fields);
  const wants = directives(asked.fields);
  if (version.of.by.target !== asked.target) return false;
  if (asked.method !== "GET" && asked.method !== "HEAD") return false;
  if (!matches(version, asked)) return false;
  // §5.2.1.4, §5.4: the client wants it validated
  if (wants.has("no-cache") || (!("cache-control" in asked.fields) && asked.fields.pragma === "no-cache")) return false;
  if (!mayBeKept(kind, version)) return false;
  const is = age(version, now);
  const left = lifetime(kind, version).seconds - is;
  // §5.2.1.1, §5.2.1.3; Age is a whole number (§5.1)
  if (wants.has("max-age") && Math.floor(is) > (seconds(wants.get("max-age")) ?? 0)) return false;
  if (wants.has("min-fresh") && left < (seconds(wants.get("min-fresh")) ?? 0)) return false;
  // who says or bounds how long all is fresh lets those that ask together have what then comes
  const { exactly, whileRevalidate } = kind.chose;
  const own = exactly ?? kind.chose.atMost;
  if (own !== undefined && version.head.at.seq > asked.at.seq) return true;
  // §5.2.2.4: the response wants it validated
  const overridden = exactly ?? (version.of.status === 200 ? kind.chose.override : undefined);
  if (said.has("no-cache") && overridden === undefined) return false;
  if (left > 0) return true;
  // §4.2.4: stale, and nothing forbids it
  if (forbidsStale(kind, version.fields)) return false;
  const maxStale = wants.get("max-stale");
  if (maxStale !== undefined && -left <= (maxStale === "" ? Infinity : (seconds(maxStale) ?? 0))) return true;
  // 5861 §3, unless the operator bounds what is fresh
  const window = own === undefined ? seconds(said.get("stale-while-revalidate")) : undefined;
  return -left <= (window ?? (whileRevalidate || -1));
}

/** 5861 §4, 9111 §4.3.3: may it answer in place of an upstream that fails? */
export function mayCover(kind: Kind, version: Version, asked: Asked, now: number, away = false): boolean {
  if (forbidsStale(kind, version.fields) || version.of.by.target !== asked.target) return false;
  if (!matches(version, asked) || !mayBeKept(kind, version)) return false;
  const said = directives(version.fields).get("stale-if-error");
  const wants = directives(asked.fields).get("stale-if-error");
  const stale = age(version, now) - lifetime(kind, version).seconds;
  // §4.2.4: a cache that is disconnected
  const { ifError, ifDisconnected } = kind.chose;
  const allowed = Math.max(seconds(said) ?? (ifError || -1), away ? ifDisconnected || -1 : -1);
  return stale <= (seconds(wants) ?? allowed);
}

/** 9110 §9.2.1 */
export const isUnsafe = ({ by }: Received): boolean => ["POST", "PUT", "DELETE"].includes(by.method);

/** §4.4: the method is unsafe and the answer no error */
export const invalidates = (received: Received): boolean =>
  isUnsafe(received) && received.status >= 200 && received.status < 400;
