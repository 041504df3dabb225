import { ConfigFault, type Place } from "@larder/server";

/**
 * Reads `PREFIX=FORMAT:WHAT`, as `--mount` takes it.
 * @throws {ConfigFault} when the text has another form
 */
export function splitMount(text: string): {
  readonly prefix: string;
  readonly format: string;
  readonly what: string;
} {
  const match = /^([^=]*)=([^:]*):(.*)$/.exec(text);
  if (match === null) {
    throw new ConfigFault(
      "--mount: expected PREFIX=FORMAT:WHAT, for example /pypi/=pypi:https://index.example/simple/",
    );
  }
  const [, prefix = "", format = "", what = ""] = match;
  return { prefix, format, what };
}

/** A mount's prefix, with a slash at its end. @throws {ConfigFault} for what clients could write in several ways */
export function readPrefix(prefix: string | undefined, place: Place): string {
  if (prefix === undefined) throw new ConfigFault(`${place("prefix")}: missing; for example "/pypi/"`);
  const whole = prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (!/^\/(?:[\w~-][\w.~-]*\/)*$/.test(whole)) {
    throw new ConfigFault(
      `${place("prefix")}: expected a path of letters, digits and . _ ~ - such as /pypi/, not ${JSON.stringify(prefix)}`,
    );
  }
  return whole;
}
