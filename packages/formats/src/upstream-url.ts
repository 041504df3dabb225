import { unsignedQuery } from "./signed-url.ts";

/** Characters that stay raw in a URI wherever they stand (RFC 3986 §2.3). */
const unreserved = /[A-Za-z0-9\-._~]/;
const unusual = /%([0-9A-Fa-f]{2})?|[[\]|^{}`\\]/g;
/** A host's name, or an IPv6 address in brackets; what else a URL parser takes no server has. */
const usualHost = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function normalTriple(found: string, hex: string | undefined): string {
  if (hex === undefined) return encode(found);
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return unreserved.test(character) ? character : `%${hex.toUpperCase()}`;
}

/**
 * Percent-encoding in its normal form (RFC 3986 §6.2.2): unreserved characters raw, hexadecimal digits in upper case,
 * and what no URI may hold encoded.
 * @param text a path or a query, not a whole URI
 */
export function normalPercent(text: string): string {
  return text.replace(unusual, normalTriple);
}

/**
 * An http(s) URL in the one form that Larder keeps: resolved, without fragment and user information, percent-encoding
 * normal. A second time it changes nothing.
 * @param href a reference as a page gives it
 * @param base what it is relative to
 * @returns undefined for what is no URL, or has another scheme
 */
export function normalUrl(href: string, base?: string | URL): string | undefined {
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || !usualHost.test(url.hostname))
    return undefined;
  return `${url.protocol}//${url.host}${normalPercent(url.pathname)}${normalPercent(url.search)}`;
}

/** Where a normal URL's path begins, after "https://" and the authority. */
export function pathStart(url: string): number {
  return url.indexOf("/", url.indexOf("//") + 2);
}

/** Where a normal URL's path ends: at its "?", or where the URL does. */
export function pathEnd(url: string): number {
  const query = url.indexOf("?");
  return query === -1 ? url.length : query;
}

const reserved = /[!$&'()*+,;=:]/;
const allReserved = new RegExp(reserved, "g");

/**
 * A normal URL in the form in which URLs are compared: pip encodes the reserved characters in the path of every link,
 * but for "/" and "@", so these must not make a difference; nor must a signature, which is another on each page.
 */
export function comparableUrl(url: string): string {
  const start = pathStart(url);
  const end = pathEnd(url);
  const path = url.slice(start, end);
  // most have none, and a page may have tens of thousands
  const isUsual = end === url.length && !reserved.test(path);
  return isUsual ? url : url.slice(0, start) + path.replace(allReserved, encode) + unsignedQuery(url.slice(end));
}
