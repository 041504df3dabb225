import type { FieldParser } from "./fields.ts";

/** So many texts at most, of so many characters: what strangers send must not fill the memory. */
const most = 500;
const longest = 500;

/**
 * The same function of a text, with the last results at hand: for what messages say in the same few words again and
 * again, and what takes a while to read.
 * @param make depends on nothing but the text; its result is never written to
 */
export function remembered<T extends string | object>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = make(text);
    if (known.size >= most) known.clear();
    if (text.length <= longest) known.set(text, made);
    return made;
  };
}

/** A parser of fields that say nothing where they are empty, with the last values of one line at hand; see `remembered`. */
export function rememberingParser<T extends string | object>({ name, parse }: FieldParser<T>): FieldParser<T> {
  const ofOne = remembered((line) => parse([line]));
  return { name, parse: (lines) => (lines.length > 1 ? parse(lines) : ofOne(lines[0] ?? "")) };
}
