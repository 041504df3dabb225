import { resolve } from "node:path";
import { type Address, readAddress } from "./address.ts";
import { type Fault, fault } from "./fault.ts";

/** How values of one kind are written, in a TOML file (typed) and on a command line (text). */
export interface Kind<T> {
  /** what stands for the value in a help text; undefined for a flag, which stands alone on the command line */
  readonly placeholder: string | undefined;
  /** @param folder what relative paths start from */
  read(value: unknown, folder: string): T | Fault;
}

/** @returns a value as text: a table or a list, whose own text could be anything or none, is the empty one. */
const written = (value: unknown): string => (typeof value === "object" ? "" : String(value));

/** Seconds, fractions allowed: a number, or text with a unit such as `90 minutes` or `7d`. */
export const seconds: Kind<number> = {
  placeholder: "SECONDS",
  read(value) {
    const match = /^(\d+(?:\.\d+)?)\s*(?:([smhdw])|(second|minute|hour|day|week)s?)?$/i.exec(written(value).trim());
    if (match === null) return fault('expected seconds, a number from 0 on, or a text such as "36 hours" or "7 days"');
    return Number(match[1]) * inSeconds[(match[2] ?? match[3] ?? "s")[0]!.toLowerCase()]!;
  },
};

const inSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };

/** A day or an instant (RFC 3339, TOML's own or as text) in milliseconds since the epoch; without a zone it is UTC. */
export const date: Kind<number> = {
  placeholder: "DATE",
  read(value) {
    const text = value instanceof Date ? value.toISOString() : written(value);
    const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(text);
    const at = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? "00:00"}${match[3] ?? "Z"}`);
    return Number.isNaN(at) ? fault("expected a date, for example 2026-01-31 or 2026-01-31T12:00:00Z") : at;
  },
};

/** Octets: a number, or text with a unit such as `500 MB` or `20 GiB`. */
export const bytes: Kind<number> = {
  placeholder: "SIZE",
  read(value) {
    const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?))?b?$/i.exec(written(value).trim());
    if (match === null) return fault('expected a size, for example 500000000, "500 MB" or "20 GiB"');
    const power = " kmgt".indexOf((match[2] || " ").toLowerCase());
    return Math.round(Number(match[1]) * (match[3] ? 1024 : 1000) ** power);
  },
};

/** A whole number within bounds, both included. */
export function count(least: number, most: number): Kind<number> {
  return {
    placeholder: "N",
    read(value) {
      const number = /^\d{1,9}$/.test(written(value)) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? number : fault(`expected a whole number from ${least} to ${most}`);
    },
  };
}

/** `HOST:PORT`. */
export const address: Kind<Address> = {
  placeholder: "HOST:PORT",
  read: (value) => readAddress(written(value)),
};

/** True or false; on the command line it stands alone. */
export const flag: Kind<boolean> = {
  placeholder: undefined,
  read: (value) => (typeof value === "boolean" ? value : fault("expected true or false")),
};

/** Any text but the empty one. */
export const text: Kind<string> = {
  placeholder: "TEXT",
  read: (value) => (typeof value === "string" && value !== "" ? value : fault("expected a text in quotes")),
};

/** Texts; one of them may stand alone. */
export const texts: Kind<readonly string[]> = {
  placeholder: "TEXT",
  read(value) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isText = (one: unknown) => typeof one === "string" && one !== "";
    return list.length > 0 && list.every(isText) ? (list as string[]) : fault("expected a text or a list of texts");
  },
};

/** The path of a file or folder; becomes absolute. */
export function path(placeholder: string): Kind<string> {
  return {
    placeholder,
    read: (value, folder) =>
      typeof value === "string" && value !== "" ? resolve(folder, value) : fault("expected a path"),
  };
}

/** One of a few words. */
export function choice<T extends string>(words: readonly T[]): Kind<T> {
  return {
    placeholder: words.join("|"),
    read: (value) => words.find((word) => word === value) ?? fault(`expected one of ${words.join(", ")}`),
  };
}

/** An http or https URL. */
export const url: Kind<URL> = {
  placeholder: "URL",
  read(value) {
    const parsed = URL.parse(written(value));
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
      return fault("expected an http or https URL, for example https://index.example/simple/");
    }
    return parsed;
  },
};
