/** What a handler answers, and the three rules for its cache fields (origin has them in one function). */
import { lastChange } from "@larder/origin";
import type { Change } from "../domain/world-change.ts";

/** Milliseconds since the epoch, on whatever has one. */
interface Dated {
  readonly modified: number;
}

/**
 * When what the answer shows was last modified: that of one entity, the newest of a collection, or now, for what is
 * composed or empty. `nothing`: there is no such time, and the field is left out. A function, because a 304 needs none.
 */
export type Modified = (now: number) => number | "nothing";

export const ofEntity =
  ({ modified }: Dated): Modified =>
  (now) =>
    lastChange({ updated_at: modified }, now);

export const newestOf =
  (collection: Iterable<Dated>, empty: "now" | "nothing" = "now"): Modified =>
  (now) => {
    const rows = Array.from(collection, ({ modified }) => ({ updated_at: modified }));
    return rows.length === 0 && empty === "nothing" ? "nothing" : lastChange(rows, now);
  };

export const justNow: Modified = (now) => lastChange("composed", now);

export interface Answer {
  readonly status: 200 | 201 | 204;
  /** makes the content: a JSON value, or JSON text as bytes; left out = none */
  readonly body?: () => unknown;
  /** path of what was created, with the prefix */
  readonly location?: string;
  /** from 1.15: Last-Modified and Cache-Control; left out = neither */
  readonly modified?: Modified;
  /** on GET from 1.15: the newest change number among what the content depends on; left out = no entity tag */
  readonly stamp?: number;
  /** false = the order of members follows from how this process came to its world, so the tag holds for it alone */
  readonly ordered?: false;
  /** what a write comes to */
  readonly changes?: readonly Change[];
}

export const noContent = (changes: readonly Change[]): Answer => ({ status: 204, changes });

/** Finds something out when it is first asked for: neither a 304 nor an old microversion pays for what it does not show. */
export function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}
