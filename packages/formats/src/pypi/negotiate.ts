import { accept, type Fields, type MediaRange, preferredMediaType } from "@larder/core";
import { htmlType, jsonType, type PageType, plainHtmlType } from "./media-types.ts";

/** PEP 691's `latest` stands for the newest version that the server speaks, which is 1. */
function resolveLatest(range: MediaRange): MediaRange {
  const [, form] = /^vnd\.pypi\.simple\.latest\+(json|html)$/.exec(range.subtype) ?? [];
  return form === undefined ? range : { ...range, subtype: `vnd.pypi.simple.v1+${form}` };
}

/**
 * The form that a client gets a page in (PEP 691 "Version + Format Selection"): what its Accept field wants most; where
 * it wants several alike, JSON if it names that, else plain HTML, as for those who say nothing.
 * @param format the value of the query parameter `format`, which goes before Accept
 * @returns undefined when none of the three forms is acceptable: 406
 */
export function negotiate(fields: Fields, format?: string): PageType | undefined {
  const asked = format === undefined ? fields : fields.with({ accept: format });
  const ranges = asked.read(accept)?.map(resolveLatest);
  const namesJson = ranges?.some(({ type, subtype }) => jsonType === `${type}/${subtype}`) ?? false;
  const offered = namesJson ? [jsonType, htmlType, plainHtmlType] : [plainHtmlType, htmlType, jsonType];
  return preferredMediaType(ranges, offered) as PageType | undefined;
}
