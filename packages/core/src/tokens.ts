/**
 * The grammar that list fields share (RFC 9110 §5.6): tokens, quoted strings, white space, comma lists, parameters.
 * Everything here reads its input once from left to right and never throws.
 */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const leadingToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
/** qdtext and quoted-pair (RFC 9110 §5.6.4), between its quotes */
const quotedString = /^"(?:[\t !#-[\]-~\u0080-\uffff]|\\[\t -~\u0080-\uffff])*"$/;

/** Whether the text is a token (RFC 9110 §5.6.2), as every field name, method and directive name is. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** The text without the spaces and tabs around it (OWS, RFC 9110 §5.6.3); other white space stays. */
export function trimWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * The parts between separators that stand outside quoted strings, white space around them removed, empty ones left
 * out (RFC 9110 §5.6.1.2). A quote that is never closed counts as an ordinary character, so that it can't hide what
 * comes after it.
 * @param separator one character: "," for members, ";" for parameters
 */
export function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  const wanted = separator.charCodeAt(0);
  const lastQuote = unclosedQuote(text);
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? wanted : text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) {
      quoted = i < lastQuote;
    } else if (code === wanted) {
      const part = trimWhiteSpace(text.slice(start, i));
      if (part !== "") parts.push(part);
      start = i + 1;
    }
  }
  return parts;
}

/** Where the quote stands that opens a quoted string and is never closed; the text's length when there is none. */
function unclosedQuote(text: string): number {
  let opened = -1;
  for (let i = text.indexOf('"'); i >= 0 && i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (opened >= 0 && code === 0x5c) i++;
    else if (code === 0x22) opened = opened >= 0 ? -1 : i;
  }
  return opened >= 0 ? opened : text.length;
}

/**
 * The members of a list field (RFC 9110 §5.6.1), over all its lines; commas in quoted strings don't separate.
 * @param lines the values of the field's lines; a quote that one line leaves open ends with that line
 */
export function splitList(lines: readonly string[]): string[] {
  const only = lines[0];
  if (only === undefined) return [];
  return lines.length === 1 ? splitOutsideQuotes(only, ",") : lines.flatMap((line) => splitOutsideQuotes(line, ","));
}

/**
 * What a token or a quoted string stands for (RFC 9110 §5.6.2, §5.6.4); undefined when the text is neither.
 */
export function tokenOrQuoted(text: string): string | undefined {
  if (token.test(text)) return text;
  return quotedString.test(text) ? text.slice(1, -1).replace(/\\(.)/g, "$1") : undefined;
}

/** `name`, `name=token` or `name="quoted string"`: a cache directive or a parameter. */
export interface Pair {
  /** lower case */
  readonly name: string;
  /** undefined when nothing was said or what was said can't be read: see `wellFormed` */
  readonly value: string | undefined;
  /** false when something follows the name that the grammar doesn't know, such as white space around "=" */
  readonly wellFormed: boolean;
}

/**
 * Reads one member of a list of directives, or one parameter. A malformed one still has its name, because a directive
 * that restricts is better followed than ignored.
 * @returns undefined when the text doesn't even begin with a name
 */
export function parsePair(text: string): Pair | undefined {
  const name = leadingToken.exec(text)?.[0];
  if (name === undefined) return undefined;
  const lower = name.toLowerCase();
  if (name.length === text.length) return { name: lower, value: undefined, wellFormed: true };
  const value = text[name.length] === "=" ? tokenOrQuoted(text.slice(name.length + 1)) : undefined;
  return { name: lower, value, wellFormed: value !== undefined };
}

/** What a member says before its parameters, and the parameters (RFC 9110 §5.6.6) in order. */
export interface Parameterised {
  readonly item: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/**
 * Splits `item;name=value;…`; parameter names in lower case.
 * @returns undefined when there is no item, or a parameter has no value or can't be read
 */
export function parseParameters(member: string): Parameterised | undefined {
  const [item, ...rest] = splitOutsideQuotes(member, ";");
  if (item === undefined || member.startsWith(";")) return undefined;
  const parameters: [string, string][] = [];
  for (const text of rest) {
    const pair = parsePair(text);
    if (pair?.value === undefined) return undefined;
    parameters.push([pair.name, pair.value]);
  }
  return { item, parameters };
}
