import { badRequest, Refusal } from "../refusal.ts";

/** Which microversion (1.N) introduced what. The only place where version numbers of features stand. */
export const introduced = {
  aggregates: 1,
  resourceClasses: 2,
  providersMemberOf: 3,
  providersResources: 4,
  deleteInventories: 5,
  traits: 6,
  putResourceClass: 7,
  projectAndUser: 8,
  usages: 9,
  allocationCandidates: 10,
  allocationsLink: 11,
  allocationsByProvider: 12,
  postAllocations: 13,
  nestedProviders: 14,
  lastModified: 15,
  limit: 16,
  candidatesRequired: 17,
  providersRequired: 18,
  aggregatesGeneration: 19,
  providerInAnswer: 20,
  candidatesMemberOf: 21,
  forbiddenTraits: 22,
  errorCodes: 23,
  repeatedMemberOf: 24,
  granularGroups: 25,
  allReserved: 26,
  allClassesInSummaries: 27,
  consumerGeneration: 28,
  nestedCandidates: 29,
  reshaper: 30,
  candidatesInTree: 31,
  forbiddenAggregates: 32,
  namedGroups: 33,
  mappings: 34,
  rootRequired: 35,
  sameSubtree: 36,
  reparenting: 37,
  consumerTypes: 38,
  anyTraits: 39,
} as const;

export type Feature = keyof typeof introduced;

/** A microversion that a request asked for. */
export interface Version {
  /** N of 1.N */
  readonly minor: number;
  /** `1.N` */
  readonly text: string;
  /** what it has */
  readonly has: Readonly<Record<Feature, boolean>>;
}

const newest = Math.max(...Object.values(introduced));

/** All microversions, by minor number. */
export const versions: readonly Version[] = Array.from({ length: newest + 1 }, (_, minor) => {
  const has = Object.fromEntries(Object.entries(introduced).map(([feature, since]) => [feature, minor >= since]));
  return { minor, text: `1.${minor}`, has: has as Record<Feature, boolean> };
});

export const oldestVersion = versions[0]!;
export const newestVersion = versions[newest]!;

/**
 * Reads OpenStack-API-Version. The last `placement X.Y` of the list wins, other services are passed over, no field
 * means 1.0, only lower-case `latest` is the newest.
 * @param field the combined field value
 * @throws {Refusal} 400 for what is no version, 406 for one that does not exist
 */
export function negotiate(field: string | undefined): Version {
  const asked = askedFor(field) ?? oldestVersion.text;
  if (asked === "latest") return newestVersion;
  const dot = asked.indexOf(".");
  const parts = dot < 0 ? [asked] : [asked.slice(0, dot), asked.slice(dot + 1)];
  const wrong = parts.find((part) => !/^\s*[+-]?[0-9]+(?:_[0-9]+)*\s*$/.test(part));
  if (wrong !== undefined)
    throw badRequest(
      `Invalid microversion: invalid version string: ${asked}; invalid literal for int() with base 10: '${wrong}'`,
    );
  if (parts.length < 2)
    throw badRequest(`Invalid microversion: invalid version string: ${asked}; there must be two numbers`);
  const [major, minor] = parts.map((part) => Number(part.replaceAll("_", "")));
  const version = major === 1 ? versions[minor!] : undefined;
  if (version === undefined)
    throw new Refusal(406, `Invalid microversion: Unacceptable version header: ${asked}`, { noVersion: true });
  return version;
}

function askedFor(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  for (const member of field.split(",").reverse()) {
    const text = member.trim();
    const space = text.search(/\s/);
    if (space > 0 && text.slice(0, space).toLowerCase() === "placement") return text.slice(space).trim();
  }
  return undefined;
}
