import { readFileSync } from "node:fs";
import { ConfigFault } from "@larder/server";
import { parse } from "yaml";

/**
 * Reads a YAML file.
 * @param setting what named it, for messages
 * @param use makes something of its content; what it throws is told with the file's name
 * @throws {ConfigFault}
 */
export function readYaml<T>(path: string, setting: string, use: (content: unknown) => T): T {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigFault(`${setting}: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    return use(parse(source));
  } catch (error) {
    throw new ConfigFault(`${path}: ${(error as Error).message.split("\n")[0]}`);
  }
}
