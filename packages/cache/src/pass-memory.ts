import type { NotStorable, Timestamp } from "@larder/core";
import type { CacheRequest } from "./cache.ts";
import type { Forwarded } from "./forward.ts";
import { Recent } from "./recent.ts";

/** Milliseconds for which it is remembered; what changes its mind is noticed with its first response that may be shared. */
const rememberedFor = 120_000;
/** Octets of keys that are remembered, about. */
const mostBytes = 4 << 20;

/** Obstacles that lie in the one request, so that they say nothing of the next. */
const requestsOwn: ReadonlySet<NotStorable | "not-modified"> = new Set([
  "method",
  "partial",
  "policy",
  "request-no-store",
  "not-modified",
]);

/**
 * Remembers what turned out to be for the one who asked alone ("hit-for-pass"): who asks for it next does not wait for
 * an exchange under way that could not answer it anyway. Bounded in octets and time; forgotten as soon as a response
 * comes that others may have.
 */
export class PassMemory {
  readonly #until = new Recent<string, { readonly key: string; readonly until: Timestamp }>(
    mostBytes,
    ({ key }) => key.length + 200,
  );

  /** Whether a request should go by itself. */
  has(request: CacheRequest, now: Timestamp): boolean {
    const known = this.#until.get(memoryKey(request));
    return known !== undefined && now < known.until;
  }

  /** Takes in what a request's exchange with the upstream came to. */
  learn(request: CacheRequest, forwarded: Forwarded, now: Timestamp): void {
    const key = memoryKey(request);
    if (isForOneOnly(forwarded)) this.#until.set(key, { key, until: now + rememberedFor });
    else if (forwarded.type === "stored") this.#until.delete(key);
  }
}

function isForOneOnly(forwarded: Forwarded): boolean {
  if (forwarded.type === "passed") return !requestsOwn.has(forwarded.because);
  return forwarded.type === "stored" && !forwarded.shareable;
}

/** What credentials bring is often for one alone where the same without them is for all (RFC 9111 §3.5). */
function memoryKey({ cacheKey, head }: CacheRequest): string {
  return head.fields.has("authorization") ? `authorization ${cacheKey}` : cacheKey;
}
