import { accept, type FieldParser, type Fields, type MediaRange, preferredMediaType } from "@larder/core";
import { htmlType, jsonType, type PageType, plainHtmlType } from "./media-types.ts";

/** With the one in front that says the most. */
const forms: readonly PageType[] = [jsonType, htmlType, plainHtmlType];

const latest = /^(vnd\.pypi\.simple\.)latest(?=\+)/;

/** PEP 691's `latest` stands for the newest version that the server speaks, which is 1. */
function resolveLatest(range: MediaRange): MediaRange {
  return latest.test(range.subtype) ? { ...range, subtype: range.subtype.replace(latest, "$1v1") } : range;
}

/**
 * The form that a client gets a page in (PEP 691 "Version + Format Selection"): what its Accept field wants most; where
 * it wants several alike, JSON if it names that, else plain HTML, as for those who say nothing.
 * @param format the value of the query parameter `format`, a media type that goes before Accept
 * @returns undefined when none of the three forms is acceptable: 406
 */
export function negotiate(fields: Fields, format?: string): PageType | undefined {
  if (format !== undefined) {
    const named = format.toLowerCase().replace(".latest+", ".v1+");
    return forms.find((type) => type === named);
  }
  return fields.read(wantedForm);
}

/** The form that an Accept field wants. */
const wantedForm: FieldParser<PageType | undefined> = {
  name: accept.name,
  parse(lines) {
    const ranges = accept.parse(lines)?.map(resolveLatest);
    const namesJson = ranges?.some(({ type, subtype, weight }) => jsonType === `${type}/${subtype}` && weight > 0);
    return preferredMediaType(ranges, namesJson ? forms : forms.toReversed()) as PageType | undefined;
  },
};
