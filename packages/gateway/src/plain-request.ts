import type { CacheRequest } from "@larder/cache";
import { contentLength, endToEnd, type Policy } from "@larder/core";
import { ContentTooLarge, type Incoming, type Outgoing, problem } from "@larder/server";
import { bounded } from "./at-most.ts";
import type { ProxyMount } from "./proxy.ts";

/** The answer to a request whose content is announced as longer than the mount takes; undefined = it is not. */
export function refusalOf({ config }: ProxyMount, { head }: Incoming): Outgoing | undefined {
  const most = config.caching?.requestLimit;
  const announced = most === undefined ? 0 : head.fields.read(contentLength);
  if (typeof announced !== "number" || announced <= (most ?? announced)) return undefined;
  return problem(413, `The request's content has ${announced} octets; at ${config.prefix} ${most} are the most.`);
}

/**
 * What a client of an `http` mount asks the cache.
 * @param target as the mount's key has it
 */
export function plainRequest(mount: ProxyMount, target: string, incoming: Incoming): CacheRequest {
  const { config, keySpace, upstream, policies, targetKey } = mount;
  const { method, fields } = incoming.head;
  return {
    // what Connection names doesn't go on (RFC 9110 §7.6.1), so nothing may be selected by it
    head: { method, target, fields: fields.has("connection") ? endToEnd(fields) : fields },
    cacheKey: keySpace + target,
    keySpace,
    body: contentOf(mount, incoming),
    policy: policyFor(policies.plain(target), incoming),
    upstream,
    targetKey,
    mostStored: config.caching?.storeLimit,
    onInterim: (interim) => incoming.interim(interim),
  };
}

/** Content in a GET means nothing that others could know of (RFC 9110 §9.3.1): its answer is for the one who asked. */
function policyFor(usual: Policy, { head: { method }, body }: Incoming): Policy {
  const isFat = body !== null && (method === "GET" || method === "HEAD");
  return isFat ? { ...usual, reuse: "none", storing: false } : usual;
}

function contentOf({ config }: ProxyMount, { body }: Incoming): CacheRequest["body"] {
  const most = config.caching?.requestLimit;
  if (body === null || most === undefined) return body;
  return bounded(body, most, () => new ContentTooLarge(`at ${config.prefix} ${most} octets are the most`));
}
