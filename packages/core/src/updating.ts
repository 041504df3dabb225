import { Fields } from "./fields.ts";
import { endToEnd } from "./hop-by-hop.ts";
import type { RequestHead, ResponseHead, StoredResponse, Times } from "./message.ts";
import type { Context } from "./policy.ts";
import { withDate, withoutWithheld } from "./receiving.ts";
import { varyingOf, varyNames } from "./selection.ts";
import { type NotStorable, whyNotStorable } from "./storing.ts";

/**
 * Fields that a 304 or a HEAD doesn't change: they describe the content that is kept, which came without them
 * (RFC 9111 §3.2; the tag was either equal or absent).
 */
const bound = new Set(["content-length", "content-encoding", "content-range", "content-md5", "etag"]);

/**
 * A stored response with the fields of a newer head (RFC 9111 §3.2): each field that it brings takes the place of all
 * stored lines of that name, but for those that are not to be kept (§3.1); the times are the new exchange's; Age goes
 * unless it comes anew.
 */
export function freshen(stored: StoredResponse, head: ResponseHead, times: Times, context: Context): StoredResponse {
  const brought = withDate(endToEnd(head.fields), times.responseTime).filter((name) => !bound.has(name));
  const names = brought.names();
  const kept = stored.fields.filter((name) => !names.has(name) && name !== "age");
  const fields = withoutWithheld(Fields.fromRaw([...kept.raw, ...brought.raw]), context);
  const { requestTime, responseTime } = times;
  return { ...stored, requestTime, responseTime, fields, invalid: false };
}

/** Obstacles that lie in the request: they keep its response out of the store, and change nothing that is there. */
const requestsOwn: ReadonlySet<NotStorable> = new Set(["request-no-store", "policy", "authorization"]);

/**
 * What the store keeps of a response that a 304 to a request that had selected it, or a HEAD, has updated. The newer head
 * counts as any response's: where it may not be stored (RFC 9111 §3), it either stays out, or what is stored is not used
 * again without validation.
 * @returns undefined when the store is to stay as it is
 */
export function keptAfterUpdate(
  request: RequestHead,
  updated: StoredResponse,
  context: Context,
): StoredResponse | undefined {
  const obstacle = whyNotStorable(asGet(request), updated, context);
  if (obstacle !== undefined && requestsOwn.has(obstacle)) return undefined;
  const names = varyNames(updated, context.policy);
  const same = names.length === updated.varying.length && updated.varying.every(([name], i) => name === names[i]);
  // Vary: * names no fields that it could be selected by
  const varying = same || obstacle === "vary" ? updated.varying : varyingOf(request, updated, context.policy);
  return { ...updated, varying, ...(obstacle !== undefined && { invalid: true }) };
}

/**
 * What a 304 to a request that no stored response matches leaves for requests like it: the stored response that it
 * names, updated, as the variant of this request. What is stored for other requests stays as it is: this request could
 * not have chosen it (RFC 9111 §4.3.4), and how long it answers those is not for this 304 to say.
 * @returns undefined where it may not be stored
 */
export function variantFor(
  request: RequestHead,
  updated: StoredResponse,
  context: Context,
): Omit<StoredResponse, "id"> | undefined {
  if (whyNotStorable(asGet(request), updated, context) !== undefined) return undefined;
  const { id: _, ...response } = updated;
  return { ...response, varying: varyingOf(request, updated, context.policy) };
}

/** An answer to HEAD is what GET would have had, but for the content (RFC 9110 §9.3.2). */
const asGet = (request: RequestHead): RequestHead =>
  request.method === "HEAD" ? { ...request, method: "GET" } : request;
