import {
  type BareItem,
  type Dictionary,
  type InnerList,
  type Item,
  keyPattern,
  type List,
  type Member,
  type Parameters,
  tokenPattern,
} from "./structured-fields.ts";

/**
 * Reads a field that is a List (RFC 9651 §4.2.1).
 * @param lines the values of its lines; none is an empty list
 * @returns undefined when anything in it is wrong: such a field counts as if it were not there
 */
export function parseList(lines: readonly string[]): List | undefined {
  return parseWhole(lines.join(", "), (input) => {
    const members: Member[] = [];
    const whole = eachMember(input, () => {
      const member = parseMember(input);
      if (member !== undefined) members.push(member);
      return member !== undefined;
    });
    return whole ? members : undefined;
  });
}

/** Reads a field that is a Dictionary (RFC 9651 §4.2.2); as `parseList`. The last of equal keys counts. */
export function parseDictionary(lines: readonly string[]): Dictionary | undefined {
  return parseWhole(lines.join(", "), (input) => {
    const members = new Map<string, Member>();
    const whole = eachMember(input, () => {
      const key = input.take(keys);
      if (key === undefined) return false;
      const member = input.skip("=") ? parseMember(input) : withParameters(input, { item: yes });
      if (member !== undefined) members.set(key, member);
      return member !== undefined;
    });
    return whole ? members : undefined;
  });
}

/** Reads a field that is one Item (RFC 9651 §4.2.3); undefined when it is absent or wrong. */
export function parseItem(lines: readonly string[]): Item | undefined {
  return parseWhole(lines.join(", "), parseOneItem);
}

/** The text and how far it is read. */
class Input {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** What the pattern matches right here; the pattern is sticky. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  skip(literal: string): boolean {
    const here = this.#text.startsWith(literal, this.#at);
    if (here) this.#at += literal.length;
    return here;
  }

  peek(): string | undefined {
    return this.#text[this.#at];
  }
}

/** what a key without "=" stands for */
const yes: BareItem = { type: "boolean", value: true };
const keys = new RegExp(keyPattern, "y");
const tokens = new RegExp(tokenPattern, "y");
const spaces = / */y;
const optionalWhiteSpace = /[ \t]*/y;
const numberStart = /[-0-9]/;
const numbers = /-?[0-9]+(?:\.[0-9]+)?/y;
const integer = /^-?[0-9]{1,15}$/;
const decimal = /^-?[0-9]{1,12}\.[0-9]{1,3}$/;
const strings = /"(?:[ !#-[\]-~]|\\["\\])*"/y;
const byteSequences = /:[A-Za-z0-9+/]*={0,2}:/y;
const displayStrings = /%"(?:[ !#$&-~]|%[0-9a-f]{2})*"/y;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseWhole<T>(text: string, parse: (input: Input) => T | undefined): T | undefined {
  const input = new Input(text);
  input.take(spaces);
  const value = parse(input);
  input.take(spaces);
  return input.atEnd ? value : undefined;
}

/** Calls `one` for each member between commas; false when a member fails or a comma ends the field. */
function eachMember(input: Input, one: () => boolean): boolean {
  if (input.atEnd) return true;
  for (;;) {
    if (!one()) return false;
    input.take(optionalWhiteSpace);
    if (input.atEnd) return true;
    if (!input.skip(",")) return false;
    input.take(optionalWhiteSpace);
    if (input.atEnd) return false;
  }
}

function parseMember(input: Input): Member | undefined {
  return input.skip("(") ? parseInnerList(input) : parseOneItem(input);
}

function parseInnerList(input: Input): InnerList | undefined {
  const items: Item[] = [];
  for (;;) {
    const spaced = input.take(spaces) !== "";
    if (input.skip(")")) return withParameters(input, { items });
    if (items.length > 0 && !spaced) return undefined;
    const item = parseOneItem(input);
    if (item === undefined) return undefined;
    items.push(item);
  }
}

function parseOneItem(input: Input): Item | undefined {
  const item = parseBareItem(input);
  return item === undefined ? undefined : withParameters(input, { item });
}

function withParameters<T>(input: Input, value: T): (T & { parameters: Parameters }) | undefined {
  const parameters = new Map<string, BareItem>();
  while (input.skip(";")) {
    input.take(spaces);
    const key = input.take(keys);
    const said = input.skip("=") ? parseBareItem(input) : yes;
    if (key === undefined || said === undefined) return undefined;
    parameters.set(key, said);
  }
  return { ...value, parameters };
}

function parseBareItem(input: Input): BareItem | undefined {
  switch (input.peek()) {
    case '"': {
      const text = input.take(strings);
      return text === undefined ? undefined : { type: "string", value: text.slice(1, -1).replace(/\\(.)/g, "$1") };
    }
    case ":":
      return parseBytes(input.take(byteSequences));
    case "?":
      return input.skip("?1")
        ? { type: "boolean", value: true }
        : input.skip("?0")
          ? { type: "boolean", value: false }
          : undefined;
    case "@": {
      input.skip("@");
      const number = parseNumber(input.take(numbers));
      return number?.type === "integer" ? { type: "date", value: number.value } : undefined;
    }
    case "%":
      return parseDisplayString(input.take(displayStrings));
    default: {
      if (numberStart.test(input.peek() ?? "")) return parseNumber(input.take(numbers));
      const token = input.take(tokens);
      return token === undefined ? undefined : { type: "token", value: token };
    }
  }
}

/** RFC 9651 §4.2.4 */
function parseNumber(text: string | undefined): (BareItem & { type: "integer" | "decimal" }) | undefined {
  if (text === undefined) return undefined;
  // plus nought, so that -0 is 0
  if (integer.test(text)) return { type: "integer", value: Number(text) + 0 };
  return decimal.test(text) ? { type: "decimal", value: Number(text) + 0 } : undefined;
}

/** RFC 9651 §4.2.7; padding may be missing, but not be wrong. */
function parseBytes(text: string | undefined): BareItem | undefined {
  const base64 = text?.slice(1, -1).replace(/=+$/, "");
  if (text === undefined || base64 === undefined || base64.length % 4 === 1) return undefined;
  const padding = text.length - 2 - base64.length;
  if (padding > 0 && (base64.length + padding) % 4 !== 0) return undefined;
  return { type: "bytes", value: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) };
}

/** RFC 9651 §4.2.10 */
function parseDisplayString(text: string | undefined): BareItem | undefined {
  if (text === undefined) return undefined;
  const octets: number[] = [];
  for (let i = 2; i < text.length - 1; i++) {
    const escaped = text[i] === "%";
    octets.push(escaped ? Number.parseInt(text.slice(i + 1, i + 3), 16) : text.charCodeAt(i));
    if (escaped) i += 2;
  }
  try {
    return { type: "display-string", value: utf8.decode(Uint8Array.from(octets)) };
  } catch {
    return undefined; // not UTF-8
  }
}
