import { normalUrl } from "../upstream-url.ts";
import { isDistribution } from "./file-name.ts";
import { type Hashes, readHash } from "./hashes.ts";
import { scanTags, type Tag } from "./html-tags.ts";
import { isProjectName, normalizeName } from "./names.ts";
import type { PageSource, ProjectFile, ProjectPage, ReadResult } from "./page.ts";
import { fileNameOf, versionFault } from "./page-values.ts";

/** Hashes written as `name=hex`, several joined by `&`, as in a link's fragment; other things there are left out. */
function readHashes(text: string): Hashes {
  const hashes: Record<string, string> = {};
  for (const part of text.split("&")) {
    const equals = part.indexOf("=");
    const hash = equals === -1 ? undefined : readHash(part.slice(0, equals), part.slice(equals + 1));
    if (hash !== undefined) hashes[hash[0]] = hash[1];
  }
  return hashes;
}

/** PEP 658: `name=hex`, or `true`; also `false`, which some servers write. */
function readCoreMetadata(value: string | undefined): boolean | Hashes | undefined {
  if (value === undefined) return undefined;
  if (value.trim().toLowerCase() === "false") return false;
  const hashes = readHashes(value);
  return Object.keys(hashes).length > 0 ? hashes : true;
}

/** @returns undefined for a link that leads to no distribution */
function readAnchor({ attributes }: Tag, base: string): ProjectFile | undefined {
  const href = attributes.get("href")?.trim();
  if (href === undefined) return undefined;
  const url = normalUrl(href, base);
  const filename = url && fileNameOf(url);
  if (url === undefined || filename === undefined || !isDistribution(filename)) return undefined;
  const requiresPython = attributes.get("data-requires-python");
  const coreMetadata = readCoreMetadata(
    attributes.get("data-core-metadata") ?? attributes.get("data-dist-info-metadata"),
  );
  const gpgSig = attributes.get("data-gpg-sig")?.toLowerCase();
  const provenance = normalUrl(attributes.get("data-provenance") || "mailto:", base);
  const hash = href.indexOf("#");
  return {
    filename,
    url,
    hashes: hash === -1 ? {} : readHashes(href.slice(hash + 1)),
    ...(requiresPython && { requiresPython }),
    yanked: attributes.has("data-yanked") && (attributes.get("data-yanked") || true),
    ...(coreMetadata !== undefined && { coreMetadata }),
    ...((gpgSig === "true" || gpgSig === "false") && { gpgSig: gpgSig === "true" }),
    ...(provenance !== undefined && { provenance }),
  };
}

/** What was found in a document before it is known whether that makes a project's page. */
class Findings {
  base: string;
  #based = false;
  #heading: "title" | "h1" | undefined;
  headings = "";
  login = false;
  links = 0;
  #closes = false;
  #link: "open" | "closed" = "closed";
  readonly metas = new Map<string, string[]>();
  readonly files: ProjectFile[] = [];

  constructor(base: string) {
    this.base = base;
  }

  open(tag: Tag): void {
    if (tag.name === "a") {
      this.#link = "open";
      if (tag.attributes.has("href")) this.links++;
      const file = readAnchor(tag, this.base);
      if (file !== undefined) this.files.push(file);
    } else if (tag.name === "meta") {
      const name = tag.attributes.get("name")?.trim().toLowerCase();
      const content = tag.attributes.get("content");
      if (!name?.startsWith("pypi") || content === undefined) return;
      const values = this.metas.get(name) ?? [];
      if (values.push(content.trim()) === 1) this.metas.set(name, values);
    } else if (tag.name === "base" && !this.#based) {
      // only the first base with an href counts, as in a browser
      const href = tag.attributes.get("href")?.trim();
      this.#based = href !== undefined;
      this.base = (href !== undefined && URL.parse(href, this.base)?.href) || this.base;
    } else if (tag.name === "title" || tag.name === "h1") {
      this.#heading = tag.name;
      this.headings += "\n";
    } else if (tag.name === "input") this.login ||= tag.attributes.get("type")?.toLowerCase() === "password";
  }

  close(name: string): void {
    if (name === this.#heading) this.#heading = undefined;
    if (name !== "a" && name !== "body" && name !== "html") return;
    this.#link = "closed";
    this.#closes ||= name === "a";
  }

  /** Whether it stopped within a link. There are pages that never close one. */
  get cutShort(): boolean {
    return this.#link === "open" && this.#closes;
  }

  text(data: string): void {
    if (this.#heading !== undefined && this.headings.length < 2000)
      this.headings += data.slice(0, 2000).replaceAll("\n", " ");
  }
}

const heading = /(?:links|index|listing) (?:for|of) *([^\n]*)/gi;

/** Whose page the title and the heading say that it is, as indexes and folder listings do: normalised names. */
function headedFor(headings: string): string[] {
  return [...headings.matchAll(heading)].flatMap(([, whose]) => {
    const name = whose!.trim().replace(/\/+$/, "").split("/").at(-1)!;
    return isProjectName(name) ? [normalizeName(name)] : [];
  });
}

/** Why what was found is no page of this project; undefined when it is one. */
function notThePage(found: Findings, project: string): string | undefined {
  if (found.files.some(({ filename }) => normalizeName(filename).startsWith(`${project}-`))) return undefined;
  const named = headedFor(found.headings);
  if (named.includes(project)) return undefined;
  if (named[0] !== undefined) return `The page is that of another project: of "${named[0]}", not of "${project}".`;
  if (found.files.length > 0) return `The page links files, but none of "${project}": ${found.files[0]!.filename}, ….`;
  // a list of all projects has links, and may have a version too
  if (found.links === 0 && found.metas.has("pypi:repository-version")) return undefined;
  if (found.login) return "The page is a login form, not a list of files: does the upstream want credentials?";
  return "The page is HTML, but not a project's page: it links no file, and does not say that it is one.";
}

/**
 * A project's page in HTML (PEP 503, with 592, 629, 658, 708, 714, 740 and 792), also the kind that was written before
 * any of these, and folder listings.
 */
export function readHtml(text: string, { base, project }: PageSource): ReadResult {
  const found = new Findings(base);
  // the length was right, and yet the rest is missing: where exactly is mostly within a link
  if (!scanTags(text, found) || found.cutShort) return { fault: "The page is HTML that is cut short." };
  const meta = (name: string): readonly string[] => found.metas.get(`pypi:${name}`) ?? [];
  const apiVersion = meta("repository-version")[0] ?? "1.0";
  const fault = versionFault(apiVersion) ?? notThePage(found, project);
  if (fault !== undefined) return { fault };
  const urls = (name: string) => meta(name).flatMap((url) => normalUrl(url, found.base) ?? []);
  const status = meta("project-status")[0];
  const reason = meta("project-status-reason")[0];
  const page: ProjectPage = {
    name: project,
    apiVersion,
    files: found.files,
    tracks: urls("tracks"),
    alternateLocations: urls("alternate-locations"),
    ...(status && { status: reason ? { status, reason } : { status } }),
  };
  return { page };
}
