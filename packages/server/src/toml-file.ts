import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse, TomlError, type TomlTable } from "smol-toml";
import { ConfigFault } from "./fault.ts";
import type { Place } from "./settings.ts";

/** A TOML file that was read, and where in it things stand. */
export interface TomlFile {
  readonly table: TomlTable;
  /** what its relative paths start from */
  readonly folder: string;
  /** The place of a key: of the file's top, or of the table of that name and number (`[[mount]]`, from 0). */
  place(table?: string, index?: number): Place;
}

/**
 * Reads a TOML file.
 * @throws {ConfigFault} when it can't be read, or is no TOML
 */
export function readTomlFile(path: string): TomlFile {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigFault(`${path}: the file can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const table = parse(source);
    return {
      table,
      folder: dirname(resolve(path)),
      place: (name, index) => (key) => {
        const line = lineOf(
          source,
          [...(name === undefined ? [] : [index === undefined ? name : `${name}[${index}]`]), key].join("."),
        );
        return `${path}${line === undefined ? "" : `:${line}`}: ${key}`;
      },
    };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new ConfigFault(`${path}:${error.line}:${error.column}: this is no TOML: ${what}`);
  }
}

/**
 * The number, from 1, of the line that sets a key; of what it would stand in where the key is not there or not written
 * in the usual way. The parser keeps no places, so this looks at the text: right for all but multi-line strings.
 * @param wanted the key with the tables around it, `mount[0].policy.block[1].name`
 */
function lineOf(source: string, wanted: string): number | undefined {
  const counts = new Map<string, number>();
  let nearest: { readonly path: string; readonly line: number } | undefined;
  let table = "";
  for (const [number, line] of source.split("\n").entries()) {
    const look = (path: string) => {
      const common = path.startsWith(`${wanted}.`) ? wanted : path;
      const holds = wanted === common || wanted.startsWith(`${common}.`) || wanted.startsWith(`${common}[`);
      if (holds && common.length > (nearest?.path.length ?? 0)) nearest = { path: common, line: number + 1 };
    };
    const [, brackets, header] = /^\s*(\[{1,2})([^\]]+)\]/.exec(line) ?? [];
    if (header !== undefined) {
      const path = pathOf(header, (path) => counts.get(path));
      if (brackets === "[") table = path;
      else {
        // `path` has the number of the table before this one
        const list = path.replace(/\[\d+\]$/, "");
        counts.set(list, (counts.get(list) ?? -1) + 1);
        look(list);
        table = `${list}[${counts.get(list)}]`;
      }
      look(table);
      continue;
    }
    const [, key] = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/.exec(line) ?? [];
    if (key !== undefined) look((table === "" ? "" : `${table}.`) + pathOf(key, () => undefined));
  }
  return nearest?.line;
}

/** A dotted key or header in one form, with the number of the table that each list of tables is at. */
function pathOf(text: string, at: (path: string) => number | undefined): string {
  let path = "";
  for (const [part] of text.matchAll(/"[^"]*"|'[^']*'|[\w-]+/g)) {
    path += (path === "" ? "" : ".") + part.replace(/^["']|["']$/g, "");
    const number = at(path);
    if (number !== undefined) path += `[${number}]`;
  }
  return path;
}

/** Whether a value of a TOML file is a table. */
export const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
