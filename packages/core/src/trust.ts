import { requestCacheControl } from "./cache-control.ts";
import { etag, weakMatch } from "./entity-tag.ts";
import { lastModified } from "./http-date.ts";
import type { RequestHead, ResponseHead, StoredContent, StoredResponse, Timestamp } from "./message.ts";
import type { Context, Policy } from "./policy.ts";
import { pragmaNoCache } from "./pragma.ts";

/** Why the whole is asked for although there is a validator to ask with. */
export type VerifyReason = "verify-asked" | "verify-distrusted" | "verify-due";

interface Case {
  readonly request: RequestHead;
  readonly stored: StoredResponse;
  readonly verify: NonNullable<Policy["verify"]>;
  readonly context: Context;
}

/** Rows in order; the first whose condition holds is the reason. */
const reasons: readonly (readonly [VerifyReason, (x: Case) => boolean])[] = [
  ["verify-asked", ({ request, context }) => context.policy.requestDirectives && saysNoCache(request)],
  [
    "verify-distrusted",
    ({ stored, verify, context }) =>
      stored.caughtAt !== undefined && context.now - stored.caughtAt < verify.distrust * 1000,
  ],
  ["verify-due", ({ stored, verify, context }) => context.now - stored.verifiedAt >= verify.every * 1000],
];

/** RFC 9111 §5.2.1.4, §5.4. */
function saysNoCache({ fields }: RequestHead): boolean {
  const directives = fields.read(requestCacheControl);
  return directives.noCache || (!directives.present && fields.read(pragmaNoCache));
}

/**
 * Whether the upstream's word that this stored response is not modified would not be enough (`Policy.verify`).
 * @returns why, or undefined where it is asked with a condition as usual
 */
export function whyVerify(request: RequestHead, stored: StoredResponse, context: Context): VerifyReason | undefined {
  const { verify } = context.policy;
  if (verify === null) return undefined;
  const x: Case = { request, stored, verify, context };
  return reasons.find(([, holds]) => holds(x))?.[0];
}

/** A response that has come whole. */
interface Whole extends ResponseHead {
  readonly content: StoredContent;
}

/**
 * Whether an upstream was caught: it gives other octets than before, and its validators say that nothing has changed,
 * so that a conditional request would have had a 304. The tag decides where both have one (RFC 9110 §13.2.2), weak ones
 * included: what changes under a weak tag still is not what clients have. In another coding it is another
 * representation, and says nothing.
 */
export function isCaught(before: StoredResponse, now: Whole): boolean {
  if (before.content.sha256 === now.content.sha256 || before.status !== 200 || now.status !== 200) return false;
  for (const name of ["content-encoding", "content-type"])
    if (before.fields.get(name) !== now.fields.get(name)) return false;
  const [tagBefore, tag] = [before.fields.read(etag), now.fields.read(etag)];
  if (tagBefore !== undefined && tag !== undefined) return weakMatch(tagBefore, tag);
  const [modifiedBefore, modified] = [before.fields.read(lastModified), now.fields.read(lastModified)];
  return modifiedBefore !== undefined && modified !== undefined && modified <= modifiedBefore;
}

/**
 * What a new stored response remembers about its upstream's honesty.
 * @param before what it takes the place of
 * @param now the time
 */
export function caughtAt(before: StoredResponse | undefined, whole: Whole, now: Timestamp): Timestamp | undefined {
  if (before === undefined) return undefined;
  return isCaught(before, whole) ? now : before.caughtAt;
}

/** What `Policy.verify` needs. */
export interface TrustRules {
  readonly whyVerify: typeof whyVerify;
  readonly caughtAt: typeof caughtAt;
}
export const trustRules: TrustRules = { whyVerify, caughtAt };
