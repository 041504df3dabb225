import { closest, distance } from "fastest-levenshtein";
import { ConfigFault, isFault } from "./fault.ts";
import type { Kind } from "./kinds.ts";

/** One setting: what a file calls it, what a command line calls it with `--` before, what the help says about it. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** one line, for people */
  readonly help: string;
  /** what holds where nothing is said, as the help says it; left out = nothing to say */
  readonly defaults?: string;
  /** whether the command line has it, too */
  readonly option?: boolean;
}

/** Settings by their key. One table is the source for files, command lines and their help. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What reading gives for such a table: only what was said. */
export type Said<S extends Settings> = { readonly [K in keyof S]?: S[K] extends Setting<infer T> ? T : never };

/**
 * Where a value was written, for messages: `larder.toml:12: fresh`, `--fresh`. A key within tables is written as
 * `policy.block[1].name`.
 */
export type Place = (key: string) => string;

/**
 * Reads what was said about settings.
 * @param said values as a file or a command line gives them, by key
 * @param folder what relative paths start from
 * @throws {ConfigFault} for a value that is none of its kind, and for a key that is not in the table
 */
export function readSettings<S extends Settings>(
  settings: S,
  said: Readonly<Record<string, unknown>>,
  place: Place,
  folder: string,
): Said<S> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(said)) {
    if (value === undefined) continue;
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (setting === undefined) throw unknown(place(key), key, Object.keys(settings));
    const read = setting.kind.read(value, folder);
    if (isFault(read)) throw new ConfigFault(`${place(key)}: ${read.fault}, not ${JSON.stringify(value)}`);
    values[key] = read;
  }
  return values as Said<S>;
}

/** The fault of a name that nobody knows, with the nearest one that is known. */
export function unknown(place: string, name: string, known: readonly string[]): ConfigFault {
  const nearest = closest(name, known);
  const cure =
    known.length > 0 && distance(name, nearest) <= Math.max(2, name.length / 3)
      ? `did you mean ${nearest}?`
      : `known are ${known.join(", ")}`;
  return new ConfigFault(`${place}: there is no such setting; ${cure}`);
}
