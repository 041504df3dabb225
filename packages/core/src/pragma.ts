import type { FieldParser } from "./fields.ts";
import { parsePair, splitList } from "./tokens.ts";

/** Whether Pragma says no-cache (RFC 9111 §5.4): what HTTP/1.0 clients send for Cache-Control: no-cache. */
export const pragmaNoCache: FieldParser<boolean> = {
  name: "pragma",
  parse: (lines) => splitList(lines).some((member) => parsePair(member)?.name === "no-cache"),
};
