/** Final statuses whose meaning for caching this cache knows (RFC 9111 §3, §5.2.2.3), as first and last of each row. */
const understood = [
  [200, 206],
  [300, 304],
  [307, 308],
  [400, 417],
  [421, 422],
  [425, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 505],
  [511, 511],
] as const;
/** Statuses that may be kept without explicit freshness (RFC 9110 §15.1). */
const heuristic = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

export const isUnderstood = (status: number): boolean =>
  understood.some(([first, last]) => first <= status && status <= last);
export const isHeuristicallyCacheable = (status: number): boolean => heuristic.has(status);

/** A failure of the server's that a stale response may cover: RFC 5861 §4 names the 5xx; 429 says "not now", too. */
export const coverable = (status: number): boolean =>
  status === 500 || status === 502 || status === 503 || status === 504 || status === 429;
