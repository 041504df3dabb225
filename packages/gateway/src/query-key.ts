import { isLike } from "@larder/formats";
import type { CachingConfig } from "./config-cache.ts";

/**
 * What all URLs are brought to that a mount takes for the same: without the parameters that make no difference, in one
 * order where theirs makes none. It is what is asked of the upstream, too: what others are answered with must not depend
 * on anything that the key leaves out. Names are compared decoded, values are left as they are.
 */
export function targetKey(caching: CachingConfig | undefined): (target: string) => string {
  const { ignore, keep, sort } = caching?.query ?? { ignore: [], keep: undefined, sort: false };
  if (ignore.length === 0 && keep === undefined && !sort) return (target) => target;
  const named = keep ?? ignore;
  const counts = (pair: string) => named.some((pattern) => isLike(pattern, nameOf(pair))) === (keep !== undefined);
  return (target) => {
    const at = target.indexOf("?");
    if (at < 0) return target;
    const pairs = target.slice(at + 1).split("&");
    const kept = pairs.filter((pair) => pair !== "" && counts(pair));
    const ordered = sort ? kept.toSorted((a, b) => compare(nameOf(a), nameOf(b))) : kept;
    return target.slice(0, at) + (ordered.length === 0 ? "" : `?${ordered.join("&")}`);
  };
}

/** Those of one name keep their order: it may mean something. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const nameOf = (pair: string): string => new URLSearchParams(pair).keys().next().value ?? "";
