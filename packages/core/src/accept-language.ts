import type { FieldParser } from "./fields.ts";
import { parseWeightedList } from "./weight.ts";

/** A language range (RFC 9110 §12.5.4, RFC 4647 §2.1) and how much it is wanted. */
export interface LanguageRange {
  /** lower case, or `*` */
  readonly range: string;
  /** 0 = not acceptable, to 1 */
  readonly weight: number;
}

const languageRange = /^(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)$/;

/** Accept-Language (RFC 9110 §12.5.4): in order, without members that can't be read; undefined when it is absent. */
export const acceptLanguage: FieldParser<readonly LanguageRange[] | undefined> = {
  name: "accept-language",
  parse: (lines) =>
    parseWeightedList(lines)
      ?.filter(({ item, parameters }) => languageRange.test(item) && parameters.length === 0)
      .map(({ item, weight }) => ({ range: item.toLowerCase(), weight })),
};
