import type { FieldParser } from "./fields.ts";
import { parseDictionary } from "./parse-structured-fields.ts";
import type { Member } from "./structured-fields.ts";

/** Which differences between two queries make none for a response (draft-ietf-httpbis-no-vary-search §4). */
export interface SearchVariance {
  /** names of parameters that make no difference, decoded; `all` but those in `except` */
  readonly ignored: "all" | readonly string[];
  readonly except: readonly string[];
  /** whether the order of parameters makes none; those of one name keep theirs */
  readonly anyOrder: boolean;
}

/** No-Vary-Search (§5.1); undefined where it says nothing, or anything that it may not say. */
export const noVarySearch: FieldParser<SearchVariance | undefined> = {
  name: "no-vary-search",
  parse: (lines) => {
    const said = parseDictionary(lines);
    if (said === undefined) return undefined;
    const order = booleanOf(said.get("key-order"), false);
    const params = said.get("params");
    const all = booleanOf(params, false);
    const except = said.get("except");
    const listed = params === undefined || all !== undefined ? [] : namesOf(params);
    const excepted = except === undefined ? [] : namesOf(except);
    if (order === undefined || listed === undefined || excepted === undefined) return undefined;
    if (except !== undefined && all !== true) return undefined;
    if (!order && all !== true && listed.length === 0) return undefined;
    return { ignored: all === true ? "all" : listed, except: excepted, anyOrder: order };
  },
};

/**
 * A URL in the one form that all have that are the same for a response (§6): equal texts, equal URLs.
 * @param target absolute, without fragment
 */
export function comparableSearch(target: string, { ignored, except, anyOrder }: SearchVariance): string {
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  const counts = (name: string) => (ignored === "all" ? except.includes(name) : !ignored.includes(name));
  const pairs = [...new URLSearchParams(at < 0 ? "" : target.slice(at + 1))].filter(([name]) => counts(name));
  const ordered = anyOrder ? pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : pairs;
  return `${path}?${new URLSearchParams(ordered)}`;
}

/** @returns undefined for anything but a boolean */
function booleanOf(member: Member | undefined, unsaid: boolean): boolean | undefined {
  if (member === undefined) return unsaid;
  return "item" in member && member.item.type === "boolean" ? member.item.value : undefined;
}

/** The names of an inner list of Strings, decoded as in a query (§5.3); undefined for anything else. */
function namesOf(member: Member): readonly string[] | undefined {
  if (!("items" in member)) return undefined;
  const names = member.items.map(({ item }) => (item.type === "string" ? decoded(item.value) : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

const decoded = (text: string): string => new URLSearchParams(`=${text.replaceAll("&", "%26")}`).get("")!;
