import { parseDeltaSeconds } from "./delta-seconds.ts";
import type { FieldParser } from "./fields.ts";
import type { Seconds } from "./message.ts";
import { splitList } from "./tokens.ts";

/**
 * Age (RFC 9111 §5.1): the sender's estimate, in seconds; undefined where there is none that can be read. Of a list, or
 * of several lines, the first member counts; one that is no number is ignored. (The npm edition of http-cache-tests is
 * older than that section, and wants such a response stale.)
 */
export const age: FieldParser<Seconds | undefined> = {
  name: "age",
  parse: (lines) => parseDeltaSeconds(splitList(lines)[0]),
};
