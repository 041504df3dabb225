import { exchange } from "@larder/cache";
import {
  age,
  contentLength,
  date,
  endToEnd,
  Fields,
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
  const head = { method, target, fields: sent.has("connection") ? endToEnd(sent) : sent };
  const answer = await exchange(gateway.cache, {
    head,
    cacheKey: keySpace + target,
    keySpace,
    body:
      incoming.body &&
      bounded(incoming.body, most, () => new ContentTooLarge(`at ${config.prefix} ${most} octets are the most`)),
    policy: policies.plain(target.slice(config.upstream.href.length).split("?", 1)[0]!),
    targetKey: mount.targetKey,
    ...(config.caching?.storeLimit !== undefined && { mostStored: config.caching.storeLimit }),
    upstream,
    onInterim: (interim) => incoming.interim(interim),
  });
  if ("failed" in answer) return failed(answer, mount);
  const own = clientFields(answer.fields, mount);
  const seconds = answer.age ?? answer.fields.read(age);
  const fields = seconds === undefined ? own : Fields.fromRaw([...own.raw, "Age", ageText(seconds)]);
  const length = answer.content?.length;
  const representation = { status: answer.status, fields, length };
  if (answer.passed) {
    const seen = { ...head, fields: Fields.empty };
    return send(seen, representation, answer.content, mount, answer.cacheStatus);
  }
  if (answer.stored?.status === 206) {
    const slice = sliceFor(head, answer.stored)!;
    const own = clientFields(sliceFields(answer.stored, slice), mount);
    return sendSlice(
      own.with({ age: ageText(seconds ?? 0) }),
      answer.content!.read(slice.content, "lent"),
      mount,
      answer.cacheStatus,
    );
  }
  // RFC 9111 §4.3.2: a response without Last-Modified is as old as its Date
  const modified = fields.has("last-modified") ? undefined : fields.read(date);
  const dated = modified === undefined ? representation : { ...representation, lastModified: modified };
  return send(withoutOriginsOwn(head), dated, answer.content, mount, answer.cacheStatus);
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
