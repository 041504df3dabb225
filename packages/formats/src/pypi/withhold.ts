import type { Timestamp } from "@larder/core";
import { explain } from "@renovatebot/pep440";
import { comparableUrl } from "../upstream-url.ts";
import { type Advisory, concernsVersion } from "./advisory.ts";
import { isWheel } from "./core-metadata.ts";
import type { FactsByUrl } from "./facts.ts";
import { canBeHadUnder, needs } from "./licence.ts";
import type { ProjectFile, ProjectPage } from "./page.ts";
import type { IndexPolicy, Rule, Withheld } from "./policy.ts";
import { concerns, matches, type Subject } from "./policy-rule.ts";
import { fileVersion } from "./versions.ts";

/** A page as a policy leaves it. */
export interface Judged {
  /** the same page where nothing is withheld */
  readonly page: ProjectPage;
  /** in the order of the page */
  readonly withheld: readonly Withheld[];
  /** what is on the page, but may only be had once its core metadata have told its licence */
  readonly unread: readonly ProjectFile[];
  /** the latest instant, until now, at which time changed what is withheld; -Infinity = there was none */
  readonly changedAt: Timestamp;
  /** the next such instant; until then the result stays the same. Infinity = there is none */
  readonly changesAt: Timestamp;
}

/** What is asked of each file: one project's rules, those that count now. */
interface Asked {
  readonly policy: IndexPolicy;
  readonly now: Timestamp;
  readonly exempt: readonly Rule[];
  readonly block: readonly Rule[];
  readonly allow: readonly Rule[];
  readonly advisories: readonly Advisory[];
  /** to be told of each instant at which the answer may change */
  readonly changes: (at: Timestamp) => void;
}

type Reason = Omit<Withheld, "file">;

/** What may speak against a file; the first that does is the reason. What can't be known speaks against it. */
const reasons: readonly ((subject: Subject, asked: Asked) => Reason | "unread" | undefined)[] = [
  ({ version }, { advisories }) => {
    const advisory = advisories.find((one) => concernsVersion(one, version));
    return advisory && { because: "malicious", advisory: advisory.id };
  },
  (subject, { block }) => {
    const found = block.map((rule) => matches(rule, subject, needs));
    const rule = block[found.findIndex((match) => match === "yes" || match === "unknown")];
    if (rule === undefined) return found.includes("unread") ? "unread" : undefined;
    return { because: "blocked", rule, ...told(subject), ...(rule.until !== undefined && { until: rule.until }) };
  },
  (subject, { allow, policy }) => {
    if (policy.allow.length === 0) return undefined;
    const found = allow.map((rule) => matches(rule, subject, canBeHadUnder));
    if (found.includes("yes")) return undefined;
    return found.includes("unread") ? "unread" : { because: "not-allowed", ...told(subject) };
  },
  ({ version }, { policy }) => {
    if (!policy.hidePreReleases) return undefined;
    return explain(version)?.is_prerelease === false ? undefined : { because: "pre-release" };
  },
  ({ file }, { policy }) => (policy.onlyBinary && !isWheel(file.filename) ? { because: "no-wheel" } : undefined),
  (subject, { policy, exempt, changes, now }) => {
    const { minimumAge, lineInTheSand = Number.NEGATIVE_INFINITY } = policy;
    if (minimumAge === undefined || exempt.some((rule) => matches(rule, subject, canBeHadUnder) === "yes"))
      return undefined;
    if (subject.uploaded === undefined) return { because: "upload-time-unknown" };
    if (subject.uploaded <= lineInTheSand) return undefined;
    const until = subject.uploaded + minimumAge * 1000;
    changes(until);
    return now < until ? { because: "too-new", until } : undefined;
  },
];

const told = ({ licences }: Subject) => (licences === undefined ? {} : { licences });

/**
 * A page without the files that a policy withholds now. The list of versions follows the files (PEP 700). The same
 * arguments give the same result; it takes time in proportion to files times the rules that name the project.
 * @param page completed, so that it says what is known of its files
 * @param facts their licences are asked for
 */
export function withhold(
  page: ProjectPage,
  policy: IndexPolicy,
  now: Timestamp,
  facts: FactsByUrl = new Map(),
): Judged {
  let changedAt = Number.NEGATIVE_INFINITY;
  let changesAt = Number.POSITIVE_INFINITY;
  const changes = (at: Timestamp) => {
    if (at <= now) changedAt = Math.max(changedAt, at);
    else changesAt = Math.min(changesAt, at);
  };
  const counting = (rules: readonly Rule[]): Rule[] =>
    rules.filter((rule) => {
      if (!concerns(rule, page.name)) return false;
      if (rule.until !== undefined) changes(rule.until);
      return rule.until === undefined || now < rule.until;
    });
  const { exempt, block, allow } = policy;
  const rules = { exempt: counting(exempt), block: counting(block), allow: counting(allow) };
  const asked = { policy, now, ...rules, advisories: policy.advisories?.get(page.name) ?? [], changes };
  const withheld: Withheld[] = [];
  const unread: ProjectFile[] = [];
  const files: ProjectFile[] = [];
  for (const file of page.files) {
    const reason = reasonAgainst(subjectOf(file, page.name, facts), asked);
    if (typeof reason === "object") withheld.push({ file, ...reason });
    else files.push(file);
    if (reason === "unread") unread.push(file);
  }
  const { versions: _, ...rest } = page;
  return { page: withheld.length === 0 ? page : { ...rest, files }, withheld, unread, changedAt, changesAt };
}

function reasonAgainst(subject: Subject, asked: Asked): Reason | "unread" | undefined {
  let unread: "unread" | undefined;
  for (const against of reasons) {
    const reason = against(subject, asked);
    if (reason === "unread") unread = reason;
    else if (reason !== undefined) return reason;
  }
  return unread;
}

function subjectOf(file: ProjectFile, project: string, facts: FactsByUrl): Subject {
  const uploaded = file.uploadTime === undefined ? Number.NaN : Date.parse(file.uploadTime);
  return {
    file,
    // only some rules ask for it, and a page may have tens of thousands of files
    get version() {
      return fileVersion(file.filename, project);
    },
    uploaded: Number.isNaN(uploaded) ? undefined : uploaded,
    get licences() {
      return facts.get(comparableUrl(file.url))?.licences;
    },
  };
}
