import type { ProjectFile, ProjectPage } from "@larder/formats";
import type { HostedFile } from "./packages.ts";

/** Stands in links for the place that a hosted mount's files are at; a name that nobody can have (RFC 6761 §6.4). */
export const filesAt = new URL("http://hosted.invalid/");

/**
 * A project's page (PEP 503, 592, 658, 691, 700): all there is to say of its files. One whose files were all deleted is
 * an empty page, since a name that was used here must not be looked for elsewhere.
 */
export function hostedPage(project: string, files: readonly HostedFile[]): ProjectPage {
  const there = files.filter(({ deleted }) => deleted === undefined);
  return { name: project, apiVersion: "1.1", files: there.map(pageFile), tracks: [], alternateLocations: [] };
}

function pageFile({ filename, sha256, size, uploaded, yanked, requiresPython, metadata }: HostedFile): ProjectFile {
  return {
    filename,
    url: new URL(filename, filesAt).href,
    hashes: { sha256 },
    size,
    uploadTime: new Date(uploaded).toISOString(),
    yanked,
    ...(requiresPython !== undefined && { requiresPython }),
    coreMetadata: metadata === undefined ? false : { sha256: metadata },
  };
}

/** The file's name in a URL that such a page links; undefined for any other. */
export function linkedName(url: string): string | undefined {
  const name = url.startsWith(filesAt.href) ? url.slice(filesAt.href.length) : "";
  return name === "" || /[/?]/.test(name) ? undefined : decoded(name);
}

/** A part of a URL without percent-encoding; undefined for what is no UTF-8. */
export function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
