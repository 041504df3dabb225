import { requestCacheControl } from "./cache-control.ts";
import { currentTtl, factsOf } from "./facts.ts";
import type { Received, RequestHead, Seconds } from "./message.ts";
import type { Context, Policy } from "./policy.ts";
import { pragmaNoCache } from "./pragma.ts";
import { forbidsStoring } from "./staleness.ts";

/**
 * Whether a response that just came, and that may be stored, may also answer the other requests that are waiting for
 * the same (RFC 9111 §4): only where a later request would get it without validation. A page that says nothing of its
 * freshness, or no-cache, may be another one for each user. A policy with a lifetime of its own knows better;
 * one that wants each request asked for itself wants this, too.
 */
export function mayAnswerOthers(response: Received, context: Context): boolean {
  const { lifetime } = context.policy;
  if (lifetime.rule === "exactly") return lifetime.seconds > 0;
  if (lifetime.rule !== "upstream") return true;
  const facts = factsOf(response, context);
  if (facts.directives.noCache === true || forbidsStoring(facts)) return false;
  return initialTtl(response, context) > 0;
}

/** Seconds of freshness that a response has left when it comes. */
export function initialTtl(response: Received, context: Context): Seconds {
  return currentTtl(response, { ...context, now: response.responseTime }).ttl;
}

/** Whether a request wants an answer that was asked for after it: `no-cache`, by either field (RFC 9111 §5.2.1.4, §5.4). */
export function wantsItsOwn({ fields }: RequestHead, policy: Policy): boolean {
  if (!policy.requestDirectives) return false;
  const wishes = fields.read(requestCacheControl);
  return wishes.noCache || (!wishes.present && fields.read(pragmaNoCache));
}

/** Whether a request had better not wait with others: it wants its own answer, or one that they may not want (RFC 5861 §4). */
export function asksAlone(request: RequestHead, policy: Policy): boolean {
  if (wantsItsOwn(request, policy)) return true;
  return policy.requestDirectives && request.fields.read(requestCacheControl).staleIfError !== undefined;
}

/**
 * Whether a response is new enough for a request that waited for it (RFC 9111 §5.2.1.1, §5.2.1.3); where the request
 * came after the response's head, also whether it was fresh then. Age counts in whole seconds here, so that `max-age=0`
 * may wait with others for what comes within one.
 * @param context its `now` is when the request began to wait
 */
export function isNewEnough({ fields }: RequestHead, response: Received, context: Context): boolean {
  const { maxAge, minFresh } = context.policy.requestDirectives ? fields.read(requestCacheControl) : {};
  const { age, ttl } = currentTtl(response, context);
  if (maxAge !== undefined && Math.floor(age) > maxAge) return false;
  if (minFresh === undefined && context.now <= response.responseTime) return true;
  return ttl > 0 && ttl >= (minFresh ?? 0);
}
