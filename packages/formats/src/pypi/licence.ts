import parse from "spdx-expression-parse";
import { fieldValues } from "./core-fields.ts";
import { isLike } from "./names.ts";

/** What a file says of its licence: all of them apply, each an SPDX expression or a name; empty = it says nothing. */
export type Licences = readonly string[];

/** Octets of text that is taken for one licence; longer ones are whole texts of licences. */
const longest = 200;

/**
 * What core metadata say of the licence: the expression (PEP 639), else the names of the classifiers, else the field
 * License where it is no whole text.
 */
export function licencesOf(metadata: Uint8Array): Licences {
  const values = fieldValues(metadata);
  const fields = (name: string) =>
    values(name).filter((value) => value !== "" && value.length <= longest && !value.includes("\n"));
  const expressions = fields("License-Expression");
  if (expressions.length > 0) return expressions;
  const classified = fields("Classifier")
    .filter((classifier) => /^License ::/.test(classifier))
    .map((classifier) => classifier.slice(classifier.lastIndexOf("::") + 2).trim());
  const names = classified.filter((name) => name !== "OSI Approved");
  return names.length > 0 ? names : fields("License").filter((name) => name.toUpperCase() !== "UNKNOWN");
}

/**
 * Whether a file can be had under licences that are like one of these patterns, whatever their case: of `A OR B` one
 * suffices, of `A AND B` both must be. An exception (`WITH`) makes another licence of one.
 */
export const canBeHadUnder = (licences: Licences, patterns: readonly string[]): boolean =>
  licences.length > 0 && licences.every((text) => holds(text, ([whole]) => isOneOf(whole, patterns)));

/** Whether a file can't be had without licences that are like one of these patterns; with an exception they still are. */
export const needs = (licences: Licences, patterns: readonly string[]): boolean =>
  licences.some((text) => !holds(text, (names) => !names.some((name) => isOneOf(name, patterns))));

const isOneOf = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => isLike(pattern.toLowerCase(), name.toLowerCase()));

/** A licence as it is written, and without what is added to it. */
type Names = readonly [whole: string, bare: string];

/** Whether an expression can be fulfilled with licences of which something is true; what is no expression is a name. */
function holds(text: string, is: (names: Names) => boolean): boolean {
  const whole = parsed(text);
  return whole === undefined ? is([text, text]) : fulfilled(whole, is);
}

function parsed(text: string): parse.Info | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function fulfilled(info: parse.Info, is: (names: Names) => boolean): boolean {
  if ("conjunction" in info) {
    const [left, right] = [fulfilled(info.left, is), fulfilled(info.right, is)];
    return info.conjunction === "and" ? left && right : left || right;
  }
  const { license, plus, exception } = info;
  return is([`${license}${plus ? "+" : ""}${exception === undefined ? "" : ` WITH ${exception}`}`, license]);
}
