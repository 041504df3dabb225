import type { FieldParser } from "./fields.ts";
import { rememberingParser } from "./remembered.ts";
import { isToken, splitList } from "./tokens.ts";

/**
 * Vary (RFC 9110 §12.5.5): the names of the request fields that had a say, lower case, each once, sorted; `"*"` when
 * something else had a say too. A member that can't be a field name counts as `"*"`, which matches nothing.
 */
export const vary: FieldParser<"*" | readonly string[]> = rememberingParser({
  name: "vary",
  parse: (lines) => {
    const names = splitList(lines);
    if (names.some((name) => name === "*" || !isToken(name))) return "*";
    return [...new Set(names.map((name) => name.toLowerCase()))].sort();
  },
});
