import type { FieldParser } from "./fields.ts";
import type { RequestHead, ResponseHead } from "./message.ts";
import { methodRules } from "./methods.ts";
import { parseList } from "./parse-structured-fields.ts";

/** Groups that are read of one field; RFC 9875 §2 asks for at least 32. */
const mostGroups = 128;

/** A List of Strings, parameters ignored; what is anything else counts as if it were not there (RFC 9651 §1.1). */
const strings = (name: string): FieldParser<readonly string[]> => ({
  name,
  parse: (lines) => {
    const groups = (parseList(lines) ?? []).map((member) =>
      "item" in member && member.item.type === "string" ? member.item.value : undefined,
    );
    return groups.every((group) => group !== undefined) ? [...new Set(groups)].slice(0, mostGroups) : [];
  },
});

/** The groups that a response belongs to (RFC 9875 §2); those of another origin that have the same name are others (§2.1). */
export const cacheGroups = strings("cache-groups");

const cacheGroupInvalidation = strings("cache-group-invalidation");

/** The groups of the target's origin that a response to an unsafe request invalidates (RFC 9875 §3). */
export function groupsInvalidatedBy(request: RequestHead, response: ResponseHead): readonly string[] {
  return methodRules(request.method).safe ? [] : response.fields.read(cacheGroupInvalidation);
}
