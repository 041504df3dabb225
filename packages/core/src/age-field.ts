import { maxDeltaSeconds, parseDeltaSeconds } from "./delta-seconds.ts";
import type { FieldParser } from "./fields.ts";
import type { Seconds } from "./message.ts";

/**
 * Age (RFC 9111 §5.1): the sender's estimate, in seconds; undefined when there is none.
 *
 * Of a list the first member counts, as the section says. Where the section would have the field ignored, and with
 * it an age that is certainly not 0, this takes the response as too old to be fresh, as cache-tests' age-parse
 * requires: a value that is no number, several lines, and several lines that someone has combined (a comma with a
 * space, RFC 9110 §5.3). Asking once too often is the cheaper error.
 */
export const age: FieldParser<Seconds | undefined> = {
  name: "age",
  parse: (lines) => {
    if (lines.length === 0) return undefined;
    const first = lines.length === 1 ? /^([0-9]+)(?:,[^ \t]*)?$/.exec(lines[0]!)?.[1] : undefined;
    return parseDeltaSeconds(first) ?? maxDeltaSeconds;
  },
};
