import type { Timestamp } from "@larder/core";
import { satisfies, validRange } from "@renovatebot/pep440";
import type { Licences } from "./licence.ts";
import { isLike } from "./names.ts";
import type { ProjectFile } from "./page.ts";
import type { Rule } from "./policy.ts";
import { isVersion } from "./versions.ts";

/** What rules ask of a file. */
export interface Subject {
  readonly file: ProjectFile;
  /** as its name says, normalised; undefined where it says none */
  readonly version: string | undefined;
  /** milliseconds since the epoch */
  readonly uploaded: Timestamp | undefined;
  /** as its core metadata say; undefined = they were not read yet */
  readonly licences: Licences | undefined;
}

/**
 * Whether a rule speaks of a file; `unknown` where something that the rule asks for can't be known, `unread` where the
 * file's core metadata would tell.
 */
export type Match = "yes" | "no" | "unknown" | "unread";

/** What a rule means by licences. */
export type IsUnder = (licences: Licences, patterns: readonly string[]) => boolean;

const known = (is: boolean): Match => (is ? "yes" : "no");

/** What a rule may say, and whether it is true of a file. */
const conditions: readonly ((rule: Rule, subject: Subject, isUnder: IsUnder) => Match)[] = [
  ({ specifier }, { version }) => {
    if (specifier === undefined) return "yes";
    return isVersion(version) ? known(satisfies(version, specifier, { prereleases: true })) : "unknown";
  },
  ({ uploadedBefore }, { uploaded }) => {
    if (uploadedBefore === undefined) return "yes";
    return uploaded === undefined ? "unknown" : known(uploaded < uploadedBefore);
  },
  ({ uploadedAfter }, { uploaded }) => {
    if (uploadedAfter === undefined) return "yes";
    return uploaded === undefined ? "unknown" : known(uploaded >= uploadedAfter);
  },
  ({ hash }, { file }) => {
    for (const algorithm in hash) {
      if (file.hashes[algorithm] === undefined) return "unknown";
      if (file.hashes[algorithm] !== hash[algorithm]) return "no";
    }
    return "yes";
  },
  (rule, { licences }, isUnder) => {
    if (rule.licences === undefined) return "yes";
    if (licences === undefined) return "unread";
    return licences.length === 0 ? "unknown" : known(isUnder(licences, rule.licences));
  },
];

const worst: readonly Match[] = ["no", "unknown", "unread"];

/** Whether all that a rule says is true of a file; whether it speaks of the file's project is not asked here. */
export function matches(rule: Rule, subject: Subject, isUnder: IsUnder): Match {
  const found = new Set(conditions.map((condition) => condition(rule, subject, isUnder)));
  return worst.find((match) => found.has(match)) ?? "yes";
}

/** Whether a text is a version specifier (PEP 440). */
export const isSpecifier = (text: string): boolean => validRange(text);

/** Whether a rule speaks of a project at all. @param name normalised */
export function concerns({ names }: Rule, name: string): boolean {
  return names === undefined || names.some((pattern) => isLike(pattern, name));
}
