const mark = " QUERY ";

/**
 * What the cache keys of a target's QUERY responses begin with, before a digest of what was asked (RFC 10008 §2.7). What
 * invalidates the target invalidates them, so a store that has an index finds them by it.
 */
export const queryFamily = (cacheKey: string): string => cacheKey + mark;

/** The family of a cache key; undefined where it is of none. No URI has a space in it. */
export function familyOf(cacheKey: string): string | undefined {
  const at = cacheKey.lastIndexOf(mark);
  return at < 0 ? undefined : cacheKey.slice(0, at + mark.length);
}
