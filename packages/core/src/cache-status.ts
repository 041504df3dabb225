import type { ForwardReason, FreshenReason, RefuseReason, RetryReason, ServeReason } from "./decision.ts";
import type { Seconds } from "./message.ts";
import type { NotStorable } from "./storing.ts";
import type { VerifyReason } from "./trust.ts";

/** How this cache handled a request: one member of Cache-Status (RFC 9211 §2). */
export interface CacheStatus {
  /** answered by a stored response, without asking the upstream first (§2.1) */
  readonly hit: boolean;
  /** why the upstream was asked (§2.2) */
  readonly fwd?: ForwardReason;
  /** what it answered (§2.3) */
  readonly fwdStatus?: number;
  /** seconds of freshness left, negative when stale (§2.4) */
  readonly ttl?: Seconds;
  /** the response was stored (§2.5) */
  readonly stored?: boolean;
  /** the request shared another one's exchange with the upstream (§2.6) */
  readonly collapsed?: boolean;
  /** what the response is stored under, where the request's URL doesn't say it (§2.7) */
  readonly key?: string;
  /** what the words above don't say (§2.8): tokens of our own, each with its reason */
  readonly detail?: CacheDetail;
  /** the upstream that it came from, a host, where there are several: in `detail`, too */
  readonly from?: string;
}

/** Implementation-specific words for `detail`, all of them. */
export type CacheDetail =
  | Exclude<ServeReason, "fresh">
  | FreshenReason
  | RetryReason
  | RefuseReason
  | NotStorable
  | "not-modified"
  | VerifyReason
  | "caught"
  | "stale-if-error"
  | "unreachable"
  | "timeout"
  | "broken"
  | "offline";

/** RFC 9211 §2.2 has no word for a response that was invalidated; it is stale by our own doing. */
const fwdWord = (reason: ForwardReason) => (reason === "invalid" ? "stale" : reason);

/**
 * The field value of a Cache-Status member (RFC 9211 §2).
 * @param name the cache's name, a token
 */
export function formatCacheStatus(name: string, status: CacheStatus): string {
  let text = name;
  if (status.hit) text += "; hit";
  if (status.fwd !== undefined) text += `; fwd=${fwdWord(status.fwd)}`;
  if (status.fwdStatus !== undefined) text += `; fwd-status=${status.fwdStatus}`;
  if (status.ttl !== undefined && Number.isFinite(status.ttl)) text += `; ttl=${Math.floor(status.ttl)}`;
  if (status.stored) text += "; stored";
  if (status.collapsed) text += "; collapsed";
  // a URL has nothing that a String writes in another way than JSON does (RFC 9651 §3.3.3)
  if (status.key !== undefined) text += `; key=${JSON.stringify(status.key)}`;
  if (status.from !== undefined) {
    text += `; detail="${status.detail === undefined ? "" : `${status.detail}, `}from ${status.from}"`;
  } else if (status.detail !== undefined) text += `; detail=${status.detail}`;
  return text;
}
