import type { FieldParser } from "./fields.ts";
import { rememberingParser } from "./remembered.ts";
import { isToken, splitList } from "./tokens.ts";

/** Connection (RFC 9110 §7.6.1): its options, lower case; the fields they name end with this connection. */
export const connection: FieldParser<readonly string[]> = rememberingParser({
  name: "connection",
  parse: (lines) =>
    splitList(lines)
      .filter(isToken)
      .map((option) => option.toLowerCase()),
});
