/**
 * A URI reference from a message, made absolute against the target it came with and without its fragment
 * (RFC 9110 §4.2.5, §7.1); undefined when it is no URI.
 */
export function resolveTarget(target: string, reference: string): string | undefined {
  const url = URL.parse(reference.trim(), target);
  if (url === null) return undefined;
  url.hash = "";
  return url.href;
}

/** Whether two absolute URIs have the same origin (RFC 9110 §4.3.1). */
export function sameOrigin(a: string, b: string): boolean {
  const origin = URL.parse(a)?.origin;
  return origin !== undefined && origin !== "null" && origin === URL.parse(b)?.origin;
}
