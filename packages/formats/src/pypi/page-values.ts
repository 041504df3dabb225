/** PEP 629: this reader knows major version 1. @returns why the page can't be read, undefined when it can */
export function versionFault(version: string): string | undefined {
  const [, major] = /^([0-9]+)\.[0-9]+$/.exec(version) ?? [];
  if (major === undefined) return `The page's API version is "${version.slice(0, 40)}", which is no version (PEP 629).`;
  return Number(major) === 1
    ? undefined
    : `The page speaks version ${version} of the simple API, Larder version 1 (PEP 629).`;
}

const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:?\d\d)?$/;

/**
 * An upload time as PEP 700 wants it. Servers leave the zone away (it is UTC) or give another one.
 * @returns `YYYY-MM-DDThh:mm:ss[.ffffff]Z`, undefined for what is no time
 */
export function uploadTime(text: string): string | undefined {
  const [, date, clock, fraction, zone] = time.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const digits = fraction === undefined ? "" : `.${fraction.slice(0, 6)}`;
  const at = Date.parse(`${date}T${clock}${zone === undefined ? "Z" : zone.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}${digits}Z`;
}

/** The file name at the end of a URL, decoded; undefined when there is none or when it would name another folder. */
export function fileNameOf(url: string): string | undefined {
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const last = path.slice(path.lastIndexOf("/") + 1);
  if (!last.includes("%")) return last === "" ? undefined : last;
  try {
    const name = decodeURIComponent(last);
    return isFileName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text can be a file's name: one that is not empty, stays in its folder and holds no control character. */
export function isFileName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return name !== "" && name !== "." && name !== ".." && !/[\0-\x1f\x7f/\\]/.test(name);
}
