import { acceptLanguage } from "./accept-language.ts";
import type { Fields } from "./fields.ts";
import type { RequestHead, ResponseHead, StoredResponse, Varying } from "./message.ts";
import { normalise } from "./normalise.ts";
import { sliceFor } from "./part.ts";
import type { Policy } from "./policy.ts";
import { originTime } from "./receiving.ts";
import { vary } from "./vary-field.ts";

/** The request's values of the fields that a response's Vary names (RFC 9111 §4.1). */
export function varyingOf(request: RequestHead, response: ResponseHead, policy: Policy): Varying {
  return varyNames(response, policy).map((name) => [name, valueFor(request.fields, name)]);
}

/** The fields that a response is selected by under a policy, sorted. Whose credentials were sent no policy fixes. */
export function varyNames(response: ResponseHead, policy: Policy): readonly string[] {
  const names = response.fields.read(vary);
  if (names === "*") return [];
  return policy.vary === "ignore" ? names.filter((name) => name === "authorization") : names;
}

/** Whether a later request has the same values (RFC 9111 §4.1). */
export function varyingMatches(varying: Varying, request: RequestHead): boolean {
  for (const [name, value] of varying) if (valueFor(request.fields, name) !== value) return false;
  return true;
}

/** Whether two responses answer the same requests, so that the newer takes the older one's place. */
export function sameVarying(a: Varying, b: Varying): boolean {
  return a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && value === b[i]![1]);
}

function valueFor(fields: Fields, name: string): string | undefined {
  return normalise(name, fields.all(name));
}

/** What the stored responses of one cache key have for a request. */
export type Selection =
  | { readonly type: "selected"; readonly stored: StoredResponse }
  /** `partial`: parts are there that the request could be answered with, had they more (RFC 9211 §2.2) */
  | { readonly type: "none"; readonly because: "uri-miss" | "vary-miss" }
  | { readonly type: "none"; readonly because: "partial"; readonly part: StoredResponse };

/**
 * The stored response that a request may be answered with, fresh or not: the matching one with the newest Date
 * (RFC 9111 §4). One without Vary matches everything, so it comes after those that were made for such a request (§4.1).
 */
export function select(request: RequestHead, stored: readonly StoredResponse[]): Selection {
  const matches = ({ varying }: StoredResponse) => varyingMatches(varying, request);
  const selection = selectAmong(request, stored, matches);
  if (selection.type === "selected" || selection.because !== "vary-miss") return selection;
  return selectAmong(request, stored, (candidate) => matchesButForLanguage(candidate, request));
}

function selectAmong(
  request: RequestHead,
  stored: readonly StoredResponse[],
  matches: (candidate: StoredResponse) => boolean,
): Selection {
  let best: StoredResponse | undefined;
  let part: StoredResponse | undefined;
  for (const candidate of stored) {
    if (!matches(candidate)) continue;
    if (candidate.status === 206 && sliceFor(request, candidate) === undefined) part ??= candidate;
    else if (best === undefined || comesBefore(candidate, best)) best = candidate;
  }
  if (best !== undefined) return { type: "selected", stored: best };
  if (part !== undefined) return { type: "none", because: "partial", part };
  return { type: "none", because: stored.length === 0 ? "uri-miss" : "vary-miss" };
}

/**
 * Whether a stored response differs from what the request would select in Accept-Language alone, and is in the one
 * language that the request wants most: an origin that has it would choose it again. (Ours: RFC 9111 §4.1 lets a cache
 * compare what means the same; http-cache-tests asks for this as well.)
 */
function matchesButForLanguage({ varying, fields }: StoredResponse, request: RequestHead): boolean {
  const same = ([name, value]: Varying[number]) => valueFor(request.fields, name) === value;
  return varying.every((one) => same(one) || (one[0] === "accept-language" && isMostWanted(fields, request)));
}

function isMostWanted(fields: Fields, request: RequestHead): boolean {
  const language = fields.get("content-language")?.toLowerCase();
  const ranges = request.fields.read(acceptLanguage);
  if (language === undefined || ranges === undefined) return false;
  const most = Math.max(...ranges.map(({ weight }) => weight));
  const wanted = ranges.filter(({ weight }) => weight === most);
  return wanted.length === 1 && most > 0 && wanted[0]!.range === language;
}

function comesBefore(one: StoredResponse, other: StoredResponse): boolean {
  const [chosen, otherChosen] = [one.varying.length > 0, other.varying.length > 0];
  return chosen === otherChosen ? originTime(one) > originTime(other) : chosen;
}
