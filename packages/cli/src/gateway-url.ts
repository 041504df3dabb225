import { ConfigFault, isFault, kinds } from "@larder/server";

/** Where `larder gateway` is reached, without further words. */
export const usualIndex = "http://127.0.0.1:8080/pypi/simple/";

/**
 * The URL of a mount's prefix, with a slash at its end.
 * @param text that URL, or the mount's index as clients are given it (`…/simple/`)
 * @param option whose value it is, for the error
 * @throws {ConfigFault} when it is no http URL
 */
export function mountUrl(text: string, option: string): string {
  const read = kinds.url.read(text, "");
  if (isFault(read)) throw new ConfigFault(`${option}: ${read.fault}, for example ${usualIndex}`);
  if (read.search !== "" || read.hash !== "") throw new ConfigFault(`${option}: a mount's URL ends with its path`);
  const path = read.pathname.replace(/\/?$/, "/").replace(/(?<=\/)simple\/$/, "");
  return `${read.origin}${path}`;
}
