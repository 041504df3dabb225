/** One field line as received: name in its original case, value without surrounding white space (RFC 9110 §5.5). */
export type FieldLine = readonly [name: string, value: string];

/**
 * How one field is read. `parse` gets the values of all lines of that name in order, `[]` when there is none, and
 * never throws: what it can't read it reports in its result.
 */
export interface FieldParser<T> {
  /** lower case */
  readonly name: string;
  readonly parse: (lines: readonly string[]) => T;
}

/**
 * Whether a field name is the one that is looked for (RFC 9110 §5.1: names have no case). Most differ in their length or
 * their first letter already, which costs next to nothing.
 * @param received as in a message
 * @param wanted lower case
 */
function isNamed(received: string, wanted: string): boolean {
  if (received.length !== wanted.length || (received.charCodeAt(0) | 0x20) !== (wanted.charCodeAt(0) | 0x20))
    return false;
  return received === wanted || received.toLowerCase() === wanted;
}

function isOneOf(received: string, wanted: readonly string[]): boolean {
  for (let i = 0; i < wanted.length; i++) if (isNamed(received, wanted[i]!)) return true;
  return false;
}

/** What a parser made of a section, and what those before it did: few enough to be looked through. */
interface Read {
  readonly parser: FieldParser<unknown>;
  readonly value: unknown;
  readonly before: Read | undefined;
}

/**
 * The header or trailer section of a message (RFC 9110 §5): field lines in order, names compared without case.
 * Immutable; every change makes a new one. Names given to its methods are lower case.
 */
export class Fields implements Iterable<FieldLine> {
  static readonly empty = new Fields([]);

  /** Names and values in turn, as `node:http` and undici give them; shared, never written to. */
  readonly raw: readonly string[];
  #read: Read | undefined;

  private constructor(raw: readonly string[]) {
    this.raw = raw;
  }

  /** @param raw names and values in turn; its length is even */
  static fromRaw(raw: readonly string[]): Fields {
    return raw.length === 0 ? Fields.empty : new Fields(raw);
  }

  static of(...lines: readonly FieldLine[]): Fields {
    return Fields.fromRaw(lines.flat());
  }

  has(name: string): boolean {
    return this.hasAny([name]);
  }

  /** Whether any of these fields is there. */
  hasAny(names: readonly string[]): boolean {
    for (let i = 0; i < this.raw.length; i += 2) if (isOneOf(this.raw[i]!, names)) return true;
    return false;
  }

  /** The values of all lines with that name, in order. */
  all(name: string): readonly string[] {
    const { raw } = this;
    let values: string[] | undefined;
    for (let i = 0; i < raw.length; i += 2) {
      if (!isNamed(raw[i]!, name)) continue;
      if (values === undefined) values = [raw[i + 1]!];
      else values.push(raw[i + 1]!);
    }
    return values ?? none;
  }

  /** The combined field value (RFC 9110 §5.2): lines joined by a comma and a space; undefined when there is no line. */
  get(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values.join(", ");
  }

  /** The field as its parser reads it; read once for each section, however often it is asked for. */
  read<T>(parser: FieldParser<T>): T {
    for (let one = this.#read; one !== undefined; one = one.before) if (one.parser === parser) return one.value as T;
    const value = parser.parse(this.all(parser.name));
    this.#read = { parser, value, before: this.#read };
    return value;
  }

  /** With these lines in place of all lines of their names; `undefined` takes a name away. New names go to the end. */
  with(changes: Readonly<Record<string, string | readonly string[] | undefined>>): Fields {
    const names = Object.keys(changes);
    const raw = this.#rest(names);
    for (const name of names) {
      const value = changes[name];
      if (typeof value === "string") raw.push(name, value);
      else if (value !== undefined) for (const line of value) raw.push(name, line);
    }
    return Fields.fromRaw(raw);
  }

  /** Without the lines of these names. */
  without(names: readonly string[]): Fields {
    return this.hasAny(names) ? Fields.fromRaw(this.#rest(names)) : this;
  }

  #rest(names: readonly string[]): string[] {
    const raw: string[] = [];
    for (let i = 0; i < this.raw.length; i += 2)
      if (!isOneOf(this.raw[i]!, names)) raw.push(this.raw[i]!, this.raw[i + 1]!);
    return raw;
  }

  /** The lines whose lower-case name the predicate takes. */
  filter(keep: (name: string) => boolean): Fields {
    const raw: string[] = [];
    for (let i = 0; i < this.raw.length; i += 2) {
      if (keep(this.raw[i]!.toLowerCase())) raw.push(this.raw[i]!, this.raw[i + 1]!);
    }
    return raw.length === this.raw.length ? this : Fields.fromRaw(raw);
  }

  /** The lower-case names that occur, each once. */
  names(): ReadonlySet<string> {
    const names = new Set<string>();
    for (let i = 0; i < this.raw.length; i += 2) names.add(this.raw[i]!.toLowerCase());
    return names;
  }

  *[Symbol.iterator](): Iterator<FieldLine> {
    for (let i = 0; i < this.raw.length; i += 2) yield [this.raw[i]!, this.raw[i + 1]!];
  }
}

const none: readonly string[] = [];
