import type { Policy } from "@larder/core";

/** Fetch §2.2.5. */
export type CacheMode = NonNullable<RequestInit["cache"]>;

/** How a cache mode of the Fetch standard is carried out. */
export interface ModeRules {
  readonly reuse: Policy["reuse"];
  readonly storing: boolean;
  /** nothing stored: an error instead of a request */
  readonly onlyIfCached: boolean;
  /** fields that a request gets where it has none of that name, so that caches on the way know (Fetch, §4.6) */
  readonly adds: Readonly<Record<string, string>>;
}

const anew = { pragma: "no-cache", "cache-control": "no-cache" };
const plain = { storing: true, onlyIfCached: false, adds: {} };

/** The cache modes of the Fetch standard (§2.2.5). */
export const cacheModes: Readonly<Record<CacheMode, ModeRules>> = {
  default: { ...plain, reuse: "rules" },
  "no-store": { reuse: "none", storing: false, onlyIfCached: false, adds: anew },
  reload: { ...plain, reuse: "none", adds: anew },
  "no-cache": { ...plain, reuse: "validated", adds: { "cache-control": "max-age=0" } },
  "force-cache": { ...plain, reuse: "any" },
  "only-if-cached": { ...plain, reuse: "any", onlyIfCached: true },
};
