import { comparableUrl } from "../upstream-url.ts";
import type { Licences } from "./licence.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";

/** What was learned about a file by fetching it. */
export interface FileFacts {
  /** of its content, lower-case hexadecimal */
  readonly sha256?: string;
  /** octets */
  readonly size?: number;
  /** its Last-Modified, milliseconds since the epoch: stands in for an upload time */
  readonly modified?: number;
  /** when a page that doesn't say its upload time had it first: stands in for that where nothing better is known */
  readonly seen?: number;
  /** what its core metadata say of its licence; learned only where a policy asks for it */
  readonly licences?: Licences;
  /** SHA-256 of a source distribution's core metadata, where these say what its wheel's will say (PEP 643); empty = they don't */
  readonly pkgInfo?: string;
  /** SHA-256 of its core metadata, where the upstream's word about them is wrong */
  readonly metadata?: string;
}

/** Facts by the file's URL, as `comparableUrl` gives it. */
export type FactsByUrl = ReadonlyMap<string, FileFacts>;

/** The file with what its index didn't say; what the index says stands, but for a wrong hash of core metadata. */
function withFacts(file: ProjectFile, { sha256, size, modified, seen, pkgInfo, metadata }: FileFacts): ProjectFile {
  // what was there at a time was not uploaded after it, whatever date its server gives it
  const time = Math.min(modified ?? Number.POSITIVE_INFINITY, seen ?? Number.POSITIVE_INFINITY);
  const full: { -readonly [K in keyof ProjectFile]: ProjectFile[K] } = { ...file };
  if (sha256 !== undefined && file.hashes.sha256 === undefined) full.hashes = { ...file.hashes, sha256 };
  if (size !== undefined) full.size ??= size;
  if (Number.isFinite(time)) full.uploadTime ??= new Date(time).toISOString();
  if (pkgInfo && !full.coreMetadata) full.coreMetadata = { sha256: pkgInfo };
  if (metadata !== undefined) full.coreMetadata = { sha256: metadata };
  return full;
}

/** The page with what was learned about its files; deterministic, and the same page where nothing was. */
export function completePage(page: ProjectPage, facts: FactsByUrl): ProjectPage {
  if (facts.size === 0) return page;
  const files = page.files.map((file) => {
    const learned = facts.get(comparableUrl(file.url));
    return learned === undefined ? file : withFacts(file, learned);
  });
  return { ...page, files };
}

/** The files, by URL, of whose age neither the page nor what was learned says anything. */
export function undated(page: ProjectPage, facts: FactsByUrl): string[] {
  return page.files.flatMap(({ url, uploadTime }) => {
    if (uploadTime !== undefined) return [];
    const key = comparableUrl(url);
    const known = facts.get(key);
    return known?.modified === undefined && known?.seen === undefined ? [key] : [];
  });
}

/** Whether fetching the file would tell something that its index didn't say. */
export const lacksFacts = ({ hashes, size, uploadTime }: ProjectFile): boolean =>
  hashes.sha256 === undefined || size === undefined || uploadTime === undefined;
