import type { ProjectPage } from "./page.ts";

/** The newest minor version of the simple API 1.x that Larder writes (PEP 792). */
const newest = 4;

/**
 * The version that a page may truly claim (PEP 629): 1.1 wants the list of versions, which Larder can always make, and
 * the size of every file (PEP 700); above that what the upstream claims, or what the page shows: 1.2 for PEP 708, 1.3
 * for PEP 740, 1.4 for PEP 792.
 */
export function apiVersionOf(page: ProjectPage): string {
  if (page.files.some(({ size }) => size === undefined)) return "1.0";
  const claimed = Number(page.apiVersion.slice(page.apiVersion.indexOf(".") + 1));
  const shown =
    page.status !== undefined
      ? 4
      : page.files.some(({ provenance }) => provenance !== undefined)
        ? 3
        : page.tracks.length + page.alternateLocations.length > 0
          ? 2
          : 1;
  return `1.${Math.max(shown, Math.min(claimed, newest))}`;
}
