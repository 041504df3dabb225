import type { FieldParser } from "./fields.ts";
import { isToken, type Parameterised, parseParameters } from "./tokens.ts";
import { parseWeightedList } from "./weight.ts";

/** What a client takes: a media type, or a range of them (RFC 9110 §12.5.1). */
export interface MediaRange {
  /** lower case, or `*` */
  readonly type: string;
  /** lower case, or `*` */
  readonly subtype: string;
  /** in order, without the weight; names in lower case */
  readonly parameters: Parameterised["parameters"];
  /** 0 = not acceptable, to 1 */
  readonly weight: number;
}

/** Accept (RFC 9110 §12.5.1): its ranges in order, without those that can't be read; undefined when it is absent. */
export const accept: FieldParser<readonly MediaRange[] | undefined> = {
  name: "accept",
  parse: (lines) =>
    parseWeightedList(lines)?.flatMap(({ item, parameters, weight }) => {
      const range = parseMediaType(item);
      return range === undefined ? [] : [{ ...range, parameters, weight }];
    }),
};

/**
 * The media type to answer with (RFC 9110 §12.5.1): of those that are acceptable the one with the greatest weight, and
 * among equals the one that was offered first.
 * @param offered media types, with parameters where they have any, the best first
 * @returns one of `offered`; the first when nothing was asked for; undefined when none is acceptable
 */
export function preferredMediaType(
  ranges: readonly MediaRange[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (ranges === undefined || ranges.length === 0) return offered[0];
  let best: string | undefined;
  let most = 0;
  for (const type of offered) {
    const weight = weightOf(type, ranges);
    if (weight > most) [best, most] = [type, weight];
  }
  return best;
}

/** What the most specific range that takes this media type says of it; 0 when none takes it. */
function weightOf(mediaType: string, ranges: readonly MediaRange[]): number {
  const parsed = parseParameters(mediaType);
  const type = parsed && parseMediaType(parsed.item);
  if (type === undefined) return 0;
  let weight = 0;
  let closest = -1;
  for (const range of ranges) {
    const near = specificity(range, { ...type, parameters: parsed?.parameters ?? [] });
    if (near > closest) [closest, weight] = [near, range.weight];
  }
  return weight;
}

/** How closely a range describes a media type; -1 when it doesn't take it. */
function specificity(range: MediaRange, type: Omit<MediaRange, "weight">): number {
  if (range.type !== "*" && range.type !== type.type) return -1;
  if (range.subtype !== "*" && range.subtype !== type.subtype) return -1;
  const has = ([name, value]: readonly [string, string]) =>
    type.parameters.some(([other, its]) => other === name && its.toLowerCase() === value.toLowerCase());
  if (!range.parameters.every(has)) return -1;
  return range.type === "*" ? 0 : range.subtype === "*" ? 1 : 2 + range.parameters.length;
}

/** `type/subtype`, either of them possibly `*` but never only the first; undefined when it is something else. */
function parseMediaType(text: string): Pick<MediaRange, "type" | "subtype"> | undefined {
  const slash = text.indexOf("/");
  const type = text.slice(0, slash).toLowerCase();
  const subtype = text.slice(slash + 1).toLowerCase();
  if (slash < 0 || !isToken(type) || !isToken(subtype) || (type === "*" && subtype !== "*")) return undefined;
  return { type, subtype };
}
