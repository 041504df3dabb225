/** Characters that stay raw in a URI wherever they stand (RFC 3986 §2.3). */
const unreserved = /[A-Za-z0-9\-._~]/;
const unusual = /%([0-9A-Fa-f]{2})?|[[\]|^{}`\\]/g;

function normalTriple(found: string, hex: string | undefined): string {
  if (found !== "%" && hex === undefined) return `%${found.charCodeAt(0).toString(16).toUpperCase()}`;
  if (hex === undefined) return "%25";
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return unreserved.test(character) ? character : `%${hex.toUpperCase()}`;
}

/**
 * Percent-encoding in its normal form (RFC 3986 §6.2.2): unreserved characters raw, hexadecimal digits in upper case,
 * and what no URI may hold encoded. Clients change URLs like this on the way, so URLs are compared in this form.
 * @param text a path or a query, not a whole URI
 */
export function normalPercent(text: string): string {
  return text.replace(unusual, normalTriple);
}

/**
 * An http(s) URL in the one form that Larder keeps, asks and compares: resolved, without fragment and user
 * information, percent-encoding normal. A second time it changes nothing.
 * @param href a reference as a page gives it
 * @param base what it is relative to
 * @returns undefined for what is no URL, or has another scheme
 */
export function normalUrl(href: string, base?: string | URL): string | undefined {
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  return `${url.protocol}//${url.host}${normalPercent(url.pathname)}${normalPercent(url.search)}`;
}
