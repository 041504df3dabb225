import {
  type RequestDirectives,
  type ResponseDirectives,
  requestDirectives,
  responseDirectives,
} from "./cache-directives.ts";
import type { FieldParser } from "./fields.ts";
import { parseDictionary } from "./parse-structured-fields.ts";
import { rememberingParser } from "./remembered.ts";
import type { Member } from "./structured-fields.ts";
import { type Pair, parsePair, splitList } from "./tokens.ts";

export type { RequestDirectives, ResponseDirectives };

/** Cache-Control of a response (RFC 9111 §5.2.2). */
export const responseCacheControl: FieldParser<ResponseDirectives> = rememberingParser({
  name: "cache-control",
  parse: (lines) => responseDirectives(readPairs(lines)),
});

/** Cache-Control of a request (RFC 9111 §5.2.1). */
export const requestCacheControl: FieldParser<RequestDirectives> = rememberingParser({
  name: "cache-control",
  parse: (lines) => requestDirectives(readPairs(lines)),
});

function readPairs(lines: readonly string[]): Pair[] {
  return splitList(lines)
    .map(parsePair)
    .filter((pair) => pair !== undefined);
}

const parsers = new Map<string, FieldParser<ResponseDirectives | undefined>>();

/**
 * A targeted field such as CDN-Cache-Control (RFC 9213 §2), read as a dictionary of structured fields.
 * @param name the field's name, lower case
 * @returns always the same parser for the same name; it gives undefined for a field that is to be ignored: absent,
 *   empty or malformed (§2.1)
 */
export function targetedCacheControl(name: string): FieldParser<ResponseDirectives | undefined> {
  let parser = parsers.get(name);
  if (parser === undefined) {
    parser = { name, parse: readTargeted };
    parsers.set(name, parser);
  }
  return parser;
}

function readTargeted(lines: readonly string[]): ResponseDirectives | undefined {
  const dictionary = parseDictionary(lines);
  if (dictionary === undefined || dictionary.size === 0) return undefined;
  return responseDirectives([...dictionary].flatMap(([name, member]) => toPair(name, member) ?? []));
}

/**
 * A member as a directive. §2.1 gives each directive a type; a value of another type is not used, which leaves the
 * directive malformed. `?0` says that it doesn't hold.
 */
function toPair(name: string, member: Member): Pair | undefined {
  const item = "item" in member ? member.item : undefined;
  if (item?.type === "boolean") return item.value ? { name, value: undefined, wellFormed: true } : undefined;
  if (item?.type === "integer") return { name, value: String(item.value), wellFormed: true };
  if (item?.type === "string" && (name === "no-cache" || name === "private"))
    return { name, value: item.value, wellFormed: true };
  return { name, value: undefined, wellFormed: false };
}
