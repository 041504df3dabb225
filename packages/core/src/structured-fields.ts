/**
 * What structured fields are made of (RFC 9651 §3). Types are kept apart that JavaScript would mix up, because a
 * field may ask for an Integer and refuse a Decimal.
 */
export type BareItem =
  /** at most 15 digits (§3.3.1) */
  | { readonly type: "integer"; readonly value: number }
  /** at most 12 digits before the point and 3 after it (§3.3.2) */
  | { readonly type: "decimal"; readonly value: number }
  /** printable ASCII (§3.3.3) */
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "token"; readonly value: string }
  | { readonly type: "bytes"; readonly value: Uint8Array }
  | { readonly type: "boolean"; readonly value: boolean }
  /** seconds since the epoch (§3.3.7) */
  | { readonly type: "date"; readonly value: number }
  /** any Unicode text (§3.3.8) */
  | { readonly type: "display-string"; readonly value: string };

/** By key, in order (RFC 9651 §3.1.2). */
export type Parameters = ReadonlyMap<string, BareItem>;

/** A value with parameters (RFC 9651 §3.3). */
export interface Item {
  readonly item: BareItem;
  readonly parameters: Parameters;
}

/** A list in a list, which has parameters of its own (RFC 9651 §3.1.1). */
export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

export type Member = Item | InnerList;
/** RFC 9651 §3.1 */
export type List = readonly Member[];
/** By key, in order (RFC 9651 §3.2). */
export type Dictionary = ReadonlyMap<string, Member>;

/** A key of a dictionary or a parameter (RFC 9651 §3.1.2), anchored nowhere. */
export const keyPattern = "[a-z*][a-z0-9_\\-.*]*";
/** A token of structured fields (RFC 9651 §3.3.4), which is not quite RFC 9110's. */
export const tokenPattern = "[A-Za-z*][!#$%&'*+\\-.^_`|~0-9A-Za-z:/]*";
