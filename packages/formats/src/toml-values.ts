import { type AST, parseTOML } from "toml-eslint-parser";

/** A value in a TOML text, with its place, in UTF-16 units. */
export interface TomlValue {
  /** keys, and numbers of elements */
  readonly path: readonly (string | number)[];
  /** undefined for what is neither a string nor a boolean */
  readonly value: string | boolean | undefined;
  /** of a string what is between its quotes, of an array what is between its brackets, else the whole */
  readonly start: number;
  readonly end: number;
}

/** The values of a TOML text, arrays before their elements, or what is wrong with it in a sentence. */
export type TomlResult = { readonly values: readonly TomlValue[] } | { readonly fault: string };

/** Reads a TOML text so that it can be edited without touching anything else in it. */
export function readTomlValues(text: string): TomlResult {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text);
  } catch (error) {
    const { lineNumber = 1, message } = error as Error & { readonly lineNumber?: number };
    return { fault: `Its line ${lineNumber} is no TOML: ${message}.` };
  }
  const values: TomlValue[] = [];
  for (const node of program.body[0].body) {
    if (node.type === "TOMLTable") for (const pair of node.body) walkPair(pair, node.resolvedKey, values);
    else walkPair(node, [], values);
  }
  return { values };
}

function walkPair({ key, value }: AST.TOMLKeyValue, path: TomlValue["path"], values: TomlValue[]): void {
  const names = key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  walk(value, [...path, ...names], values);
}

function walk(node: AST.TOMLContentNode, path: TomlValue["path"], values: TomlValue[]): void {
  const [start, end] = node.range;
  if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) walkPair(pair, path, values);
  } else if (node.type === "TOMLArray") {
    values.push({ path, value: undefined, start: start + 1, end: end - 1 });
    for (const [number, element] of node.elements.entries()) walk(element, [...path, number], values);
  } else {
    const quotes = node.kind !== "string" ? 0 : node.multiline ? 3 : 1;
    const value = node.kind === "string" || node.kind === "boolean" ? node.value : undefined;
    values.push({ path, value, start: start + quotes, end: end - quotes });
  }
}
