import { type Forward, methodRules, type Validation } from "@larder/core";
import type { CacheRequest } from "./cache.ts";
import { UpstreamFailure, type UpstreamResponse } from "./upstream.ts";

/**
 * Sends a request, and once more where that can do no harm: it never reached the upstream, or its method is idempotent
 * and it had no content (RFC 9110 §9.2.2).
 */
export async function send(request: CacheRequest, decision: Validation | Forward): Promise<UpstreamResponse> {
  const options = {
    body: request.body,
    ...(request.onInterim && { onInterim: request.onInterim }),
  };
  try {
    return await request.upstream.send(decision.request, options);
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || error.kind === "offline" || error.kind === "timeout") throw error;
    const harmless = error.unsent
      ? request.body === null
      : methodRules(request.head.method).idempotent && request.body === null;
    if (!harmless) throw error;
    return request.upstream.send(decision.request, options);
  }
}
