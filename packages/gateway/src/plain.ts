import { type CacheRequest, exchange } from "@larder/cache";
import {
  age,
  type CacheStatus,
  date,
  Fields,
  sliceFields,
  sliceFor,
  surrogateControl,
  withoutOriginsOwn,
} from "@larder/core";
import type { PlainRoute } from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import type { Gateway } from "./gateway.ts";
import { ageText, failed, send, sendSlice } from "./outgoing.ts";
import { plainRequest, refusalOf } from "./plain-request.ts";
import type { ProxyMount } from "./proxy.ts";
import { asQuestion } from "./query-method.ts";

/** Anything behind an `http` mount: a shared cache as RFC 9111 has it, nothing read, nothing rewritten but Location. */
export async function answerPlain(
  gateway: Gateway,
  mount: ProxyMount,
  { target }: PlainRoute,
  incoming: Incoming,
): Promise<Outgoing> {
  const refused = refusalOf(mount, incoming);
  if (refused !== undefined) return refused;
  const { method } = incoming.head;
  const asIs = plainRequest(mount, target, incoming);
  const request = method === "QUERY" ? await asQuestion(asIs) : asIs;
  const { head } = request;
  const searches = method === "GET" || method === "HEAD" ? mount.searches : undefined;
  const answer = (await searches?.answer(gateway.cache, request)) ?? (await exchange(gateway.cache, request));
  if ("failed" in answer) return failed(answer, mount);
  if (answer.cacheStatus.stored) searches?.note(target, answer.fields);
  const isKeyed = mount.config.caching !== undefined || method === "QUERY";
  const cacheStatus = isKeyed ? withKey(answer.cacheStatus, request, mount, incoming.path) : answer.cacheStatus;
  const own = clientFields(answer.fields, mount);
  const seconds = answer.age ?? answer.fields.read(age);
  const fields = seconds === undefined ? own : Fields.fromRaw([...own.raw, "Age", ageText(seconds)]);
  const length = answer.content?.length;
  const representation = { status: answer.status, fields, length };
  if (answer.passed) {
    const seen = { ...head, fields: Fields.empty };
    return send(seen, representation, answer.content, mount, cacheStatus);
  }
  if (answer.stored?.status === 206) {
    const slice = sliceFor(head, answer.stored)!;
    const own = clientFields(sliceFields(answer.stored, slice), mount);
    return sendSlice(
      own.with({ age: ageText(seconds ?? 0) }),
      answer.content!.read(slice.content, "lent"),
      mount,
      cacheStatus,
    );
  }
  // RFC 9111 §4.3.2: a response without Last-Modified is as old as its Date
  const modified = fields.has("last-modified") ? undefined : fields.read(date);
  const dated = modified === undefined ? representation : { ...representation, lastModified: modified };
  return send(withoutOriginsOwn(head), dated, answer.content, mount, cacheStatus);
}

/** With the cache key as clients of the mount would write it (RFC 9211 §2.7), where the request's URL is another. */
function withKey(cacheStatus: CacheStatus, { cacheKey }: CacheRequest, mount: ProxyMount, path: string): CacheStatus {
  const stored = cacheStatus.key ?? cacheKey.slice(mount.keySpace.length);
  const key = mount.config.prefix + stored.slice(mount.config.upstream.href.length);
  return key === path ? cacheStatus : { ...cacheStatus, key };
}

/** What clients get of a response's fields; worked out once for each that is stored. */
function clientFields(fields: Fields, mount: ProxyMount): Fields {
  const before = mount.clientFields.get(fields);
  if (before !== undefined) return before;
  const location = fields.get("location");
  const moved = location === undefined ? undefined : throughMount(location, mount);
  // a stored response's age is told anew each time; Surrogate-Control was for us
  const kept = fields.filter((name) => name !== "age" && name !== surrogateControl.name);
  const own = moved === undefined ? kept : kept.with({ location: moved });
  mount.clientFields.set(fields, own);
  return own;
}

/** An absolute Location of the upstream's, as clients of the mount reach it. */
function throughMount(location: string, { config }: ProxyMount): string | undefined {
  const base = config.upstream.href;
  return location.startsWith(base) ? config.prefix + location.slice(base.length) : undefined;
}
