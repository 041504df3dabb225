import type { FreshenReason, RetryReason } from "./decision.ts";
import { type EntityTag, etag, weakMatch } from "./entity-tag.ts";
import { lastModified } from "./http-date.ts";
import type { ResponseHead, StoredResponse, Timestamp } from "./message.ts";
import type { Context } from "./policy.ts";
import { originTime } from "./receiving.ts";

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

const tagOf = (stored: StoredResponse) => stored.fields.read(etag);
const modifiedOf = (stored: StoredResponse) => stored.fields.read(lastModified);

/** Rows in order; the first whose condition holds decides (RFC 9111 §4.3.4). */
const table: readonly (readonly [when: (x: Case) => boolean, then: (x: Case) => Freshening])[] = [
  // a strong tag: every nominated response with that very tag; a weak one: the newest that corresponds to it
  [
    ({ tag }) => tag !== undefined,
    (x) => {
      const isTheSame = (stored: StoredResponse) => weakMatch(x.tag, tagOf(stored));
      return x.tag!.weak
        ? found(x, isTheSame, "weak-validator", "newest")
        : found(x, isTheSame, "strong-validator", "all");
    },
  ],
  // only a date: the one with that date; a tag that was asked about and not repeated is no contradiction. Of several
  // with one date nobody knows which is meant: they are variants that the request would not have chosen
  [
    ({ modified }) => modified !== undefined,
    (x) => {
      const freshening = found(x, (s) => modifiedOf(s) === x.modified, "weak-validator", "all");
      const several = freshening.type === "found" && freshening.stored.length > 1;
      return several ? { type: "none", because: "ambiguous-not-modified" } : freshening;
    },
  ],
  // nothing, and nothing was kept either: the only one there is
  [
    ({ nominated }) => nominated.length === 1,
    (x) => {
      const stored = x.nominated[0]!;
      const hasValidator = tagOf(stored) !== undefined || modifiedOf(stored) !== undefined;
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
