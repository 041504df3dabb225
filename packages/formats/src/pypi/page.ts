import type { Hashes } from "./hashes.ts";

/** Keys that Larder has no word for, kept as they came; nothing in them is rewritten. */
export type OtherKeys = Readonly<Record<string, unknown>>;

/** One file of a project, as an index describes it. */
export interface ProjectFile {
  readonly filename: string;
  /** the upstream's URL in the form of `normalUrl` */
  readonly url: string;
  /** of the file's content; empty where the upstream gives none */
  readonly hashes: Hashes;
  /** a version specifier as written, valid or not (PEP 503) */
  readonly requiresPython?: string;
  /** octets (PEP 700) */
  readonly size?: number;
  /** RFC 3339 in UTC, `YYYY-MM-DDThh:mm:ss[.ffffff]Z` (PEP 700) */
  readonly uploadTime?: string;
  /** a string = the reason (PEP 592) */
  readonly yanked: boolean | string;
  /** whether `url` + ".metadata" is there, with its hashes where known (PEP 658, 714); undefined = not said */
  readonly coreMetadata?: boolean | Hashes;
  /** whether `url` + ".asc" is there; undefined = not said (PEP 503) */
  readonly gpgSig?: boolean;
  /** where its attestations are, in the form of `normalUrl` (PEP 740) */
  readonly provenance?: string;
  readonly other?: OtherKeys;
}

/** PEP 792: what has become of a project. */
export interface ProjectStatus {
  /** "active", "archived", "quarantined", "deprecated", or what a later PEP adds */
  readonly status: string;
  readonly reason?: string;
}

/** What an index says about one project, whatever it was written in (PEP 503, 691). */
export interface ProjectPage {
  /** normalised */
  readonly name: string;
  /** what the upstream claims, "1.0" where it claims nothing (PEP 629) */
  readonly apiVersion: string;
  /** as the upstream gives them, in any order; undefined = it gives none (PEP 700) */
  readonly versions?: readonly string[];
  readonly files: readonly ProjectFile[];
  /** absolute URLs (PEP 708) */
  readonly tracks: readonly string[];
  /** absolute URLs (PEP 708) */
  readonly alternateLocations: readonly string[];
  readonly status?: ProjectStatus;
  readonly other?: OtherKeys;
  /** further keys of `meta`, such as `_last-serial` */
  readonly otherMeta?: OtherKeys;
}

/** A page, or one sentence on why there is none. */
export type ReadResult = { readonly page: ProjectPage } | { readonly fault: string };

/** Where a page came from, and whose it should be. */
export interface PageSource {
  /** the URI that answered, after redirects: what relative links are relative to */
  readonly base: string;
  /** normalised name of the project that was asked for */
  readonly project: string;
}
