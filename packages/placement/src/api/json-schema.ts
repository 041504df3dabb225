/**
 * The small part of JSON Schema that the API's bodies and queries need, with the words of Python's jsonschema, which
 * clients and the public suite look for: which of several faults is told, its sentence, and the path to the rule.
 */
import { repr } from "./python.ts";
import { isUuidLike } from "./uuid.ts";

type TypeName = "object" | "array" | "string" | "integer" | "number" | "null";

/** Rules are judged in the order in which the schema names them. */
export interface Schema {
  readonly type?: TypeName | readonly TypeName[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** keys are regular expressions; unanchored unless they say so */
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly uniqueItems?: true;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** `uuid-dashed`: with its dashes, as queries must have it; told as `uuid`, too */
  readonly format?: "uuid" | "uuid-dashed";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

type Path = readonly (string | number)[];

interface Fault {
  readonly says: string;
  readonly keyword: string;
  readonly instance: unknown;
  readonly at: Path;
  readonly schemaAt: Path;
}

/** What a keyword judges, and how faults are told: about this value, or about one inside of it. */
interface Place {
  readonly schema: Schema;
  tell(says: string): void;
  descend(value: unknown, schema: Schema, key: string | number | undefined, schemaKey?: string | number): void;
}

type Rule<K extends keyof Schema> = (value: unknown, rule: NonNullable<Schema[K]>, place: Place) => void;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isType: Readonly<Record<TypeName, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  number: (value) => typeof value === "number",
  null: (value) => value === null,
};

const keywords: { readonly [K in keyof Schema]-?: Rule<K> } = {
  type: (value, type, { tell }) => {
    const types = typeof type === "string" ? [type] : type;
    if (!types.some((name) => isType[name](value))) tell(`${repr(value)} is not of type ${types.map(repr).join(", ")}`);
    else if (typeof value === "string" && !value.isWellFormed())
      tell(`${repr(value)} is not text: it holds half of a surrogate pair`);
  },
  properties: (value, properties, { descend }) => {
    if (!isObject(value)) return;
    for (const [key, schema] of Object.entries(properties))
      if (Object.hasOwn(value, key)) descend(value[key], schema, key, key);
  },
  patternProperties: (value, patterns, { descend }) => {
    if (!isObject(value)) return;
    for (const [pattern, schema] of Object.entries(patterns))
      for (const key of Object.keys(value)) if (matches(pattern, key)) descend(value[key], schema, key, pattern);
  },
  additionalProperties: (value, _, { schema, tell }) => {
    if (!isObject(value)) return;
    const patterns = Object.keys(schema.patternProperties ?? {}).sort();
    const extras = Object.keys(value)
      .filter((key) => !Object.hasOwn(schema.properties ?? {}, key) && !patterns.some((one) => matches(one, key)))
      .sort();
    if (extras.length === 0) return;
    const names = extras.slice(0, 20).map(repr).join(", ");
    const one = extras.length === 1;
    if (patterns.length === 0)
      tell(`Additional properties are not allowed (${names} ${one ? "was" : "were"} unexpected)`);
    else tell(`${names} ${one ? "does" : "do"} not match any of the regexes: ${patterns.map(repr).join(", ")}`);
  },
  required: (value, names, { tell }) => {
    if (!isObject(value)) return;
    for (const name of names) if (!Object.hasOwn(value, name)) tell(`${repr(name)} is a required property`);
  },
  minProperties: (value, least, { tell }) => {
    if (isObject(value) && Object.keys(value).length < least) tell(`${repr(value)} should be non-empty`);
  },
  items: (value, schema, { descend }) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) descend(item, schema, index);
  },
  minItems: (value, least, { tell }) => {
    if (Array.isArray(value) && value.length < least) tell(`${repr(value)} should be non-empty`);
  },
  uniqueItems: (value, _, { tell }) => {
    if (Array.isArray(value) && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
      tell(`${repr(value)} has non-unique elements`);
  },
  minLength: (value, least, { tell }) => {
    if (typeof value === "string" && value.length < least) tell(`${repr(value)} should be non-empty`);
  },
  // counted in code points, as Python does, where that can make a difference
  maxLength: (value, most, { tell }) => {
    if (typeof value !== "string" || value.length <= most) return;
    if (value.length > 2 * most || [...value].length > most) tell(`${repr(value)} is too long`);
  },
  pattern: (value, pattern, { tell }) => {
    if (typeof value === "string" && !matches(pattern, value)) tell(`${repr(value)} does not match ${repr(pattern)}`);
  },
  format: (value, format, { tell }) => {
    if (typeof value !== "string") return;
    const dashed = /^.{8}-.{4}-.{4}-.{4}-/.test(value);
    if (!isUuidLike(value) || (format === "uuid-dashed" && !dashed)) tell(`${repr(value)} is not a 'uuid'`);
  },
  minimum: (value, least, { tell }) => {
    if (typeof value === "number" && value < least) tell(`${value} is less than the minimum of ${least}`);
  },
  maximum: (value, most, { tell }) => {
    if (typeof value === "number" && value > most) tell(`${value} is greater than the maximum of ${most}`);
  },
  enum: (value, allowed, { tell }) => {
    if (!allowed.some((one) => one === value)) tell(`${repr(value)} is not one of ${repr(allowed)}`);
  },
  anyOf: (value, schemas, { tell, descend }) => {
    const tried = schemas.map((schema) => faultsOf(value, schema));
    if (tried.some((faults) => faults.length === 0)) return;
    // the alternative of the right type is what the sender meant
    const meant = tried.findIndex((faults) => faults.every(({ keyword }) => keyword !== "type"));
    if (meant < 0) tell(`${repr(value)} is not valid under any of the given schemas`);
    else descend(value, schemas[meant]!, undefined, meant);
  },
};

