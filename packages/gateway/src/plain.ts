import { type Cache, type CacheFailure, type CacheRequest, type CacheResponse, exchange } from "@larder/cache";
import {
  age,
  type CacheStatus,
  date,
  Fields,
  notModifiedFields,
  sliceFields,
  sliceFor,
  surrogateControl,
  withoutOriginsOwn,
} from "@larder/core";
import type { PlainRoute } from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import type { Gateway } from "./gateway.ts";
import { failed, send, sendSlice } from "./outgoing.ts";
import { plainRequest, refusalOf } from "./plain-request.ts";
import type { ClientFields, ProxyMount } from "./proxy.ts";
import { asQuestion } from "./query-method.ts";
import type { Searches } from "./searches.ts";

/**
 * Anything behind an `http` mount: a shared cache as RFC 9111 has it, nothing read, nothing rewritten but Location. What
 * is stored and fresh is answered at once.
 */
export function answerPlain(
  gateway: Gateway,
  mount: ProxyMount,
  { target }: PlainRoute,
  incoming: Incoming,
): Outgoing | Promise<Outgoing> {
  const refused = refusalOf(mount, incoming);
  if (refused !== undefined) return refused;
  const asIs = plainRequest(mount, target, incoming);
  if (incoming.head.method !== "QUERY") return ask(gateway, mount, asIs, incoming);
  return asQuestion(asIs).then((request) => ask(gateway, mount, request, incoming));
}

function ask(
  gateway: Gateway,
  mount: ProxyMount,
  request: CacheRequest,
  incoming: Incoming,
): Outgoing | Promise<Outgoing> {
  const { method } = incoming.head;
  const searches = method === "GET" || method === "HEAD" ? mount.searches : undefined;
  const answered =
    searches === undefined ? exchange(gateway.cache, request) : searching(gateway.cache, searches, request);
  return answered instanceof Promise
    ? answered.then((answer) => sendAnswer(mount, request, answer, incoming))
    : sendAnswer(mount, request, answered, incoming);
}

/** The exchange where No-Vary-Search is followed. */
async function searching(
  cache: Cache,
  searches: Searches,
  request: CacheRequest,
): Promise<CacheResponse | CacheFailure> {
  const other = await searches.answer(cache, request);
  if (other !== undefined) return other;
  const answer = await exchange(cache, request);
  if (!("failed" in answer) && answer.cacheStatus.stored) searches.note(request.head.target, answer.fields);
  return answer;
}

/** What an exchange came to, as the client of the mount gets it. @param request what the cache was asked */
export function sendAnswer(
  mount: ProxyMount,
  request: CacheRequest,
  answer: CacheResponse | CacheFailure,
  incoming: Incoming,
): Outgoing {
  if ("failed" in answer) return failed(answer, mount);
  const { head } = request;
  const isKeyed = mount.config.caching !== undefined || incoming.head.method === "QUERY";
  const cacheStatus = isKeyed ? withKey(answer.cacheStatus, request, mount, incoming.path) : answer.cacheStatus;
  const seconds = answer.age ?? answer.fields.read(age);
  const { status, content } = answer;
  const own = clientFields(answer.fields, mount);
  const representation = { status, fields: own.fields, notModified: own.notModified, length: content?.length };
  if (answer.passed) {
    const seen = { ...head, fields: Fields.empty };
    return send(seen, representation, content, mount, cacheStatus, seconds);
  }
  if (answer.stored?.status === 206) {
    const slice = sliceFor(head, answer.stored)!;
    const { fields } = clientFields(sliceFields(answer.stored, slice), mount);
    return sendSlice(fields, content!.read(slice.content, "lent"), mount, cacheStatus, seconds ?? 0);
  }
  // RFC 9111 §4.3.2: a response without Last-Modified is as old as its Date
  const modified = own.fields.has("last-modified") ? undefined : own.fields.read(date);
  const dated = modified === undefined ? representation : { ...representation, lastModified: modified };
  return send(withoutOriginsOwn(head), dated, content, mount, cacheStatus, seconds);
}

/** With the cache key as clients of the mount would write it (RFC 9211 §2.7), where the request's URL is another. */
function withKey(cacheStatus: CacheStatus, { cacheKey }: CacheRequest, mount: ProxyMount, path: string): CacheStatus {
  const stored = cacheStatus.key ?? cacheKey.slice(mount.keySpace.length);
  const key = mount.config.prefix + stored.slice(mount.config.upstream.href.length);
  return key === path ? cacheStatus : { ...cacheStatus, key };
}

/** What clients get of a response's fields; worked out once for each that is stored. */
function clientFields(fields: Fields, mount: ProxyMount): ClientFields {
  const before = mount.clientFields.get(fields);
  if (before !== undefined) return before;
  const location = fields.get("location");
  const moved = location === undefined ? undefined : throughMount(location, mount);
  // a stored response's age is told anew each time; Surrogate-Control was for us
  const kept = fields.filter((name) => name !== "age" && name !== surrogateControl.name);
  const whole = moved === undefined ? kept : kept.with({ location: moved });
  const own = { fields: whole, notModified: notModifiedFields(whole) };
  mount.clientFields.set(fields, own);
  return own;
}

/** An absolute Location of the upstream's, as clients of the mount reach it. */
function throughMount(location: string, { config }: ProxyMount): string | undefined {
  const base = config.upstream.href;
  return location.startsWith(base) ? config.prefix + location.slice(base.length) : undefined;
}
