import { contentLength } from "./content-length.ts";
import { etag, weakMatch } from "./entity-tag.ts";
import { lastModified } from "./http-date.ts";
import type { RequestHead, ResponseHead, StoredResponse, Times } from "./message.ts";
import type { Context } from "./policy.ts";
import { varyingMatches } from "./selection.ts";
import { freshen, keptAfterUpdate } from "./updating.ts";

/**
 * What a 200 to HEAD says of the stored responses that could have answered the same GET (RFC 9111 §4.3.5): updated
 * where validators and length agree, else invalid.
 * @returns the stored responses that change
 */
export function updatedByHead(
  request: RequestHead,
  response: ResponseHead,
  stored: readonly StoredResponse[],
  times: Times,
  context: Context,
): readonly StoredResponse[] {
  if (request.method !== "HEAD" || response.status !== 200) return [];
  return stored
    .filter((candidate) => candidate.status === 200 && varyingMatches(candidate.varying, request))
    .map((candidate) => {
      if (!describes(response, candidate)) return { ...candidate, invalid: true };
      const updated = freshen(candidate, response, times, context);
      return keptAfterUpdate(request, updated, context) ?? candidate;
    });
}

/** Every validator and length that the HEAD brings equals the stored one. */
function describes(head: ResponseHead, stored: StoredResponse): boolean {
  const length = head.fields.read(contentLength);
  if (length !== undefined && length !== stored.content.length) return false;
  const tag = head.fields.read(etag);
  if (tag !== undefined && !weakMatch(tag, stored.fields.read(etag))) return false;
  const modified = head.fields.read(lastModified);
  return modified === undefined || modified === stored.fields.read(lastModified);
}
