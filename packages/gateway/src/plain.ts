import { exchange } from "@larder/cache";
import {
  age,
  type CacheStatus,
  contentLength,
  date,
  endToEnd,
  Fields,
  type Policy,
  type ResponseHead,
  sliceFields,
  sliceFor,
  surrogateControl,
  withoutOriginsOwn,
} from "@larder/core";
import type { PlainRoute } from "@larder/formats";
import { ContentTooLarge, type Incoming, type Outgoing, problem } from "@larder/server";
import { bounded } from "./at-most.ts";
import type { Gateway } from "./gateway.ts";
import { failed, send, sendSlice } from "./outgoing.ts";
import type { ProxyMount } from "./proxy.ts";
import { asQuestion } from "./query-method.ts";

/** Anything behind an `http` mount: a shared cache as RFC 9111 has it, nothing read, nothing rewritten but Location. */
export async function answerPlain(
  gateway: Gateway,
  mount: ProxyMount,
  { target }: PlainRoute,
  incoming: Incoming,
): Promise<Outgoing> {
  const { config, keySpace, upstream, policies } = mount;
  const most = config.caching?.requestLimit ?? Number.POSITIVE_INFINITY;
  const announced = incoming.head.fields.read(contentLength);
  if (typeof announced === "number" && announced > most)
    return problem(413, `The request's content has ${announced} octets; at ${config.prefix} ${most} are the most.`);
  const { method, fields: sent } = incoming.head;
  // what Connection names doesn't go on (RFC 9110 §7.6.1), so nothing may be selected by it
  const sentOn = { method, target, fields: sent.has("connection") ? endToEnd(sent) : sent };
  const usual = policies.plain(target.slice(config.upstream.href.length).split("?", 1)[0]!);
  // content in GET means nothing that others could know of (RFC 9110 §9.3.1)
  const isFat = incoming.body !== null && (method === "GET" || method === "HEAD");
  const policy: Policy = isFat ? { ...usual, reuse: "none", storing: false } : usual;
  const tooMuch = () => new ContentTooLarge(`at ${config.prefix} ${most} octets are the most`);
  const body = incoming.body && bounded(incoming.body, most, tooMuch);
  const asIs = { head: sentOn, cacheKey: keySpace + target, body, upstream };
  const asked = method === "QUERY" ? await asQuestion(asIs) : asIs;
  const { head } = asked;
  const request = {
    ...asked,
    keySpace,
    policy,
    targetKey: mount.targetKey,
    ...(config.caching?.storeLimit !== undefined && { mostStored: config.caching.storeLimit }),
    onInterim: (interim: ResponseHead) => incoming.interim(interim),
  };
  const isPlain = method === "GET" || method === "HEAD";
  const searches = isPlain ? mount.searches : undefined;
  const answer = (await searches?.answer(gateway.cache, request)) ?? (await exchange(gateway.cache, request));
  if ("failed" in answer) return failed(answer, mount);
  if (answer.cacheStatus.stored) searches?.note(target, answer.fields);
  const isKeyed = config.caching !== undefined || method === "QUERY";
  const cacheStatus = isKeyed ? withKey(answer.cacheStatus, asked.cacheKey, mount, incoming.path) : answer.cacheStatus;
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
function withKey(cacheStatus: CacheStatus, cacheKey: string, mount: ProxyMount, path: string): CacheStatus {
  const stored = cacheStatus.key ?? cacheKey.slice(mount.keySpace.length);
  const key = mount.config.prefix + stored.slice(mount.config.upstream.href.length);
  return key === path ? cacheStatus : { ...cacheStatus, key };
}

/** RFC 9111 §5.1: whole seconds, at least 0. */
const ageText = (seconds: number) => String(Math.max(0, Math.floor(seconds)));

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
