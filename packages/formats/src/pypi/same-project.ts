import { comparableUrl } from "../upstream-url.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";

/** A project's page, and the URL that other indexes know it by; undefined where they can know none. */
export interface LocatedPage {
  readonly page: ProjectPage;
  readonly location: string | undefined;
}

/** Project pages are compared with a slash at their end. */
const place = (url: string) => comparableUrl(url).replace(/\/*$/, "/");

/** Whether a place, if it is known, is one of these. */
const isAmong = (location: string | undefined, urls: readonly string[]): boolean =>
  location !== undefined && urls.some((url) => place(url) === place(location));

/** Whether a page says that the same project is at this URL, too (PEP 708): whether it is so, the other must be asked. */
export function namesLocation({ tracks, alternateLocations }: ProjectPage, location: string | undefined): boolean {
  return isAmong(location, [...tracks, ...alternateLocations]);
}

/** PEP 708: it extends a project of the other, and the other extends nobody's: it owns the name. */
const tracks = ({ page }: LocatedPage, { page: other, location }: LocatedPage): boolean =>
  isAmong(location, page.tracks) && other.tracks.length === 0;

/** PEP 708: all places where a project is; each counts itself among them. */
function places({ page, location }: LocatedPage): ReadonlySet<string> {
  return new Set([...page.alternateLocations, ...(location === undefined ? [] : [location])].map(place));
}

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>) => one.symmetricDifference(other).size === 0;

/**
 * Those of the pages with the first one's name that are of the same project, as PEP 708 lets an index tell: what the first
 * tracks; and its alternate locations, if all of them agree on what these are.
 */
export function sameProject(first: LocatedPage, others: readonly LocatedPage[]): readonly LocatedPage[] {
  const tracked = others.filter((other) => tracks(first, other));
  const alternates = others.filter(({ location }) => isAmong(location, first.page.alternateLocations));
  const agreed = alternates.every((other) => isSameSet(places(first), places(other)));
  return others.filter((other) => tracked.includes(other) || (agreed && alternates.includes(other)));
}

/** One page of several of the same project: the first says what the project is; of files of the same name it has the first. */
export function joinPages(first: ProjectPage, others: readonly ProjectPage[]): ProjectPage {
  const pages = [first, ...others];
  const files = new Map<string, ProjectFile>();
  for (const page of pages) {
    for (const file of page.files) if (!files.has(file.filename)) files.set(file.filename, file);
  }
  const { versions, ...rest } = first;
  const all = pages.every((page) => page.versions !== undefined) ? pages.flatMap((page) => page.versions!) : undefined;
  return { ...rest, ...(all !== undefined && { versions: all }), files: [...files.values()] };
}

/** The page with what it links elsewhere. @param move gives a link's URL there */
export function moveLinks(page: ProjectPage, move: (url: string) => string): ProjectPage {
  const files = page.files.map((file) => ({
    ...file,
    url: move(file.url),
    ...(file.provenance !== undefined && { provenance: move(file.provenance) }),
  }));
  return { ...page, files };
}
