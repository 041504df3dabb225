import { accept } from "./accept.ts";
import { acceptEncoding } from "./accept-encoding.ts";
import { acceptLanguage } from "./accept-language.ts";
import { remembered } from "./remembered.ts";
import { splitList } from "./tokens.ts";

/** Request fields that are no comma lists, so that all of their text counts (RFC 9110 §5.5). */
const singletons: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "date",
  "from",
  "host",
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "origin",
  "proxy-authorization",
  "range",
  "referer",
  "user-agent",
]);

/** Nothing between two commas, or beside one: in a field that counts by position it says something. */
const emptyMember = /(?:^|,)[ \t]*(?:,|$)/;

/** Fields of preferences, by which most responses are selected that vary at all. */
const preferred = new Map(
  ["accept", "accept-encoding", "accept-language"].map((name) => [name, remembered((line) => formOf(name, [line]))]),
);

/**
 * A request field's value in the form in which a cache compares it (RFC 9111 §4.1): values that mean the same become
 * equal, values that may mean different things never do.
 *
 * For accept, accept-encoding and accept-language the order of members, letter case, white space and the spelling of
 * weights make no difference; for all other fields that may be lists white space around commas outside quotes makes none;
 * what is known to be no list is compared as it was sent, its lines combined.
 * @param name lower case
 * @param lines the values of the field's lines in the request
 * @returns undefined when the field is absent
 */
export function normalise(name: string, lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const ofOne = lines.length === 1 ? preferred.get(name) : undefined;
  return ofOne === undefined ? formOf(name, lines) : ofOne(lines[0]!);
}

function formOf(name: string, lines: readonly string[]): string {
  const asSent = singletons.has(name) || lines.some((line) => emptyMember.test(line));
  return preferences(name, lines) ?? (asSent ? lines : splitList(lines)).join(", ");
}

/**
 * A set of preferences in one order, each once. Undefined for other fields; and for a member that can't be read or is
 * there with two weights, because an origin may make of it what it likes.
 */
function preferences(name: string, lines: readonly string[]): string | undefined {
  const members = readMembers(name, lines);
  if (members === undefined || members.length !== splitList(lines).length) return undefined;
  const weights = new Map<string, number>();
  for (const [what, weight] of members) {
    if ((weights.get(what) ?? weight) !== weight) return undefined;
    weights.set(what, weight);
  }
  return [...weights]
    .map(([what, weight]) => (weight === 1 ? what : `${what};q=${weight}`))
    .sort()
    .join(", ");
}

function readMembers(name: string, lines: readonly string[]): (readonly [what: string, weight: number])[] | undefined {
  switch (name) {
    case "accept":
      return accept.parse(lines)?.map(({ type, subtype, parameters, weight }) => {
        const said = parameters.map(([parameter, value]) => `;${parameter}=${JSON.stringify(value)}`);
        return [`${type}/${subtype}${said.join("")}`, weight];
      });
    case "accept-encoding":
      return acceptEncoding.parse(lines)?.map(({ coding, weight }) => [coding, weight]);
    case "accept-language":
      return acceptLanguage.parse(lines)?.map(({ range, weight }) => [range, weight]);
    default:
      return undefined;
  }
}
