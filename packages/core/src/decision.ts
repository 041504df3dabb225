import type { Received, RequestHead, Seconds, StoredResponse, Varying } from "./message.ts";
import type { NotStorable } from "./storing.ts";
import type { VerifyReason } from "./trust.ts";

/** Why a stored response answers without asking the upstream. */
export type ServeReason =
  | "fresh"
  | "override"
  | "negative"
  | "immutable"
  | "max-stale"
  | "any-age"
  | "stale-while-revalidate";

/**
 * Why the upstream is asked; the words of RFC 9211 §2.2, except `invalid`, which is `stale` there: the stored
 * response was invalidated or purged softly.
 */
export type ForwardReason =
  | "bypass"
  | "method"
  | "uri-miss"
  | "vary-miss"
  | "miss"
  | "request"
  | "stale"
  | "partial"
  | "invalid";

export type RefuseReason = "only-if-cached";

/** What to do with a request. */
export type Decision =
  | {
      readonly type: "serve";
      readonly stored: StoredResponse;
      readonly age: Seconds;
      /** seconds of freshness left; negative when stale (RFC 9211 §2.3) */
      readonly ttl: Seconds;
      /** validate it in the background, after answering (RFC 5861 §3) */
      readonly background?: Validation | Forward;
      readonly because: ServeReason;
    }
  | Validation
  | Forward
  | { readonly type: "refuse"; readonly status: 504; readonly because: RefuseReason };

/** A request that asks about nothing stored. */
export interface Forward {
  readonly type: "forward";
  readonly request: RequestHead;
  /** what would answer the request, had it a validator; what may answer it should the upstream fail */
  readonly selected?: StoredResponse;
  /** the stored beginning that the answer, a 206, is to be joined to (RFC 9111 §3.4) */
  readonly completes?: StoredResponse;
  /** why it asks for the whole although `selected` has a validator */
  readonly verifies?: VerifyReason;
  readonly because: ForwardReason;
}

/** A conditional request about stored responses (RFC 9111 §4.3.1). */
export interface Validation {
  readonly type: "validate";
  /** what is sent */
  readonly request: RequestHead;
  /** what it asks about; never empty */
  readonly nominated: readonly StoredResponse[];
  /** what would answer the request, were it fresh; what may answer it should the upstream fail */
  readonly selected?: StoredResponse;
  readonly because: ForwardReason;
}

/** How the one stored response that a 304 speaks of was found: the rows of the table (RFC 9111 §4.3.4). */
export type FreshenReason = "strong-validator" | "weak-validator" | "no-validator-anywhere" | "bare-not-modified";
/** Why the whole is asked for: a 304 speaks of nothing that is stored, or the validation failed. */
export type RetryReason =
  | "contradicting-validator"
  | "ambiguous-not-modified"
  | "unasked-not-modified"
  | "failed-validation";

/** What is kept of a new response; the store adds its id and its content. */
export interface Storable extends Received {
  readonly method: string;
  readonly varying: Varying;
}

/** A stored response's content for other requests: to be stored beside it, under an id of its own (RFC 9111 §4.1). */
export interface Variant {
  readonly response: Omit<StoredResponse, "id">;
  /** stored responses that must go for it: of too many variants, the oldest */
  readonly replaces: readonly StoredResponse[];
}

/** What to do with a response. */
export type Outcome =
  | {
      readonly type: "store";
      readonly response: Storable;
      /** what comes before the upstream's content: the content of this stored response (RFC 9111 §3.4) */
      readonly after?: StoredResponse;
      /** stored responses whose place it takes */
      readonly replaces: readonly StoredResponse[];
      /** as in `pass` */
      readonly invalidates: readonly string[];
    }
  | {
      readonly type: "freshen";
      /** the stored responses that the 304 updates, with their new heads; their content stays */
      readonly updated: readonly StoredResponse[];
      /** the one that answers the request */
      readonly selected: StoredResponse;
      /** where `selected` is stored for other requests (its Vary tells this one apart): what is to be stored for this one */
      readonly variant?: Variant;
      readonly because: FreshenReason;
    }
  | {
      readonly type: "pass";
      readonly because: NotStorable | "not-modified";
      /** stored responses with new heads, after a HEAD (RFC 9111 §4.3.5) */
      readonly updated: readonly StoredResponse[];
      /** target URIs whose stored responses must be validated from now on (RFC 9111 §4.4) */
      readonly invalidates: readonly string[];
    }
  | { readonly type: "serve-stale"; readonly stored: StoredResponse; readonly because: "stale-if-error" }
  /** at most once: a retry's request nominates nothing, so its 304 can't lead here again */
  | { readonly type: "retry"; readonly request: RequestHead; readonly because: RetryReason }
  | { readonly type: "fail"; readonly status: 502 | 504; readonly because: FailReason };

export type FailReason =
  | "unasked-not-modified"
  | "ambiguous-not-modified"
  | "unreachable"
  | "timeout"
  | "broken"
  | "offline";
