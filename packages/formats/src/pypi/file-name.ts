import { normalizeName } from "./names.ts";

/** What a distribution's file can end with; what else a page links is no distribution. */
const endings = /\.(?:whl|zip|egg|exe|msi|rpm|deb|dmg|tar|tgz|tbz2?|txz|tlz|tar\.(?:gz|bz2|xz|z|lz|lzma|zst))$/i;

/** Whether a file of this name can be a distribution, of whatever age. */
export function isDistribution(filename: string): boolean {
  return endings.test(filename);
}

/** What stands behind the version in installers' and eggs' names: Python, platform. */
const builtFor = /[-.](?:win32|win-amd64|win-arm64|linux-[a-z0-9_]+|macosx-[a-z0-9_.-]+|py[0-9]).*$/i;

/**
 * The version in a distribution's file name: of wheels (PEP 427), sdists (PEP 625, and older ones whose names hold
 * dashes), eggs and installers. The project's name says where it begins.
 * @param project normalised
 * @returns as written; undefined where the name is not the project's or holds no version
 */
export function distributionVersion(filename: string, project: string): string | undefined {
  const ending = endings.exec(filename);
  if (ending === null) return undefined;
  const stem = filename.slice(0, ending.index);
  const kind = ending[0].toLowerCase();
  if (kind === ".whl") {
    const parts = stem.split("-");
    if ((parts.length !== 5 && parts.length !== 6) || normalizeName(parts[0]!) !== project) return undefined;
    return parts[1] || undefined;
  }
  for (let dash = stem.indexOf("-"); dash !== -1; dash = stem.indexOf("-", dash + 1)) {
    if (normalizeName(stem.slice(0, dash)) !== project) continue;
    const version = stem.slice(dash + 1);
    return (/^\.(?:egg|exe|msi|rpm|deb|dmg)$/.test(kind) ? version.replace(builtFor, "") : version) || undefined;
  }
  return undefined;
}
