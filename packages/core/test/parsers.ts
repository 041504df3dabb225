import * as core from "../src/index.ts";

/** Something that reads the lines of a field. */
export type Parser = (lines: readonly string[]) => unknown;

const isFieldParser = (value: unknown): value is core.FieldParser<unknown> =>
  typeof value === "object" && value !== null && "parse" in value && typeof value.parse === "function";

/** Every field parser that core exports, by its name there, and what else reads text that a stranger wrote. */
export const parsers: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ...Object.entries(core).flatMap(([name, value]): [string, Parser][] =>
    isFieldParser(value) ? [[name, (lines) => value.parse(lines)]] : [],
  ),
  ["targetedCacheControl", (lines) => core.targetedCacheControl("cdn-cache-control").parse(lines)],
  ["parseItem", core.parseItem],
  ["parseList", core.parseList],
  ["parseDictionary", core.parseDictionary],
  ["parseParameters", (lines) => lines.map(core.parseParameters)],
  ["normalise accept", (lines) => core.normalise("accept", lines)],
  ["normalise accept-encoding", (lines) => core.normalise("accept-encoding", lines)],
  ["normalise accept-language", (lines) => core.normalise("accept-language", lines)],
  ["normalise te", (lines) => core.normalise("te", lines)],
]);
