import { compare } from "@renovatebot/pep440";
import { isObject, type Json, strings } from "../json-values.ts";
import { isProjectName, normalizeName } from "./names.ts";
import { isVersion, normalizeVersion } from "./versions.ts";

/** A report of malicious code in a project (OSV): the versions that it names, and those that its ranges hold. */
export interface Advisory {
  readonly id: string;
  /** normalised */
  readonly versions: ReadonlySet<string>;
  /** each in the order of versions; undefined = all versions, also where the report can't be read any nearer */
  readonly ranges: readonly (readonly RangeEvent[])[] | undefined;
}

/** From that version on it is in, or out; `after` = out only above it. */
interface RangeEvent {
  /** "0" = before all others */
  readonly version: string;
  readonly is: "in" | "out" | "after";
}

/** Reports by the normalised name of the project that they are about. */
export type Advisories = ReadonlyMap<string, readonly Advisory[]>;

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * What a report in the OSV format says of PyPI's projects, if it is one of malicious code (`MAL-…`) that was not withdrawn.
 * @param report parsed JSON
 * @returns each project's name, normalised, with what is said of it; empty for other reports
 */
export function readAdvisory(report: unknown): readonly (readonly [name: string, advisory: Advisory])[] {
  if (!isObject(report) || typeof report.id !== "string" || !report.id.startsWith("MAL-")) return [];
  if (typeof report.withdrawn === "string") return [];
  const { id } = report;
  return list(report.affected).flatMap((affected) => {
    const { package: of } = affected;
    if (!isObject(of) || typeof of.ecosystem !== "string" || !/^PyPI(?:$|:)/.test(of.ecosystem)) return [];
    if (typeof of.name !== "string" || !isProjectName(of.name)) return [];
    const named = strings(affected.versions);
    const usual = list(affected.ranges).filter(({ type }) => type === "ECOSYSTEM" || type === "SEMVER");
    const ranges = usual.length === 0 && named.length === 0 ? undefined : readRanges(usual);
    return [[normalizeName(of.name), { id, versions: new Set(named.map(normalizeVersion)), ranges }] as const];
  });
}

const kinds = { introduced: "in", fixed: "out", last_affected: "after" } as const;

/** @returns undefined where a version in it is none */
function readRanges(ranges: readonly Json[]): Advisory["ranges"] {
  const read = ranges.map(({ events }) =>
    list(events).flatMap((event) =>
      Object.entries(kinds).flatMap(([key, is]) =>
        typeof event[key] === "string" ? [{ version: event[key], is }] : [],
      ),
    ),
  );
  if (!read.every((events) => events.every(({ version }) => version === "0" || isVersion(version)))) return undefined;
  return read.map((events) => events.sort((a, b) => order(a.version, b.version)));
}

const order = (a: string, b: string): number => (a === b ? 0 : a === "0" ? -1 : b === "0" ? 1 : compare(a, b));

/** Whether a report is about a version; about what is no version it is when it has ranges. @param version normalised */
export function concernsVersion({ versions, ranges }: Advisory, version: string | undefined): boolean {
  if (ranges === undefined || (version !== undefined && versions.has(version))) return true;
  if (!isVersion(version)) return ranges.length > 0 || version === undefined;
  return ranges.some((events) => {
    let is = false;
    for (const event of events) {
      const above = order(version, event.version);
      if (event.is === "after" ? above > 0 : above >= 0) is = event.is === "in";
    }
    return is;
  });
}
