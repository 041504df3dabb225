import type { FilePaths } from "./file-url.ts";
import { escapeHtml, htmlDocument } from "./html-text.ts";
import { jsonType, type PageType } from "./media-types.ts";
import type { ProjectPage } from "./page.ts";
import { writeHtml } from "./write-html.ts";
import { writeJson } from "./write-json.ts";

/** The page as clients get it, its links relative; deterministic: the same page, paths and type give the same text. */
export function writePage(paths: FilePaths, page: ProjectPage, type: PageType): string {
  return type === jsonType ? writeJson(paths, page) : writeHtml(paths, page);
}

/** The list of projects (PEP 503, 691). @param names normalised, in the order to show them */
export function writeRoot(names: readonly string[], type: PageType): string {
  if (type === jsonType)
    return JSON.stringify({ meta: { "api-version": "1.0" }, projects: names.map((name) => ({ name })) });
  const anchors = names.map((name) => `<a href="${escapeHtml(name)}/">${escapeHtml(name)}</a><br>\n`);
  return htmlDocument("Simple index", '<meta name="pypi:repository-version" content="1.0">\n', anchors.join(""));
}
