/** What a cache must know of a method (RFC 9110 §9.2). Methods that are not listed are unsafe and not cacheable. */
interface MethodRules {
  readonly safe: boolean;
  readonly idempotent: boolean;
}

const safe = ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"];
const idempotent = [...safe, "PUT", "DELETE"];

/** @param method as sent; an unknown one counts as unsafe (RFC 9111 §4.4) */
export function methodRules(method: string): MethodRules {
  return { safe: safe.includes(method), idempotent: idempotent.includes(method) };
}
