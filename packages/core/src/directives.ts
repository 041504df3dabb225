import { type ResponseDirectives, responseCacheControl } from "./cache-control.ts";
import type { Fields } from "./fields.ts";
import type { Policy } from "./policy.ts";

/** Which field the directives came from: then Expires and Pragma count only beside Cache-Control (RFC 9213 §2.1). */
export interface EffectiveDirectives {
  readonly directives: ResponseDirectives;
  readonly targeted: boolean;
}

/**
 * The directives that this cache obeys: the first targeted field of its list that is there and can be read, else
 * Cache-Control (RFC 9213 §2.2). Surrogate-Control takes part with its older syntax.
 */
export function effectiveDirectives(fields: Fields, policy: Policy): EffectiveDirectives {
  for (const target of policy.targets) {
    const directives = fields.read(target);
    if (directives !== undefined) return { directives, targeted: true };
  }
  return { directives: fields.read(responseCacheControl), targeted: false };
}
