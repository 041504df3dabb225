import { readFileSync } from "node:fs";
import { ConfigFault } from "@larder/server";

/** Where the token is looked for when nobody says where. */
const usualVariable = "LARDER_ADMIN_TOKEN";
const fewestCharacters = 16;

/**
 * The token that orders to a gateway need, from an environment variable or a file.
 * @param variable its name, where one was named
 * @param file its path, where one was named
 * @returns undefined where there is none
 * @throws {ConfigFault} for one that was named and is not there, that is too easy to guess, or that no field can hold
 */
export function readAdminToken(
  variable: string | undefined,
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (variable !== undefined && file !== undefined)
    throw new ConfigFault("admin-token-env: either a variable or a file has the token, not both");
  const place = file === undefined ? (variable ?? usualVariable) : file;
  const token = file === undefined ? environment[place] : textOf(file).trim();
  if (token === undefined && variable !== undefined)
    throw new ConfigFault(`admin-token-env: the environment variable ${variable} is not set`);
  if (token === undefined) return undefined;
  if (token.length < fewestCharacters || !/^[\x21-\x7e]+$/.test(token))
    throw new ConfigFault(
      `${place}: the admin token has at least ${fewestCharacters} characters, printable ASCII without spaces; for example what "openssl rand -hex 24" prints`,
    );
  return token;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigFault(`admin-token-file: ${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
