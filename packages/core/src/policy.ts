import type { ResponseDirectives } from "./cache-directives.ts";
import type { FieldParser } from "./fields.ts";
import type { ResponseHead, Seconds, Timestamp } from "./message.ts";
import type { TrustRules } from "./trust.ts";

/**
 * What a cache's operator, or a format that knows its ecosystem, decides beyond the RFC's rules. Data, so that
 * `core` stays the only judge and every decision can name the rule that it followed.
 */
export interface Policy {
  /** RFC 9111 §4.2.2: share of the time since Last-Modified, and the longest lifetime it may give; null = never */
  readonly heuristic: { readonly fraction: number; readonly atMost: Seconds } | null;
  /**
   * How the freshness lifetime is found. `upstream`: RFC 9111 §4.2.1 alone. `at-most`: the upstream's explicit
   * lifetime, cut; nothing explicit = 0. `exactly`: this many seconds, whatever the upstream says. `immutable`: a
   * response that says `immutable` (RFC 8246) never changes, so it is always fresh, also against a client's `no-cache`;
   * any other as with `upstream`.
   */
  readonly lifetime:
    | { readonly rule: "upstream" }
    | { readonly rule: "at-most"; readonly seconds: Seconds }
    | { readonly rule: "exactly"; readonly seconds: Seconds }
    | { readonly rule: "immutable" };
  /**
   * What the operator chose for some responses, which stands above `lifetime`. Left out where nothing was chosen.
   * Depends on nothing but the head.
   */
  readonly choose?: (response: ResponseHead) => Choice | undefined;
  /** how long past its lifetime a response may answer while it is validated, where it does not say itself (RFC 5861 §3) */
  readonly staleWhileRevalidate: Seconds;
  /** how long past its lifetime a response may answer when the upstream fails, where it does not say itself (RFC 5861 §4) */
  readonly staleIfError: Seconds;
  /**
   * How long past its lifetime a response may answer when no response came at all: a cache that is disconnected may
   * serve what nothing forbids (RFC 9111 §4.2.4). An upstream that answers, if only with an error, is not away.
   */
  readonly staleIfDisconnected: Seconds;
  /**
   * A 304 that carries no validator, or whose validators can't select one stored response: `accept` it as an answer
   * about the one response that was nominated, where exactly one was; `retry` never does and asks again, once; `strict`
   * takes it for a failure of the upstream.
   */
  readonly bareNotModified: "accept" | "retry" | "strict";
  /**
   * How far an upstream's 304 is believed. null: always (RFC 9111 §4.3.3). Else the whole is asked for in place of a
   * validation where its content last came `every` seconds ago or longer, where the client says `no-cache`, and for
   * `distrust` seconds after the upstream was caught giving other content for the same validator. Its rules come with it
   * (`trustRules`), so that who verifies nothing need not carry them.
   */
  readonly verify: Verify | null;
  /**
   * What an error (4xx, 5xx, but not 429) in answer to a validation leads to: `final` takes it as it is; `retry` asks
   * for the whole, once, since some servers fail at the condition alone.
   */
  readonly failedValidation: "final" | "retry";
  /**
   * Whether `must-revalidate`, `proxy-revalidate`, `no-cache` and a shared cache's `s-maxage` forbid a stale answer when
   * the upstream fails (RFC 9111 §4.2.4). A format whose documents Larder makes itself, as their origin, may say no; then
   * they don't allow a response to credentials to be stored either (§3.5).
   */
  readonly obeyRevalidate: boolean;
  /** `ignore` where the format fixes the fields that the upstream could select by; `Authorization` counts all the same (RFC 9111 §4.1) */
  readonly vary: "obey" | "ignore";
  /** whether a request's own Cache-Control is followed (RFC 9111 §5.2.1) */
  readonly requestDirectives: boolean;
  /**
   * Targeted fields that this cache obeys before Cache-Control, in order (RFC 9213 §2.1): `targetedCacheControl(name)`,
   * `surrogateControl`. As parsers, so that who obeys none need not carry what reads them.
   */
  readonly targets: readonly FieldParser<ResponseDirectives | undefined>[];
  /**
   * Which stored responses may answer: those that RFC 9111 allows (`rules`), none before the upstream has been asked
   * about it (`validated`), stale ones too (`any`), or none at all. What Fetch calls `default`, `no-cache`,
   * `force-cache` and `reload`.
   */
  readonly reuse: "rules" | "validated" | "any" | "none";
  /** whether responses are stored; false is Fetch's `no-store` */
  readonly storing: boolean;
  /** a stored response must have come, or have been validated, at this time or later to be used without validation */
  readonly validatedSince: Timestamp;
}

/**
 * What an operator chose for a response. `override`: its lifetime, whatever it says, `no-cache` included, but not where it
 * may not be stored. `negative`: its lifetime where it says none, and its longest where it does. `too-long`: it is not
 * stored.
 */
export type Choice =
  | { readonly type: "override" | "negative"; readonly seconds: Seconds }
  | { readonly type: "too-long" };

export interface Verify {
  readonly every: Seconds;
  readonly distrust: Seconds;
  readonly rules: TrustRules;
}

/** The RFC's own rules, with the usual heuristic: a tenth of the age, a day at most. */
export const plainPolicy: Policy = {
  heuristic: { fraction: 0.1, atMost: 86_400 },
  lifetime: { rule: "upstream" },
  staleWhileRevalidate: 0,
  staleIfError: 0,
  staleIfDisconnected: 0,
  bareNotModified: "accept",
  verify: null,
  failedValidation: "final",
  obeyRevalidate: true,
  vary: "obey",
  requestDirectives: true,
  targets: [],
  reuse: "rules",
  storing: true,
  validatedSince: -Infinity,
};

/** What a decision depends on besides the messages. */
export interface Context {
  readonly now: Timestamp;
  /** a cache that serves several users (RFC 9111 §1.2.1) */
  readonly shared: boolean;
  readonly policy: Policy;
}
