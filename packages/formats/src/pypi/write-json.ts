import { apiVersionOf } from "./api-version.ts";
import { type FilePaths, relativeTo } from "./file-url.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";
import { versionsOf } from "./versions.ts";

/** Key by key, because a page may have tens of thousands of files: spreading a dozen small objects takes thrice as long. */
function writeFile(file: ProjectFile, link: (url: string) => string): object {
  const { requiresPython, size, uploadTime, yanked, coreMetadata, gpgSig, provenance, other } = file;
  const written: Record<string, unknown> = { filename: file.filename, url: link(file.url), hashes: file.hashes };
  if (requiresPython !== undefined) written["requires-python"] = requiresPython;
  if (size !== undefined) written.size = size;
  if (uploadTime !== undefined) written["upload-time"] = uploadTime;
  if (yanked !== false) written.yanked = yanked;
  if (coreMetadata !== undefined) {
    written["core-metadata"] = coreMetadata;
    written["dist-info-metadata"] = coreMetadata;
  }
  if (gpgSig !== undefined) written["gpg-sig"] = gpgSig;
  if (provenance !== undefined) written.provenance = link(provenance);
  return other === undefined ? written : { ...written, ...other };
}

/**
 * A project's page in JSON (PEP 691), links relative and leading through the mount. The same page gives the same text.
 * Both keys of PEP 714 are there.
 */
export function writeJson(paths: FilePaths, page: ProjectPage): string {
  const link = relativeTo(paths);
  const { tracks, alternateLocations, status } = page;
  return JSON.stringify({
    meta: { "api-version": apiVersionOf(page), ...(tracks.length > 0 && { tracks }), ...page.otherMeta },
    name: page.name,
    ...(status !== undefined && { "project-status": status }),
    ...(alternateLocations.length > 0 && { "alternate-locations": alternateLocations }),
    versions: versionsOf(page),
    files: page.files.map((file) => writeFile(file, link)),
    ...page.other,
  });
}
