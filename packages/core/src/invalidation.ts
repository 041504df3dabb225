import type { RequestHead, ResponseHead } from "./message.ts";
import { methodRules } from "./methods.ts";
import { resolveTarget, sameOrigin } from "./targets.ts";

/**
 * The URIs whose stored responses are no longer to be trusted after this exchange (RFC 9111 §4.4): after an unsafe
 * method that did not fail, its target, and what Location and Content-Location name on the same origin.
 * @returns absolute URIs without fragment, each once
 */
export function invalidatedBy(request: RequestHead, response: ResponseHead): readonly string[] {
  if (methodRules(request.method).safe || response.status < 200 || response.status >= 400) return [];
  const named = ["location", "content-location"].flatMap((name) => {
    const reference = response.fields.get(name);
    const target = reference === undefined ? undefined : resolveTarget(request.target, reference);
    return target !== undefined && sameOrigin(target, request.target) ? [target] : [];
  });
  return [...new Set([request.target, ...named])];
}