/** Patterns are few and fixed, so each is compiled once. */
const compiled = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(pattern);
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

function faultsOf(value: unknown, schema: Schema): Fault[] {
  const faults: Fault[] = [];
  collect(value, schema, [], [], faults);
  return faults;
}

function collect(instance: unknown, schema: Schema, at: Path, schemaAt: Path, faults: Fault[]): void {
  for (const keyword of Object.keys(schema) as (keyof Schema)[]) {
    const place: Place = {
      schema,
      tell: (says) => faults.push({ says, keyword, instance, at, schemaAt }),
      descend: (value, inner, key, schemaKey) => {
        const down = schemaKey === undefined ? [...schemaAt, keyword] : [...schemaAt, keyword, schemaKey];
        collect(value, inner, key === undefined ? at : [...at, key], down, faults);
      },
    };
    (keywords[keyword] as (value: unknown, rule: unknown, place: Place) => void)(instance, schema[keyword], place);
  }
}

/**
 * What is wrong with a value, in one line: the sentence, the rule, and where in the value. The dump of the whole
 * schema that Python adds is left out (CHOICES.md).
 * @param value parsed JSON
 * @returns undefined when it is as the schema says
 */
export function findFault(value: unknown, schema: Schema): string | undefined {
  const faults = faultsOf(value, schema);
  if (faults.length === 0) return undefined;
  const { says, keyword, instance, at, schemaAt } = faults.reduce((best, next) =>
    compare(next, best) > 0 ? next : best,
  );
  const path = (parts: Path): string => parts.map((part) => `[${repr(part)}]`).join("");
  return `${says}  Failed validating '${keyword}' in schema${path(schemaAt)}  On instance${path(at)}:     ${repr(instance)}`;
}

/** The fault nearest to the top is told; among equals the one whose path comes last; among these the first found. */
function compare(a: Fault, b: Fault): number {
  if (a.at.length !== b.at.length) return b.at.length - a.at.length;
  for (const [i, part] of a.at.entries()) {
    const other = b.at[i]!;
    if (part !== other) return part > other ? 1 : -1;
  }
  return Number(a.keyword !== "anyOf") - Number(b.keyword !== "anyOf");
}
