import { clean, compare, valid } from "@renovatebot/pep440";
import { distributionVersion } from "./file-name.ts";
import type { ProjectPage } from "./page.ts";

/** In the order of PEP 440; what is no version comes first, in the order of its characters. Each one once. */
export function sortVersions(versions: readonly string[]): string[] {
  const unique = [...new Set(versions)];
  const good = unique.filter((version) => valid(version) !== null);
  const odd = unique.length === good.length ? [] : unique.filter((version) => valid(version) === null).sort();
  return [...odd, ...good.sort((a, b) => compare(a, b) || (a < b ? -1 : 1))];
}

/** Whether a text is a version (PEP 440). */
export const isVersion = (version: string | undefined): version is string => valid(version) !== null;

/** A version in its normal form (PEP 440), or as it is where it has none. */
export function normalizeVersion(version: string): string {
  const normal = clean(version);
  // the library counts in floating point: a number that is too long for it stays as it is
  if (normal === null || /[0-9]{16}|e\+/.test(version) || /e\+/.test(normal)) return version;
  // and it writes the parts of a local version with commas between them
  return normal.replaceAll(",", ".");
}

/** Whether two texts are one version; file names write `_` for what a local version separates with (PEP 427). */
export function isSameVersion(a: string, b: string): boolean {
  const plain = (version: string) => normalizeVersion(version).replaceAll(/[-_]/g, ".");
  return plain(a) === plain(b);
}

/** The version that a distribution's file name says, in its normal form; undefined where it says none. */
export function fileVersion(filename: string, project: string): string | undefined {
  const version = distributionVersion(filename, project);
  return version === undefined ? undefined : normalizeVersion(version);
}

/** PEP 700's list, sorted: the upstream's, or the versions of the files where it gives none. */
export function versionsOf(page: ProjectPage): string[] {
  if (page.versions !== undefined && page.versions.length > 0) return sortVersions(page.versions);
  const found = new Set<string>();
  for (const { filename } of page.files) {
    const version = fileVersion(filename, page.name);
    if (version !== undefined) found.add(version);
  }
  return sortVersions([...found]);
}
