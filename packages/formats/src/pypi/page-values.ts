import { pathEnd } from "../upstream-url.ts";

/** PEP 629: this reader knows major version 1. @returns why the page can't be read, undefined when it can */
export function versionFault(version: string): string | undefined {
  const [, major] = /^([0-9]+)\.[0-9]+$/.exec(version) ?? [];
  if (major === undefined) return `The page's API version is "${version.slice(0, 40)}", which is no version (PEP 629).`;
  return Number(major) === 1
    ? undefined
    : `The page speaks version ${version} of the simple API, Larder version 1 (PEP 629).`;
}

const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d):?(\d\d))?$/i;
/** Already as wanted, on a day that every month has. */
const usualTime = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/;

/**
 * An upload time as PEP 700 wants it. Servers leave the zone away (it is UTC) or give another one.
 * @returns `YYYY-MM-DDThh:mm:ss[.ffffff]Z`, undefined for what is no time
 */
export function uploadTime(text: string): string | undefined {
  if (usualTime.test(text)) return text;
  const [, date, clock, fraction, hours, minutes] = time.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  // the day must exist: Date.parse takes the 31st of February for the 2nd of March
  const day = Date.parse(`${date}T00:00:00Z`);
  const at = Date.parse(`${date}T${clock}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
  if (Number.isNaN(day) || Number.isNaN(at) || !new Date(day).toISOString().startsWith(date)) return undefined;
  const digits = fraction === undefined ? "" : `.${fraction.slice(0, 6)}`;
  const utc = `${new Date(at).toISOString().slice(0, 19)}${digits}Z`;
  return time.test(utc) ? utc : undefined;
}

/** The file name at the end of a normal URL, decoded; undefined when there is none or when it would name another folder. */
export function fileNameOf(url: string): string | undefined {
  const path = url.slice(0, pathEnd(url));
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    const name = last.includes("%") ? decodeURIComponent(last) : last;
    return isFileName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text can be a file's name: it stays in its folder, holds no control character, and fits a file system. */
export function isFileName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return name !== "" && name.length <= 255 && name !== "." && name !== ".." && !/[\0-\x1f\x7f/\\]/.test(name);
}
