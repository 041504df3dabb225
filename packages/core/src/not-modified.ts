import type { Fields } from "./fields.ts";

/** Fields that describe content, which a response without the representation must not or need not carry. */
const describesContent = [
  "content-digest",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-range",
  "content-type",
  "digest",
  "repr-digest",
  "trailer",
  "transfer-encoding",
];

/**
 * The fields of a 304 in place of the 200 that has these (RFC 9110 §15.4.5): without those about the content. So
 * Cache-Control, Content-Location, Date, ETag, Expires and Vary are there wherever the 200 has them; Last-Modified
 * too, since clients tell stored responses by it. The same for an origin and for a cache (RFC 9111 §4.3.2).
 */
export function notModifiedFields(fields: Fields): Fields {
  return fields.without(describesContent);
}

/** Fields that name the representation or the time that its response may be reused, besides `*cache-control`. */
const namesOrKeeps = ["accept-ranges", "content-location", "etag", "expires", "last-modified", "surrogate-control"];

/**
 * The fields of an error without content that stands for a 200 that has these (412, 416): nothing about the
 * representation and its freshness, so that no cache takes the error for the target's answer.
 */
export function errorFields(fields: Fields): Fields {
  const kept = fields.without([...describesContent, ...namesOrKeeps]).filter((name) => !name.endsWith("cache-control"));
  return kept.with({ "content-length": "0" });
}
