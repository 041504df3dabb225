import type { Seconds } from "@larder/core";
import { ConfigFault, isFault, isTable, kinds, type Place, readSettings, type Said } from "@larder/server";
import { cacheSettings, overrideSettings } from "./config-settings.ts";

/** A lifetime that an operator sets for some responses. */
export interface Override {
  /** of the URL below the mount, without its query; `*` stands for any characters. Left out: all. */
  readonly paths?: readonly string[];
  /** media types without parameters, `*` as above. Left out: all. */
  readonly types?: readonly string[];
  readonly fresh: Seconds;
}

/** What an operator decides about what a mount keeps; all left out: RFC 9111 alone. */
export interface CachingConfig {
  /** by status (`404`) or class: `5xx`, or `4xx`, which is those of them that are about the target */
  readonly negative: ReadonlyMap<string, Seconds>;
  /** the first that fits counts */
  readonly overrides: readonly Override[];
  readonly query: {
    /** names of parameters that make no difference; `*` stands for any characters */
    readonly ignore: readonly string[];
    /** the only ones that make a difference; undefined = all */
    readonly keep: readonly string[] | undefined;
    /** whether their order makes none */
    readonly sort: boolean;
  };
  /** whether No-Vary-Search is followed */
  readonly noVarySearch: boolean;
  /** octets of content beyond which a response is passed on without being kept */
  readonly storeLimit: number | undefined;
  /** octets of content beyond which a response is a failure of the upstream's */
  readonly responseLimit: number | undefined;
  /** octets of content that a request may have, where that is less than the gateway takes */
  readonly requestLimit: number | undefined;
  /** name of a targeted field (RFC 9213) that counts before all others, lower case */
  readonly cacheControl: string | undefined;
}

/** Errors about what was asked for, not about how: no client can bring others into one of the rest (by a strange field, say). */
const aboutTarget = /^(?:404|405|410|414|451|5\d\d|4xx|5xx)$/;

export const isAboutTarget = (status: number): boolean => aboutTarget.test(String(status));

/** Statuses by which an index says for certain that something is not there. */
const certain: ReadonlySet<string> = new Set(["404", "410"]);

/**
 * What was said about caching in a mount.
 * @param said by the keys of `cacheSettings`, and `negative`, `override`
 * @throws {ConfigFault} for what is none of its kind, or makes no sense in a mount of this format
 */
export function readCaching(
  format: "pypi" | "http",
  said: Readonly<Record<string, unknown>>,
  place: Place,
  folder: string,
): CachingConfig {
  const { negative, override, ...rest } = said;
  const read = readSettings(cacheSettings, rest, place, folder);
  const onlyHttp = [
    "query-ignore",
    "query-keep",
    "query-sort",
    "no-vary-search",
    "cache-control-field",
    "store-limit",
  ] as const;
  for (const key of onlyHttp)
    if (format !== "http" && read[key] !== undefined)
      throw new ConfigFault(
        `${place(key)}: only an http mount has it; an index's pages and files have rules of their own`,
      );
  if (format !== "http" && override !== undefined)
    throw new ConfigFault(`${place("override")}: only an http mount has it; an index has "fresh"`);
  if (read["query-ignore"] !== undefined && read["query-keep"] !== undefined)
    throw new ConfigFault(`${place("query-keep")}: either what is ignored or what is kept, not both`);
  return {
    negative: readNegative(negative, format, place),
    overrides: readOverrides(override, place, folder),
    query: { ignore: read["query-ignore"] ?? [], keep: read["query-keep"], sort: read["query-sort"] ?? false },
    noVarySearch: read["no-vary-search"] ?? false,
    storeLimit: read["store-limit"],
    responseLimit: read["response-limit"],
    requestLimit: read["request-limit"],
    cacheControl: readFieldName(read, place),
  };
}

function readNegative(said: unknown, format: "pypi" | "http", place: Place): ReadonlyMap<string, Seconds> {
  if (said === undefined) return new Map();
  if (!isTable(said)) throw new ConfigFault(`${place("negative")}: expected a table such as { 404 = 60, 5xx = 5 }`);
  return new Map(
    Object.entries(said).map(([status, value]) => {
      const at = place(`negative.${status}`);
      if (!/^[45](?:\d\d|xx)$/.test(status))
        throw new ConfigFault(`${at}: expected a status such as 404, or 4xx or 5xx`);
      if (!aboutTarget.test(status))
        throw new ConfigFault(
          `${at}: such an answer is about the one request; others must not get it. Possible are 404, 405, 410, 414, 451 and 5xx`,
        );
      if (format === "pypi" && !certain.has(status))
        throw new ConfigFault(`${at}: of an index only 404 and 410 say for certain that there is no such project`);
      const seconds = kinds.seconds.read(value, "");
      if (isFault(seconds)) throw new ConfigFault(`${at}: ${seconds.fault}, not ${JSON.stringify(value)}`);
      return [status, seconds];
    }),
  );
}

function readOverrides(said: unknown, place: Place, folder: string): readonly Override[] {
  if (said === undefined) return [];
  if (!Array.isArray(said) || !said.every(isTable))
    throw new ConfigFault(`${place("override")}: overrides are tables, each under a line [[mount.override]]`);
  return said.map((one, number) => {
    const within: Place = (key) => place(`override[${number}].${key}`);
    const { path, type, fresh } = readSettings(overrideSettings, one, within, folder);
    if (fresh === undefined) throw new ConfigFault(`${within("fresh")}: missing; so many seconds, or "1 hour"`);
    return { ...(path && { paths: path }), ...(type && { types: type.map((one) => one.toLowerCase()) }), fresh };
  });
}

function readFieldName(read: Said<typeof cacheSettings>, place: Place): string | undefined {
  const name = read["cache-control-field"]?.toLowerCase();
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]*-cache-control$/.test(name))
    throw new ConfigFault(
      `${place("cache-control-field")}: expected a field's name that ends in -Cache-Control (RFC 9213), not ${JSON.stringify(name)}`,
    );
  return name;
}
