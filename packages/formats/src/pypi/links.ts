import { unsignedQuery } from "../signed-url.ts";
import { comparableUrl, pathEnd } from "../upstream-url.ts";
import { type Hashes, strongestHash } from "./hashes.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";

/** Something that a page links, so that Larder may fetch it, and what is known about it beforehand. */
export interface Link {
  readonly part: "file" | "metadata" | "signature" | "provenance";
  /** what to ask the upstream for; of the file it is the page's present link, whose query may be new */
  readonly url: string;
  readonly file: ProjectFile;
  /** what the content must turn out to be, as far as the page says */
  readonly expected: {
    readonly length?: number;
    readonly digest?: { readonly algorithm: string; readonly hex: string };
  };
  /** whether the content can never change: the page names a hash of it, or of the file that it was made from */
  readonly immutable: boolean;
}

const suffixes = [
  ["metadata", ".metadata"],
  ["signature", ".asc"],
] as const;

/** Puts a suffix to a URL's path, before its query. */
function withSuffix(url: string, suffix: string): string {
  const end = pathEnd(url);
  return url.slice(0, end) + suffix + url.slice(end);
}

/** Where a file's page has a part of it; undefined where it has none. */
export function partUrl(file: ProjectFile, part: Link["part"]): string | undefined {
  if (part === "provenance") return file.provenance;
  const [, suffix = ""] = suffixes.find(([name]) => name === part) ?? [];
  return withSuffix(file.url, suffix);
}

/** A page's files by URL without query, and by provenance: made once for each page. */
interface Index {
  readonly files: ReadonlyMap<string, readonly ProjectFile[]>;
  readonly attested: ReadonlyMap<string, ProjectFile>;
}
const indexes = new WeakMap<ProjectPage, Index>();

function indexOf(page: ProjectPage): Index {
  const known = indexes.get(page);
  if (known !== undefined) return known;
  const files = new Map<string, ProjectFile[]>();
  const attested = new Map<string, ProjectFile>();
  for (const file of page.files) {
    const path = comparableUrl(file.url.slice(0, pathEnd(file.url)));
    const alike = files.get(path);
    if (alike === undefined) files.set(path, [file]);
    else alike.push(file);
    if (file.provenance !== undefined) attested.set(comparableUrl(file.provenance), file);
  }
  const index = { files, attested };
  indexes.set(page, index);
  return index;
}

/**
 * The file with exactly this URL, else the only one with it but for the query: signed links change with each page.
 * @param path the URL without its query, as `comparableUrl` gives it
 */
function fileAt(page: ProjectPage, path: string, query: string): ProjectFile | undefined {
  const alike = indexOf(page).files.get(path) ?? [];
  const signed = alike.length === 1 && alike[0]!.url.includes("?");
  return signed ? alike[0] : alike.find(({ url }) => unsignedQuery(url.slice(pathEnd(url))) === query);
}

/** A hash says it all; a size that some servers get wrong counts only where there is none. */
function expectation(hashes: Hashes, length?: number): Link["expected"] {
  const digest = strongestHash(hashes);
  return digest !== undefined ? { digest } : length !== undefined ? { length } : {};
}

/**
 * What the page links under this URL: a file, its core metadata (PEP 658; also where the page does not say that there
 * is any), its signature (PEP 503) or its provenance (PEP 740).
 * @param url an artifact route's `target`, or in the form of `normalUrl`
 * @returns undefined when the page links no such thing: then it must not be fetched
 */
export function findLink(page: ProjectPage, url: string): Link | undefined {
  const whole = comparableUrl(url);
  const path = whole.slice(0, pathEnd(whole));
  const query = whole.slice(path.length);
  const file = fileAt(page, path, query);
  if (file !== undefined) {
    const expected = expectation(file.hashes, file.size);
    return { part: "file", url: file.url, file, expected, immutable: expected.digest !== undefined };
  }
  for (const [part, suffix] of suffixes) {
    const of = path.endsWith(suffix) ? fileAt(page, path.slice(0, -suffix.length), query) : undefined;
    if (of === undefined) continue;
    const { coreMetadata } = of;
    const expected = part === "metadata" && typeof coreMetadata === "object" ? expectation(coreMetadata) : {};
    const immutable = part === "metadata" && (expected.digest ?? strongestHash(of.hashes)) !== undefined;
    return { part, url: withSuffix(of.url, suffix), file: of, expected, immutable };
  }
  const attested = indexOf(page).attested.get(whole);
  if (attested?.provenance === undefined) return undefined;
  return { part: "provenance", url: attested.provenance, file: attested, expected: {}, immutable: false };
}
