import { acceptEncoding, preferredCoding } from "./accept-encoding.ts";
import { requestCacheControl } from "./cache-control.ts";
import type { Forward, ForwardReason, Validation } from "./decision.ts";
import { etag, writeEntityTag } from "./entity-tag.ts";
import { Fields } from "./fields.ts";
import { lastModified } from "./http-date.ts";
import type { RequestHead, StoredResponse } from "./message.ts";
import type { Context } from "./policy.ts";
import { conditions } from "./preconditions.ts";
import { splitList } from "./tokens.ts";

const conditionsAndRange = [...conditions, "range"];

/** The request as if its sender had nothing: the whole of the target is asked for. */
export function unconditional(request: RequestHead): RequestHead {
  const fields = request.fields.without(conditionsAndRange);
  return fields === request.fields ? request : { ...request, fields };
}

/** The whole, and not from a cache in between, whose word may be what is in doubt (RFC 9111 §5.2.1.4). */
export function askingAnew(request: RequestHead): RequestHead {
  const plain = unconditional(request);
  if (plain.fields.read(requestCacheControl).noCache) return plain;
  const lines = [...plain.fields.all("cache-control"), "no-cache"];
  return { ...plain, fields: plain.fields.with({ "cache-control": lines.join(", ") }) };
}

/**
 * Whether a stored response came as it is, or in codings that the request names. Some servers have one tag for all
 * codings of a thing, against RFC 9110 §8.8.3.3: their 304 would bring a client what it can't undo.
 */
function isInCodingFor(request: RequestHead, stored: StoredResponse): boolean {
  const accepted = request.fields.read(acceptEncoding) ?? [];
  return splitList(stored.fields.all("content-encoding")).every((coding) => preferredCoding(accepted, [coding]));
}

/**
 * Asks the upstream about stored responses (RFC 9111 §4.3.1): all their entity tags in If-None-Match, and
 * If-Modified-Since where one alone is nominated. The request's own preconditions are taken off: they are judged
 * afterwards, against what is then at hand. Where nothing nominated has a validator, or the upstream's word is not
 * enough, the whole is asked for.
 * @param nominated stored responses of the request's cache key; the selected one first, if there is one
 */
export function validate(
  request: RequestHead,
  nominated: readonly StoredResponse[],
  selected: StoredResponse | undefined,
  because: ForwardReason,
  context: Context,
): Validation | Forward {
  const usable = nominated.filter((stored) => {
    // a part that can't answer the request is no answer, whatever a 304 says of it (RFC 9111 §4.3.2)
    if (stored !== selected && (stored.status === 206 || !isInCodingFor(request, stored))) return false;
    return (
      stored.fields.read(etag) !== undefined || (stored === selected && stored.fields.read(lastModified) !== undefined)
    );
  });
  const about = selected === undefined ? { because } : { selected, because };
  if (usable.length === 0) return { type: "forward", request: unconditional(request), ...about };
  const verifies = selected && context.policy.verify?.rules.whyVerify(request, selected, context);
  if (verifies !== undefined) return { type: "forward", request: askingAnew(request), ...about, verifies };
  const raw = [...unconditional(request).fields.raw];
  const tags: string[] = [];
  for (const { fields } of usable) {
    const tag = fields.read(etag);
    if (tag !== undefined) tags.push(writeEntityTag(tag));
  }
  if (tags.length > 0) raw.push("if-none-match", tags.length > 1 ? [...new Set(tags)].join(", ") : tags[0]!);
  const date = usable.length === 1 ? selected?.fields.get("last-modified") : undefined;
  if (date !== undefined) raw.push("if-modified-since", date);
  return { type: "validate", request: { ...request, fields: Fields.fromRaw(raw) }, nominated: usable, ...about };
}
