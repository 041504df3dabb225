import { maxSatisfying, satisfies } from "@renovatebot/pep440";
import type { ProjectFile, ProjectPage } from "../page.ts";
import { fileVersion, normalizeVersion } from "../versions.ts";
import type { LockedProject } from "./lock.ts";

/** What can't be had, and why. */
export interface Missing {
  /** a file's name, or a requirement */
  readonly what: string;
  readonly because: string;
}

/** Files of a page that a lock file means, and what it means that is not there. */
export interface WantedFiles {
  readonly files: readonly ProjectFile[];
  readonly missing: readonly Missing[];
}

/**
 * Finds the files that a lock file means: those that it names; else, of the version that it asks for, those whose hash
 * it allows. Where it leaves the version open, that is the newest, as pip would take it: no pre-release, none that is
 * yanked.
 */
export function wantedFiles(page: ProjectPage, wanted: LockedProject): WantedFiles {
  if (wanted.files.length > 0) {
    const byName = new Map(page.files.map((file) => [file.filename, file]));
    const missing = wanted.files.filter((name) => !byName.has(name));
    return {
      files: wanted.files.flatMap((name) => byName.get(name) ?? []),
      missing: missing.map((what) => ({ what, because: "the index has no such file" })),
    };
  }
  const version = versionFor(page, wanted.specifier);
  const ofVersion =
    version === undefined ? [] : page.files.filter(({ filename }) => fileVersion(filename, page.name) === version);
  const what = wanted.project + wanted.specifier;
  if (ofVersion.length === 0) return { files: [], missing: [{ what, because: "the index has no such version" }] };
  if (wanted.hashes.length === 0) return { files: ofVersion, missing: [] };
  const allowed = new Set(wanted.hashes);
  const files = ofVersion.filter(({ hashes }) => Object.entries(hashes).some((hash) => allowed.has(hash.join(":"))));
  return {
    files,
    missing: files.length > 0 ? [] : [{ what, because: "no file of the index has a hash that is allowed" }],
  };
}

function versionFor(page: ProjectPage, specifier: string): string | undefined {
  const versions = (files: readonly ProjectFile[]) => [
    ...new Set(files.flatMap(({ filename }) => fileVersion(filename, page.name) ?? [])),
  ];
  const newest = (files: readonly ProjectFile[]) => maxSatisfying(versions(files), specifier) ?? undefined;
  const exact = /^===?([^*,]+)$/.exec(specifier)?.[1];
  if (exact !== undefined)
    return versions(page.files).find((one) => one === normalizeVersion(exact) || satisfies(one, specifier));
  return newest(page.files.filter(({ yanked }) => yanked === false)) ?? newest(page.files);
}
