import type { FieldParser } from "./fields.ts";
import { isToken } from "./tokens.ts";
import { parseWeightedList } from "./weight.ts";

/** A content coding, `identity` or `*`, and how much it is wanted (RFC 9110 §12.5.3). */
export interface AcceptedCoding {
  /** lower case; `gzip` for `x-gzip`, `compress` for `x-compress` (RFC 9110 §8.4.1) */
  readonly coding: string;
  /** 0 = not acceptable, to 1 */
  readonly weight: number;
}

/** Accept-Encoding (RFC 9110 §12.5.3): in order, without members that can't be read; undefined when it is absent. */
export const acceptEncoding: FieldParser<readonly AcceptedCoding[] | undefined> = {
  name: "accept-encoding",
  parse: (lines) =>
    parseWeightedList(lines)
      ?.filter(({ item, parameters }) => isToken(item) && parameters.length === 0)
      .map(({ item, weight }) => ({ coding: codingName(item), weight })),
};

/** The coding's own name for what may have another one (RFC 9110 §8.4.1). */
export function codingName(text: string): string {
  const name = text.toLowerCase();
  return name === "x-gzip" ? "gzip" : name === "x-compress" ? "compress" : name;
}

/**
 * The coding to answer with (RFC 9110 §12.5.3): the acceptable one with the greatest weight, among equals the one that
 * was offered first. `identity` that nobody mentioned is acceptable, after everything that was asked for. A client that
 * sends no Accept-Encoding takes any coding; it gets `identity` where that is offered, because it may know no other.
 * @param offered codings, `identity` among them where content can go as it is; the best first
 * @returns one of `offered`; undefined when none is acceptable
 */
export function preferredCoding(
  accepted: readonly AcceptedCoding[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (accepted === undefined) return offered.includes("identity") ? "identity" : offered[0];
  let best: string | undefined;
  let most = 0;
  for (const coding of offered) {
    const weight = weightOf(codingName(coding), accepted);
    if (weight > most) [best, most] = [coding, weight];
  }
  return best;
}

function weightOf(coding: string, accepted: readonly AcceptedCoding[]): number {
  const said = accepted.find((one) => one.coding === coding) ?? accepted.find((one) => one.coding === "*");
  return said?.weight ?? (coding === "identity" ? Number.MIN_VALUE : 0);
}
