import type { FreshenReason, RetryReason } from "./decision.ts";
import { type EntityTag, etag, strongMatch, weakMatch } from "./entity-tag.ts";
import { factsOf } from "./facts.ts";
import { Fields } from "./fields.ts";
import { endToEnd } from "./hop-by-hop.ts";
import { lastModified } from "./http-date.ts";
import type { ResponseHead, StoredResponse, Timestamp } from "./message.ts";
import type { Context } from "./policy.ts";
import { originTime, withDate } from "./receiving.ts";

/** What a 304 carries, and what it was asked about. */
interface Case {
  readonly tag: EntityTag | undefined;
  readonly modified: Timestamp | undefined;
  readonly nominated: readonly StoredResponse[];
  readonly context: Context;
}

export type Freshening =
  | { readonly type: "found"; readonly stored: readonly StoredResponse[]; readonly because: FreshenReason }
  | { readonly type: "none"; readonly because: RetryReason };

const tagOf = (stored: StoredResponse, x: Case) => factsOf(stored, x.context).etag;
const modifiedOf = (stored: StoredResponse, x: Case) => factsOf(stored, x.context).lastModified;

/** Rows in order; the first whose condition holds decides (RFC 9111 §4.3.4). */
const table: readonly (readonly [when: (x: Case) => boolean, then: (x: Case) => Freshening])[] = [
  // a strong tag: every nominated response with that very tag
  [
    ({ tag }) => tag !== undefined && !tag.weak,
    (x) => found(x, (s) => sameTag(x.tag!, tagOf(s, x)), "strong-validator", "all"),
  ],
  // a weak tag: the newest that corresponds to it
  [({ tag }) => tag !== undefined, (x) => found(x, (s) => sameTag(x.tag!, tagOf(s, x)), "weak-validator", "newest")],
  // only a date: the newest with that date; a tag that was asked about and not repeated is no contradiction
  [
    ({ modified }) => modified !== undefined,
    (x) => found(x, (s) => modifiedOf(s, x) === x.modified, "weak-validator", "newest"),
  ],
  // nothing, and nothing was kept either: the only one there is
  [
    ({ nominated }) => nominated.length === 1,
    (x) => {
      const stored = x.nominated[0]!;
      const hasValidator = tagOf(stored, x) !== undefined || modifiedOf(stored, x) !== undefined;
      if (!hasValidator) return { type: "found", stored: [stored], because: "no-validator-anywhere" };
      // Ours: the request asked about one response and named its validator, so the sender can have meant no other.
      // uv, which wants the validator repeated, calls this 304 unusable; pip, nginx and Varnish take it.
      if (x.context.policy.bareNotModified === "accept") {
        return { type: "found", stored: [stored], because: "bare-not-modified" };
      }
      return { type: "none", because: "ambiguous-not-modified" };
    },
  ],
  [() => true, () => ({ type: "none", because: "ambiguous-not-modified" })],
];

/** Two strong tags match strongly; where either is weak, weakly (RFC 9110 §8.8.3.2). */
function sameTag(a: EntityTag, b: EntityTag | undefined): boolean {
  if (b === undefined) return false;
  return a.weak || b.weak ? weakMatch(a, b) : strongMatch(a, b);
}

function found(
  x: Case,
  matches: (stored: StoredResponse) => boolean,
  because: FreshenReason,
  which: "all" | "newest",
): Freshening {
  const stored = x.nominated.filter(matches).sort((a, b) => originTime(b) - originTime(a));
  if (stored.length === 0) return { type: "none", because: "contradicting-validator" };
  return { type: "found", stored: which === "all" ? stored : stored.slice(0, 1), because };
}

/**
 * Which of the nominated responses a 304 speaks of (RFC 9111 §4.3.4). A 304 whose validator contradicts what was
 * asked about selects nothing.
 */
export function selectForFreshening(
  notModified: ResponseHead,
  nominated: readonly StoredResponse[],
  context: Context,
): Freshening {
  const x: Case = {
    tag: notModified.fields.read(etag),
    modified: notModified.fields.read(lastModified),
    nominated,
    context,
  };
  return table.find(([when]) => when(x))![1](x);
}

/**
 * Fields that a 304 or a HEAD doesn't change: they describe the content that is kept, which came without them
 * (RFC 9111 §3.2; the tag was either equal or absent).
 */
const bound = new Set(["content-length", "content-encoding", "content-range", "content-md5", "etag"]);

/**
 * A stored response with the fields of a newer head (RFC 9111 §3.2): each field that it brings takes the place of all
 * stored lines of that name; the times are the new exchange's; Age goes unless it comes anew.
 */
export function freshen(
  stored: StoredResponse,
  head: ResponseHead,
  times: { readonly requestTime: Timestamp; readonly responseTime: Timestamp },
): StoredResponse {
  const brought = withDate(endToEnd(head.fields), times.responseTime).filter((name) => !bound.has(name));
  const names = brought.names();
  const kept = stored.fields.filter((name) => !names.has(name) && name !== "age");
  return { ...stored, ...times, fields: Fields.fromRaw([...kept.raw, ...brought.raw]), invalid: false };
}
