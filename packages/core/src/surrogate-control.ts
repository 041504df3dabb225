import { type ResponseDirectives, responseDirectives } from "./cache-directives.ts";
import type { FieldParser } from "./fields.ts";
import { parsePair, splitList, splitOutsideQuotes } from "./tokens.ts";

/** The name by which responses may speak to this cache alone, and what it says it can do to upstreams. */
export const surrogateName = "larder";
export const surrogateCapability = `${surrogateName}="Surrogate/1.0"`;

/**
 * Surrogate-Control, the older way to speak to gateways alone (W3C Edge Architecture, 2001): directives as in
 * Cache-Control, each with an optional `;target`. Those for other targets are left out; undefined where none remains.
 */
export const surrogateControl: FieldParser<ResponseDirectives | undefined> = {
  name: "surrogate-control",
  parse: (lines) => {
    const pairs = splitList(lines).flatMap((member) => {
      const [directive = "", ...targets] = splitOutsideQuotes(member, ";").map((part) => part.trim());
      const pair = targets.length === 0 || targets.includes(surrogateName) ? parsePair(directive) : undefined;
      return pair === undefined ? [] : [pair];
    });
    return pairs.length === 0 ? undefined : responseDirectives(pairs);
  },
};
