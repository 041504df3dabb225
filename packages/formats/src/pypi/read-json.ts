import { normalUrl } from "../upstream-url.ts";
import { type Hashes, readHash } from "./hashes.ts";
import { normalizeName } from "./names.ts";
import type { OtherKeys, PageSource, ProjectFile, ProjectStatus, ReadResult } from "./page.ts";
import { fileNameOf, isFileName, uploadTime, versionFault } from "./page-values.ts";

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

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

function others(source: Json, known: ReadonlySet<string>): OtherKeys | undefined {
  let found: [string, unknown][] | undefined;
  for (const key in source) {
    if (known.has(key)) continue;
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
function readFile(file: unknown, base: string): ProjectFile | undefined {
  if (!isObject(file) || typeof file.url !== "string") return undefined;
  const url = normalUrl(file.url, base);
  if (url === undefined) return undefined;
  const filename = typeof file.filename === "string" ? file.filename : fileNameOf(url);
  if (filename === undefined || !isFileName(filename)) return undefined;
  const requiresPython = file["requires-python"];
  const size = readSize(file.size);
  const uploaded = file["upload-time"];
  const time = typeof uploaded === "string" ? uploadTime(uploaded) : undefined;
  const coreMetadata = readCoreMetadata(file);
  const gpgSig = file["gpg-sig"];
  const provenance = typeof file.provenance === "string" ? normalUrl(file.provenance, base) : undefined;
  const other = others(file, fileKeys);
  return {
    filename,
    url,
    hashes: readHashes(file.hashes),
    ...(typeof requiresPython === "string" && requiresPython !== "" && { requiresPython }),
    ...(size !== undefined && { size }),
    ...(time !== undefined && { uploadTime: time }),
    // an empty reason is what servers write that have a column for it: pip takes it as "not yanked"
    yanked: typeof file.yanked === "string" ? file.yanked || false : file.yanked === true,
    ...(coreMetadata !== undefined && { coreMetadata }),
    ...(typeof gpgSig === "boolean" && { gpgSig }),
    ...(provenance !== undefined && { provenance }),
    ...(other !== undefined && { other }),
  };
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
