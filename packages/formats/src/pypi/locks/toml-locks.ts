import { readTomlValues } from "../../toml-values.ts";
import { normalizeName } from "../names.ts";
import { fileName, isHttp, type LockedElsewhere, type LockedProject, type LockResult, type LockUrl } from "./lock.ts";

/** A string in a lock file, and where it stands; see `TomlValue`. */
interface PlacedString {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** One table of an array, such as a `[[package]]`: its strings, by their keys below it (`wheels.0.url`). */
type TomlPackage = ReadonlyMap<string, PlacedString>;

/** Where a kind of lock file, which is TOML, says what. */
interface TomlLock {
  /** the array of packages */
  readonly array: string;
  /** the index that a package comes from */
  index(of: TomlPackage): PlacedString | undefined;
  /** what a package comes from that is no index and no folder of the project's own */
  elsewhere(of: TomlPackage): PlacedString | undefined;
  /** whether it is one of the project's own folders */
  isOwn(of: TomlPackage): boolean;
  /** the key of the URL of a file that comes from an index */
  readonly fileUrl: RegExp;
  /** the key of a file's name, or of what ends with it; the first of these that a package has counts */
  readonly fileNames: readonly RegExp[];
}

const noKey = /^$/;
const files = /^(?:sdist|wheels\.\d+)\.url$/;
const isSource = (of: TomlPackage, types: readonly string[]) => types.includes(of.get("source.type")?.value ?? "");

/** The lock files there are, but for lists of requirements. */
export const tomlLocks = {
  uv: {
    array: "package",
    index: (of) => of.get("source.registry"),
    elsewhere: (of) => of.get("source.git") ?? of.get("source.url") ?? of.get("source.path"),
    isOwn: (of) => of.has("source.editable") || of.has("source.virtual") || of.has("source.directory"),
    fileUrl: files,
    fileNames: [files],
  },
  // PEP 751
  pylock: {
    array: "packages",
    index: (of) => of.get("index"),
    elsewhere: (of) => of.get("vcs.url") ?? of.get("vcs.path") ?? of.get("archive.url") ?? of.get("archive.path"),
    isOwn: (of) => of.has("directory.path"),
    fileUrl: files,
    fileNames: [/^(?:sdist|wheels\.\d+)\.name$/, files, /^(?:sdist|wheels\.\d+)\.path$/],
  },
  poetry: {
    array: "package",
    index: (of) => (isSource(of, ["legacy", "pypi"]) ? of.get("source.url") : undefined),
    elsewhere: (of) => (isSource(of, ["git", "url", "file"]) ? of.get("source.url") : undefined),
    isOwn: (of) => isSource(of, ["directory"]),
    fileUrl: noKey,
    fileNames: [/^files\.\d+\.file$/],
  },
} as const satisfies Record<string, TomlLock>;

/** Reads a lock file that is TOML. */
export function readTomlLock(text: string, kind: TomlLock): LockResult {
  const read = readTomlValues(text);
  if ("fault" in read) return read;
  const packages = new Map<string | number, Map<string, PlacedString>>();
  for (const { path, value, start, end } of read.values) {
    const [array, number, ...keys] = path;
    if (array !== kind.array || number === undefined || typeof value !== "string") continue;
    const strings = packages.get(number) ?? new Map<string, PlacedString>();
    packages.set(number, strings.set(keys.join("."), { value, start, end }));
  }
  const urls: LockUrl[] = [];
  const projects: LockedProject[] = [];
  const elsewhere: LockedElsewhere[] = [];
  for (const one of packages.values()) {
    const name = one.get("name")?.value;
    if (name === undefined || kind.isOwn(one)) continue;
    const project = normalizeName(name);
    const from = kind.elsewhere(one);
    if (from !== undefined) {
      elsewhere.push({ name, from: from.value });
      if (isHttp(from.value)) urls.push({ ...placed(from), role: "direct", project });
      continue;
    }
    const index = kind.index(one);
    if (index !== undefined && isHttp(index.value)) urls.push({ ...placed(index), role: "index" });
    const of = index && { index: index.value };
    for (const url of matching(one, kind.fileUrl))
      if (isHttp(url.value)) urls.push({ ...placed(url), role: "file", project, ...of });
    const version = one.get("version")?.value;
    projects.push({
      project,
      specifier: version === undefined ? "" : `==${version}`,
      files: fileNames(one, kind),
      hashes: [],
    });
  }
  return { lock: { urls: urls.sort((a, b) => a.start - b.start), projects, elsewhere, includes: [] } };
}

const placed = ({ value, start, end }: PlacedString) => ({ start, end, url: value });

const matching = (of: TomlPackage, key: RegExp): PlacedString[] =>
  [...of].filter(([name]) => key.test(name)).map(([, string]) => string);

/** Each file once: by its name where that is said, else by what its URL ends with. */
function fileNames(of: TomlPackage, { fileNames }: TomlLock): string[] {
  const names = new Map<string, string>();
  for (const key of fileNames) {
    for (const [name, { value }] of of) {
      const file = name.slice(0, name.lastIndexOf("."));
      if (key.test(name) && !names.has(file)) names.set(file, fileName(value));
    }
  }
  return [...names.values()];
}
