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

const lowered = new Map<string, string>();

/** The lower-case form of a field name; remembered, because the same few names come with every message. */
function lowerCase(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowered.size < 1024) lowered.set(name, lower);
  return lower;
}

/**
 * The header or trailer section of a message (RFC 9110 §5): field lines in order, names compared without case.
 * Immutable; every change makes a new one. Names given to its methods are lower case.
 */
export class Fields implements Iterable<FieldLine> {
  static readonly empty = new Fields([]);

  /** Names and values in turn, as `node:http` and undici give them; shared, never written to. */
  readonly raw: readonly string[];
  #lower: string[] | undefined;
  #parsed: Map<FieldParser<unknown>, unknown> | undefined;

  private constructor(raw: readonly string[]) {
    this.raw = raw;
  }

  /** @param raw names and values in turn; its length is even */
  static fromRaw(raw: readonly string[]): Fields {
    return raw.length === 0 && Fields.empty !== undefined ? Fields.empty : new Fields(raw);
  }

  static of(...lines: readonly FieldLine[]): Fields {
    return Fields.fromRaw(lines.flat());
  }

  #names(): string[] {
    if (this.#lower === undefined) {
      const count = this.raw.length >> 1;
      const names = new Array<string>(count);
      for (let i = 0; i < count; i++) names[i] = lowerCase(this.raw[2 * i]!);
      this.#lower = names;
    }
    return this.#lower;
  }

  has(name: string): boolean {
    return this.#names().includes(name);
  }

  /** The values of all lines with that name, in order. */
  all(name: string): readonly string[] {
    const names = this.#names();
    let values: string[] | undefined;
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== name) continue;
      values ??= [];
      values.push(this.raw[2 * i + 1]!);
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
    this.#parsed ??= new Map();
    if (this.#parsed.has(parser)) return this.#parsed.get(parser) as T;
    const value = parser.parse(this.all(parser.name));
    this.#parsed.set(parser, value);
    return value;
  }

  /** With these lines in place of all lines of their names; `undefined` takes a name away. New names go to the end. */
  with(changes: Readonly<Record<string, string | readonly string[] | undefined>>): Fields {
    const raw: string[] = [];
    const names = this.#names();
    for (let i = 0; i < names.length; i++) {
      if (!Object.hasOwn(changes, names[i]!)) raw.push(this.raw[2 * i]!, this.raw[2 * i + 1]!);
    }
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) continue;
      for (const line of typeof value === "string" ? [value] : value) raw.push(name, line);
    }
    return Fields.fromRaw(raw);
  }

  /** The lines whose lower-case name the predicate takes. */
  filter(keep: (name: string) => boolean): Fields {
    const raw: string[] = [];
    const names = this.#names();
    for (let i = 0; i < names.length; i++) {
      if (keep(names[i]!)) raw.push(this.raw[2 * i]!, this.raw[2 * i + 1]!);
    }
    return raw.length === this.raw.length ? this : Fields.fromRaw(raw);
  }

  /** The lower-case names that occur, each once. */
  names(): ReadonlySet<string> {
    return new Set(this.#names());
  }

  *[Symbol.iterator](): Iterator<FieldLine> {
    for (let i = 0; i < this.raw.length; i += 2) yield [this.raw[i]!, this.raw[i + 1]!];
  }
}

const none: readonly string[] = [];
