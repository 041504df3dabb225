/** Final statuses whose meaning for caching this cache knows (RFC 9111 §3, §5.2.2.3). */
const understood = new Set([
  200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408,
  409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505,
  511,
]);
/** Statuses that may be kept without explicit freshness (RFC 9110 §15.1). */
const heuristic = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

export const isUnderstood = (status: number): boolean => understood.has(status);
export const isHeuristicallyCacheable = (status: number): boolean => heuristic.has(status);

/** A failure of the server's that a stale response may cover: RFC 5861 §4 names the 5xx; 429 says "not now", too. */
export const coverable = (status: number): boolean =>
  status === 500 || status === 502 || status === 503 || status === 504 || status === 429;
