import { apiVersionOf } from "./api-version.ts";
import { type FilePaths, relativeTo } from "./file-url.ts";
import { htmlHash } from "./hashes.ts";
import { attribute, escapeHtml, htmlDocument } from "./html-text.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";

function anchor(file: ProjectFile, link: (url: string) => string): string {
  const { requiresPython, yanked, coreMetadata, gpgSig, provenance } = file;
  const hash = htmlHash(file.hashes);
  let text = `<a${attribute("href", link(file.url) + (hash === undefined ? "" : `#${hash}`))}`;
  if (requiresPython !== undefined) text += attribute("data-requires-python", requiresPython);
  if (coreMetadata !== undefined && coreMetadata !== false) {
    const value = (coreMetadata !== true && htmlHash(coreMetadata)) || "true";
    text += attribute("data-core-metadata", value) + attribute("data-dist-info-metadata", value);
  }
  if (gpgSig !== undefined) text += attribute("data-gpg-sig", String(gpgSig));
  if (yanked !== false) text += attribute("data-yanked", yanked === true ? "" : yanked);
  if (provenance !== undefined) text += attribute("data-provenance", link(provenance));
  return `${text}>${escapeHtml(file.filename)}</a><br>\n`;
}

function meta(name: string, content: string): string {
  return `<meta name="pypi:${name}"${attribute("content", content)}>\n`;
}

/**
 * A project's page in HTML (PEP 503, with 592, 629, 658, 708, 714, 740 and 792), links relative and leading through the
 * mount. The same page gives the same text. HTML has no room for sizes, upload times, versions, further hashes.
 */
export function writeHtml(paths: FilePaths, page: ProjectPage): string {
  const link = relativeTo(paths);
  const metas = [
    meta("repository-version", apiVersionOf(page)),
    ...page.tracks.map((url) => meta("tracks", url)),
    ...page.alternateLocations.map((url) => meta("alternate-locations", url)),
    ...(page.status === undefined ? [] : [meta("project-status", page.status.status)]),
    ...(page.status?.reason === undefined ? [] : [meta("project-status-reason", page.status.reason)]),
  ];
  return htmlDocument(`Links for ${page.name}`, metas.join(""), page.files.map((file) => anchor(file, link)).join(""));
}
