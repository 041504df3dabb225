import { type Parameterised, parseParameters, splitList } from "./tokens.ts";

/** One member of a negotiation field: what it asks for, and how much it is wanted (RFC 9110 §12.4.2). */
export interface Weighted extends Parameterised {
  /** 0 = not acceptable, to 1 = most wanted, and the default */
  readonly weight: number;
}

/** `0` to `1`; more digits than the three allowed are read too, because clients send them */
const qvalue = /^(?:0?\.[0-9]+|0\.?|1(?:\.0*)?)$/;

/**
 * Reads one member and its weight; `q` is taken out of the parameters.
 * @returns undefined when the member or its weight can't be read
 */
function parseWeighted(member: string): Weighted | undefined {
  const parsed = parseParameters(member);
  if (parsed === undefined) return undefined;
  const said = parsed.parameters.filter(([name]) => name === "q");
  const parameters = said.length === 0 ? parsed.parameters : parsed.parameters.filter(([name]) => name !== "q");
  const [weight] = said;
  if (weight === undefined) return { item: parsed.item, parameters, weight: 1 };
  if (said.length > 1 || !qvalue.test(weight[1])) return undefined;
  return { item: parsed.item, parameters, weight: Number(weight[1]) };
}

/** The members that can be read, in order; undefined when the field is absent. */
export function parseWeightedList(lines: readonly string[]): readonly Weighted[] | undefined {
  if (lines.length === 0) return undefined;
  return splitList(lines)
    .map(parseWeighted)
    .filter((member) => member !== undefined);
}
