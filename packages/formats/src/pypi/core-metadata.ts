import { readCoreFields } from "./core-fields.ts";
import { distributionVersion } from "./file-name.ts";
import { normalizeName } from "./names.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";
import { isSameVersion } from "./versions.ts";

/** Whether a file is a wheel by its name (PEP 427): then its core metadata can be read out of it. */
export function isWheel(filename: string): boolean {
  return /\.whl$/i.test(filename);
}

/**
 * The page with core metadata offered for every wheel (PEP 658, 714), with its hash where the upstream gives one: what
 * the upstream lacks is made of the wheel when it is asked for. The same page gives the same page.
 */
export function offerMetadata(page: ProjectPage): ProjectPage {
  const lacks = ({ filename, coreMetadata }: ProjectFile) => !coreMetadata && isWheel(filename);
  if (!page.files.some(lacks)) return page;
  return { ...page, files: page.files.map((file) => (lacks(file) ? { ...file, coreMetadata: true } : file)) };
}

/**
 * Whether a wheel's member is its core metadata: `METADATA` in the `.dist-info` folder of its own name (PEP 427).
 * @param filename the wheel's
 * @param member a member's path in the archive
 */
export function isMetadataMember(filename: string, member: string): boolean {
  const folder = /^([^/]+)-[^/-]+\.dist-info\/METADATA$/.exec(member)?.[1];
  return folder !== undefined && normalizeName(folder) === normalizeName(filename.slice(0, filename.indexOf("-")));
}

/**
 * What is wrong with what should be a wheel's core metadata: its fields Metadata-Version, Name and Version must be
 * there, and must be the file's.
 * @returns a sentence, or undefined when it may be right
 */
export function metadataFault(content: Uint8Array, filename: string): string | undefined {
  const { metadataVersion, name, version } = readCoreFields(content);
  if (metadataVersion === undefined) return "It has no Metadata-Version, so it is no core metadata.";
  const project = normalizeName(filename.slice(0, filename.indexOf("-")));
  if (name === undefined || normalizeName(name) !== project) return `It is the metadata of another project (${name}).`;
  const expected = distributionVersion(filename, project);
  return version !== undefined && expected !== undefined && isSameVersion(version, expected)
    ? undefined
    : `It is the metadata of another version (${version}).`;
}
