// Some 85 small packages that depend on each other: what a project of a usual size wants, the same each time.
import { type Package, wheel } from "./packages.ts";

interface Release {
  readonly project: string;
  readonly file: Package;
}

export interface Tree {
  /** in the order in which they are published */
  readonly releases: readonly Release[];
  /** the requirement that wants all of them */
  readonly root: string;
  /** what everybody has to choose: version by project */
  readonly chosen: ReadonlyMap<string, string>;
}

const versions = ["1.0", "1.1", "2.0"];
const nameOf = (n: number) => `lib-${String(n).padStart(2, "0")}`;
/** Each is wanted by one that comes before it, and by a second one for reasons of its own. */
const parentsOf = (n: number) => [...new Set([(n - 1) >> 2, (n * 7) % n])];
/** What a parent says of a version: nothing much, or that it must not be the newest. */
const specifier = (n: number) => (n % 5 === 2 ? ">=1.0,<2" : n % 3 === 0 ? ">=1.1" : ">=1.0");

/** When all of it was uploaded. */
const uploadTime = "2026-01-01T00:00:00Z";

/**
 * @param size how many projects
 * @param octets of each wheel's payload
 */
export function makeTree(size = 85, octets = 2000): Tree {
  const requires = new Map<number, string[]>();
  for (let n = 1; n < size; n++)
    for (const parent of parentsOf(n))
      requires.set(parent, [...(requires.get(parent) ?? []), `${nameOf(n)}${specifier(n)}`]);
  const all = Array.from({ length: size }, (_, n) => n);
  return {
    root: nameOf(0),
    releases: versions.flatMap((version) =>
      all.map((n) => ({
        project: nameOf(n),
        file: { ...wheel(nameOf(n), version, requires.get(n), "1", octets), uploadTime },
      })),
    ),
    chosen: new Map(all.map((n) => [nameOf(n), n % 5 === 2 ? "1.1" : "2.0"])),
  };
}
