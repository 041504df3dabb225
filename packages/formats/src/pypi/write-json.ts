import type { Mount } from "../format.ts";
import { apiVersionOf } from "./api-version.ts";
import { relativeFileUrl } from "./file-url.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";
import { versionsOf } from "./versions.ts";

function writeFile(file: ProjectFile, link: (url: string) => string): object {
  const { requiresPython, size, uploadTime, yanked, coreMetadata, gpgSig, provenance } = file;
  return {
    filename: file.filename,
    url: link(file.url),
    hashes: file.hashes,
    ...(requiresPython !== undefined && { "requires-python": requiresPython }),
    ...(size !== undefined && { size }),
    ...(uploadTime !== undefined && { "upload-time": uploadTime }),
    ...(yanked !== false && { yanked }),
    ...(coreMetadata !== undefined && { "core-metadata": coreMetadata, "dist-info-metadata": coreMetadata }),
    ...(gpgSig !== undefined && { "gpg-sig": gpgSig }),
    ...(provenance !== undefined && { provenance: link(provenance) }),
    ...file.other,
  };
}

/**
 * A project's page in JSON (PEP 691), links relative and leading through the mount. The same page gives the same text.
 * Both keys of PEP 714 are there.
 */
export function writeJson(mount: Mount, page: ProjectPage): string {
  const link = relativeFileUrl(mount, page.name);
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
