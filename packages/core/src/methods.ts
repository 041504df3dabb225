/** What a cache must know of a method (RFC 9110 §9.2). Methods that are not listed are unsafe and not cacheable. */
interface MethodRules {
  readonly safe: boolean;
  readonly idempotent: boolean;
}

const rules = new Map<string, MethodRules>([
  ["GET", { safe: true, idempotent: true }],
  ["HEAD", { safe: true, idempotent: true }],
  ["OPTIONS", { safe: true, idempotent: true }],
  ["TRACE", { safe: true, idempotent: true }],
  ["PROPFIND", { safe: true, idempotent: true }],
  ["REPORT", { safe: true, idempotent: true }],
  ["SEARCH", { safe: true, idempotent: true }],
  ["QUERY", { safe: true, idempotent: true }],
  ["PUT", { safe: false, idempotent: true }],
  ["DELETE", { safe: false, idempotent: true }],
]);
const unknown: MethodRules = { safe: false, idempotent: false };

/** @param method as sent; an unknown one counts as unsafe (RFC 9111 §4.4) */
export function methodRules(method: string): MethodRules {
  return rules.get(method) ?? unknown;
}
