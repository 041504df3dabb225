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
        const line = lineOf(source, key, name, index);
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
 * The number, from 1, of the line that sets a key; of its table where the key is not written in the usual way. The
 * parser keeps no places, so this looks at the text: right for all but keys within multi-line strings.
 */
function lineOf(source: string, key: string, table = "", index = 0): number | undefined {
  let current = "";
  let seen = -1;
  let tableLine: number | undefined;
  for (const [number, line] of source.split("\n").entries()) {
    const header = /^\s*\[{1,2}\s*"?([^\]"]+?)"?\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      current = header;
      if (current === table) seen++;
      if (current === table && seen === index) tableLine = number + 1;
      if (table === "" && header === key) return number + 1;
    } else if (current === table && (table === "" || seen === index)) {
      const name = /^\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*[.=]/.exec(line);
      if (name !== null && (name[1] ?? name[2] ?? name[3]) === key) return number + 1;
    }
  }
  return tableLine;
}
