import type { FieldParser } from "./fields.ts";

/** A name for one state of one representation (RFC 9110 §8.8.3). */
export interface EntityTag {
  /** equal weak tags promise equal meaning, equal strong tags promise equal octets (RFC 9110 §8.8.1) */
  readonly weak: boolean;
  /** what stands between the quotes; nothing in it is escaped */
  readonly opaque: string;
}

const quote = 0x22;
const comma = 0x2c;

/** RFC 9110 §8.8.3 `etagc`; and the space, which some servers put in: it can't make two tags equal. */
const inQuotes = (code: number) => code >= 0x20 && code !== quote && code !== 0x7f && code <= 0xff;
/** What we read as the tag of a sender that forgot the quotes. */
const withoutQuotes = (code: number) => inQuotes(code) && code !== 0x20 && code !== comma;
const isSpace = (code: number) => code === 0x20 || code === 0x09;

/** Reads the tag that starts at `start`; `end` is where it ends, `tag` undefined where there is none. */
function readTag(text: string, start: number): { tag: EntityTag | undefined; end: number } {
  let at = start;
  const weak = (text[at] === "W" || text[at] === "w") && text[at + 1] === "/";
  if (weak) at += 2;
  const quoted = text.charCodeAt(at) === quote;
  const first = quoted ? at + 1 : at;
  const belongs = quoted ? inQuotes : withoutQuotes;
  at = first;
  while (at < text.length && belongs(text.charCodeAt(at))) at++;
  const opaque = text.slice(first, at);
  if (quoted ? text.charCodeAt(at) !== quote : opaque === "" || opaque === "*") return { tag: undefined, end: at };
  return { tag: { weak, opaque }, end: quoted ? at + 1 : at };
}

/**
 * Reads one entity tag (RFC 9110 §8.8.3). Beyond its grammar it takes what can't lead to a wrong match: tags without
 * quotes, `w/` for `W/`, spaces between the quotes.
 * @returns undefined where the text is not one tag and nothing else
 */
export function parseEntityTag(text: string): EntityTag | undefined {
  const { tag, end } = readTag(text, 0);
  return end === text.length ? tag : undefined;
}

/**
 * The tag as it stands in a field.
 * @throws {TypeError} when `opaque` holds a character that no tag can hold (a quote, a control, one beyond Latin-1)
 */
export function formatEntityTag(tag: EntityTag): string {
  for (let i = 0; i < tag.opaque.length; i++)
    if (!inQuotes(tag.opaque.charCodeAt(i)))
      throw new TypeError(`an entity tag can't hold ${JSON.stringify(tag.opaque[i])}`);
  return writeEntityTag(tag);
}

/** As `formatEntityTag`, of a tag that was read from a field, so that nothing in it need be looked at. */
export function writeEntityTag({ weak, opaque }: EntityTag): string {
  return weak ? `W/"${opaque}"` : `"${opaque}"`;
}

/** Members that are no tags are left out: a condition must not hold because of what nobody can read. */
function readList(text: string, into: EntityTag[]): void {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === comma || isSpace(code)) {
      at++;
      continue;
    }
    const { tag, end } = readTag(text, at);
    at = end;
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (tag !== undefined && (at === text.length || at > end || text.charCodeAt(at) === comma)) into.push(tag);
    else while (at < text.length && text.charCodeAt(at) !== comma) at++;
  }
}

const tagListField = (name: string): FieldParser<"*" | readonly EntityTag[] | undefined> => ({
  name,
  parse(lines) {
    if (lines.length === 0) return undefined;
    if (lines.length === 1 && lines[0] === "*") return "*";
    const tags: EntityTag[] = [];
    for (const line of lines) readList(line, tags);
    return tags;
  },
});

/** RFC 9110 §13.1.1; `[]` = there, but without a tag that could match */
export const ifMatch = tagListField("if-match");
/** RFC 9110 §13.1.2; `[]` = there, but without a tag that could match */
export const ifNoneMatch = tagListField("if-none-match");

/** RFC 9110 §8.8.3; of several lines, all must say the same */
export const etag: FieldParser<EntityTag | undefined> = {
  name: "etag",
  parse: (lines) =>
    lines.length > 0 && lines.every((line) => line === lines[0]) ? parseEntityTag(lines[0]!) : undefined,
};

/** RFC 9110 §8.8.3.2: the same octets. Both tags are there, strong, and equal. */
export function strongMatch(a: EntityTag | undefined, b: EntityTag | undefined): boolean {
  return weakMatch(a, b) && !a!.weak && !b!.weak;
}

/** RFC 9110 §8.8.3.2: the same meaning. Both tags are there, and equal but for their weakness. */
export function weakMatch(a: EntityTag | undefined, b: EntityTag | undefined): boolean {
  return a !== undefined && a.opaque === b?.opaque;
}
