import type { FieldParser } from "./fields.ts";
import { splitList } from "./tokens.ts";

/**
 * Content-Length (RFC 9110 §8.6), in octets. The same number said several times is that number; anything else that is
 * not one plain number, and a number too large to count with, is `"invalid"`.
 */
export const contentLength: FieldParser<number | undefined | "invalid"> = {
  name: "content-length",
  parse: (lines) => {
    if (lines.length === 0) return undefined;
    const [first, ...others] = splitList(lines);
    if (first === undefined || !/^[0-9]+$/.test(first) || others.some((other) => other !== first)) return "invalid";
    const length = Number(first);
    return Number.isSafeInteger(length) ? length : "invalid";
  },
};
