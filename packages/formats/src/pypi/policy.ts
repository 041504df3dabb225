import type { Seconds, Timestamp } from "@larder/core";
import type { Advisories } from "./advisory.ts";
import type { Hashes } from "./hashes.ts";
import type { Licences } from "./licence.ts";
import type { ProjectFile } from "./page.ts";

/**
 * What a rule speaks of: files for which all that it says is true. What can't be known of a file (its version, when it
 * was uploaded, its hash) counts for the worse: a block takes it in, an exemption or a permission doesn't.
 */
export interface Rule {
  /** normalised names of projects; `*` stands for any characters */
  readonly names?: readonly string[];
  /** a version specifier (PEP 440); pre-releases are in its ranges, too */
  readonly specifier?: string;
  /** digests of the file's content, all of which it has */
  readonly hash?: Hashes;
  /**
   * SPDX identifiers or names of licences, `*` stands for any characters: permitted are files that can be had under these
   * alone, blocked are those that can't be had without
   */
  readonly licences?: readonly string[];
  /** uploaded before that */
  readonly uploadedBefore?: Timestamp;
  /** uploaded then or later */
  readonly uploadedAfter?: Timestamp;
  /** from then on it no longer counts */
  readonly until?: Timestamp;
  /** for people: why there is this rule */
  readonly because?: string;
}

/** What of an index its clients don't get. All of it is data; a file is offered when nothing speaks against it. */
export interface IndexPolicy {
  /** how long after its upload a file is offered; what has no upload time is not */
  readonly minimumAge?: Seconds;
  /** what was uploaded until then is old enough, whatever `minimumAge` says */
  readonly lineInTheSand?: Timestamp;
  /** what need not be old enough */
  readonly exempt: readonly Rule[];
  readonly block: readonly Rule[];
  /** where there is any, what none of them speaks of is withheld */
  readonly allow: readonly Rule[];
  readonly hidePreReleases: boolean;
  /** nothing but wheels (PEP 427) */
  readonly onlyBinary: boolean;
  /** what is in them is withheld, whatever else is said */
  readonly advisories?: Advisories;
}

/** Why a file is withheld. */
export type WithholdReason =
  | "malicious"
  | "blocked"
  | "not-allowed"
  | "pre-release"
  | "no-wheel"
  | "upload-time-unknown"
  | "too-new";

/** A file that a policy withholds. */
export interface Withheld {
  readonly file: ProjectFile;
  readonly because: WithholdReason;
  /** when this reason ends; undefined = not of itself */
  readonly until?: Timestamp;
  /** the rule that blocks it */
  readonly rule?: Rule;
  /** what it says of its licence, where a rule asks for that and it is known */
  readonly licences?: Licences;
  /** the report that names it */
  readonly advisory?: string;
}
