import { isObject, type Json, strings } from "../json-values.ts";
import { normalUrl } from "../upstream-url.ts";
import { type Hashes, readHash } from "./hashes.ts";
import { normalizeName } from "./names.ts";
import type { OtherKeys, PageSource, ProjectFile, ProjectStatus, ReadResult } from "./page.ts";
import { fileNameOf, isFileName, uploadTime, versionFault } from "./page-values.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function urls(value: unknown, base: string): string[] {
  return strings(value).flatMap((url) => normalUrl(url, base) ?? []);
}

function readHashes(value: unknown): Hashes {
  const hashes: Record<string, string> = {};
  if (!isObject(value)) return hashes;
  for (const name in value) {
    const hash = readHash(name, value[name]);
    if (hash !== undefined) hashes[hash[0]] = hash[1];
  }
  return hashes;
}

/** PEP 714: the new key wins; the old one under the wrong name that some servers gave it comes last. */
function readCoreMetadata(file: Json): boolean | Hashes | undefined {
  const value = file["core-metadata"] ?? file["dist-info-metadata"] ?? file["data-dist-info-metadata"];
  if (typeof value === "boolean") return value;
  if (!isObject(value)) return undefined;
  const hashes = readHashes(value);
  return Object.keys(hashes).length > 0 ? hashes : true;
}

/** Octets; some servers write them as text. */
function readSize(value: unknown): number | undefined {
  const size = typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

/** JSON.stringify gives up on what is nested deeper than the stack: nobody needs more than a few levels. */
function isShallow(value: unknown, levels = 16): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

function others(source: Json, known: ReadonlySet<string>): OtherKeys | undefined {
  let found: [string, unknown][] | undefined;
  for (const key in source) {
    if (known.has(key) || !isShallow(source[key])) continue;
    found ??= [];
    found.push([key, source[key]]);
  }
  return found && Object.fromEntries(found);
}

const fileKeys = new Set(
  (
    "filename url hashes requires-python size upload-time yanked core-metadata dist-info-metadata " +
    "data-dist-info-metadata gpg-sig provenance"
  ).split(" "),
);

/** @returns undefined for an entry that gives no file which could be fetched */
function readFile(entry: unknown, base: string): ProjectFile | undefined {
  if (!isObject(entry) || typeof entry.url !== "string") return undefined;
  const url = normalUrl(entry.url, base);
  if (url === undefined) return undefined;
  const filename = typeof entry.filename === "string" ? entry.filename : fileNameOf(url);
  if (filename === undefined || !isFileName(filename)) return undefined;
  // an empty reason is what servers write that have a column for it: pip takes it as "not yanked"
  const yanked = typeof entry.yanked === "string" ? entry.yanked || false : entry.yanked === true;
  const file: Writable<ProjectFile> = { filename, url, hashes: readHashes(entry.hashes), yanked };
  const requiresPython = entry["requires-python"];
  if (typeof requiresPython === "string" && requiresPython !== "") file.requiresPython = requiresPython;
  const size = readSize(entry.size);
  if (size !== undefined) file.size = size;
  const uploaded = entry["upload-time"];
  const time = typeof uploaded === "string" ? uploadTime(uploaded) : undefined;
  if (time !== undefined) file.uploadTime = time;
  const coreMetadata = readCoreMetadata(entry);
  if (coreMetadata !== undefined) file.coreMetadata = coreMetadata;
  if (typeof entry["gpg-sig"] === "boolean") file.gpgSig = entry["gpg-sig"];
  const provenance = typeof entry.provenance === "string" ? normalUrl(entry.provenance, base) : undefined;
  if (provenance !== undefined) file.provenance = provenance;
  const other = others(entry, fileKeys);
  if (other !== undefined) file.other = other;
  return file;
}

function readStatus(value: unknown): ProjectStatus | undefined {
  if (!isObject(value)) return undefined;
  // PEP 792's prose names the key `state`, its examples and the servers `status`
  const status = value.status ?? value.state;
  if (typeof status !== "string" || status === "") return undefined;
  return typeof value.reason === "string" && value.reason !== "" ? { status, reason: value.reason } : { status };
}

const pageKeys = new Set(["meta", "name", "versions", "files", "alternate-locations", "project-status"]);
const metaKeys = new Set(["api-version", "tracks"]);

/**
 * A project's page in JSON (PEP 691, with 700, 708, 714, 740 and 792). What is wrong in one key of one file costs that
 * key; what is no page of this project is a fault.
 */
export function readJson(text: string, { base, project }: PageSource): ReadResult {
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch {
    return { fault: "The page says that it is JSON, but it is not well formed, or cut short." };
  }
  if (!isObject(source)) return { fault: "The page is JSON, but not an object as PEP 691 wants it." };
  if (!Array.isArray(source.files))
    return { fault: 'The page is JSON, but no project page: it has no list "files" (PEP 691).' };
  const meta = isObject(source.meta) ? source.meta : {};
  const claimed = meta["api-version"] ?? "1.0";
  const apiVersion = typeof claimed === "number" ? claimed.toFixed(1) : String(claimed);
  const fault = versionFault(apiVersion);
  if (fault !== undefined) return { fault };
  if (typeof source.name !== "string" && meta["api-version"] === undefined)
    return { fault: 'The page is JSON, but no project page: it has neither a "name" nor an API version (PEP 691).' };
  if (typeof source.name === "string" && normalizeName(source.name) !== project)
    return { fault: `The page is that of another project: of "${source.name.slice(0, 80)}", not of "${project}".` };
  const status = readStatus(source["project-status"]);
  const other = others(source, pageKeys);
  const otherMeta = others(meta, metaKeys);
  return {
    page: {
      name: project,
      apiVersion,
      ...(Array.isArray(source.versions) && { versions: strings(source.versions) }),
      files: source.files.flatMap((file) => readFile(file, base) ?? []),
      tracks: urls(meta.tracks, base),
      alternateLocations: urls(source["alternate-locations"], base),
      ...(status !== undefined && { status }),
      ...(other !== undefined && { other }),
      ...(otherMeta !== undefined && { otherMeta }),
    },
  };
}
