import { type Fields, splitList } from "@larder/core";

/** `major.minor` */
export type Version = string;

export interface MicroversionOptions<Feature extends string> {
  /** the service's type, as it stands in the field before the version */
  readonly service: string;
  readonly oldest: Version;
  readonly newest: Version;
  /** since which version there is what; before it, it must not be there */
  readonly introduced: Readonly<Record<Feature, Version>>;
  /** the field's name in requests and answers; `openstack-api-version` where left out */
  readonly field?: string;
}

/** A version with what there is in it. */
export interface Microversion<Feature extends string> {
  readonly type: "version";
  readonly version: Version;
  /** `has.lastModified`: to be asked instead of comparing versions */
  readonly has: Readonly<Record<Feature, boolean>>;
  /** lines that every answer of this version has: the version, and Vary, since the answer depends on it */
  readonly fields: Readonly<Record<string, string>>;
}

export type Negotiated<Feature extends string> =
  | Microversion<Feature>
  /** to be answered with 400 */
  | { readonly type: "malformed"; readonly detail: string }
  /** to be answered with 406 */
  | { readonly type: "not-supported"; readonly detail: string };

const shape = /^(\d{1,5})\.(\d{1,5})$/;

/** One number that orders versions; undefined where the text is none. */
function order(version: Version): number | undefined {
  const match = shape.exec(version);
  return match ? Number(match[1]) * 100_000 + Number(match[2]) : undefined;
}

/**
 * Microversions as OpenStack's services have them: one field says which version of the API a client speaks; absent it
 * is the oldest, `latest` is the newest.
 * @returns a function from a request's fields to the version that applies, or why none does
 * @throws {RangeError} when a version in the options is none, or lies outside oldest and newest
 */
export function microversions<Feature extends string>(
  options: MicroversionOptions<Feature>,
): (fields: Fields) => Negotiated<Feature> {
  const { service, oldest, newest, field = "openstack-api-version" } = options;
  const introduced = Object.entries<Version>(options.introduced) as [Feature, Version][];
  const [first, last] = [order(oldest), order(newest)];
  for (const version of [oldest, newest, ...introduced.map(([, since]) => since)]) {
    const place = order(version);
    if (place === undefined || place < first! || place > last!)
      throw new RangeError(`${version} is no version from ${oldest} to ${newest}`);
  }
  const made = new Map<Version, Microversion<Feature>>();

  function make(version: Version): Microversion<Feature> {
    const known = made.get(version);
    if (known !== undefined) return known;
    const has = Object.fromEntries(introduced.map(([name, since]) => [name, order(version)! >= order(since)!]));
    const fields = { [field]: `${service} ${version}`, vary: field };
    const microversion = { type: "version", version, has: has as Record<Feature, boolean>, fields } as const;
    made.set(version, microversion);
    return microversion;
  }

  return (fields) => {
    // one member for each service that the request goes through; those of others are not for us
    const ours = splitList(fields.all(field)).filter((member) => member.split(/\s+/)[0]?.toLowerCase() === service);
    if (ours.length === 0) return make(oldest);
    const [, asked, ...rest] = ours[0]!.split(/\s+/);
    if (ours.length > 1 || asked === undefined || rest.length > 0)
      return { type: "malformed", detail: `${field} must name one version: "${service} ${newest}"` };
    if (asked.toLowerCase() === "latest") return make(newest);
    const place = order(asked);
    if (place === undefined) return { type: "malformed", detail: `${asked} is no version, such as ${newest}` };
    if (place < first! || place > last!)
      return { type: "not-supported", detail: `version ${asked} is not one from ${oldest} to ${newest}` };
    return make(`${Math.floor(place / 100_000)}.${place % 100_000}`);
  };
}
