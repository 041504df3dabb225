import { type AST, parseTOML } from "toml-eslint-parser";

/** A string in a TOML text. */
export interface PlacedString {
  readonly value: string;
  /** where what is between the quotes stands, in UTF-16 units */
  readonly start: number;
  readonly end: number;
}

/** One table of an array, such as a `[[package]]`: its strings, by their keys below it (`wheels.0.url`). */
export type TomlPackage = ReadonlyMap<string, PlacedString>;

/**
 * The strings of an array of packages, each with its place in the text.
 * @param array `package` or `packages`
 * @returns one for each package, in their order, or what is wrong with the text in a sentence
 */
export function tomlPackages(
  text: string,
  array: string,
): { readonly packages: readonly TomlPackage[] } | { readonly fault: string } {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (error) {
    const { lineNumber = 1, message } = error as Error & { readonly lineNumber?: number };
    return { fault: `Its line ${lineNumber} is no TOML: ${message}.` };
  }
  const packages = new Map<number, Map<string, PlacedString>>();
  const take = ([name, number, ...path]: Path, string: PlacedString) => {
    if (name !== array || typeof number !== "number") return;
    const strings = packages.get(number) ?? new Map<string, PlacedString>();
    packages.set(number, strings.set(path.join("."), string));
  };
  for (const node of program.body[0].body) {
    if (node.type === "TOMLTable") for (const pair of node.body) walkPair(pair, node.resolvedKey, take);
    else walkPair(node, [], take);
  }
  return { packages: [...packages.values()] };
}

type Path = readonly (string | number)[];
type Take = (path: Path, string: PlacedString) => void;

function walkPair({ key, value }: AST.TOMLKeyValue, path: Path, take: Take): void {
  const names = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  walk(value, [...path, ...names], take);
}

function walk(node: AST.TOMLContentNode, path: Path, take: Take): void {
  if (node.type === "TOMLArray") {
    for (const [number, element] of node.elements.entries()) walk(element, [...path, number], take);
  } else if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) walkPair(pair, path, take);
  } else if (node.kind === "string") {
    const quotes = node.multiline ? 3 : 1;
    take(path, { value: node.value, start: node.range[0] + quotes, end: node.range[1] - quotes });
  }
}
