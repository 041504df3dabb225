import type { StoredResponse } from "@larder/core";
import { isProjectName, normalizeName } from "@larder/formats";
import type { Mount } from "./mount.ts";

/** The projects whose pages were stored: all that Larder knows of an index without asking it for its list. */
export interface Seen {
  /** Normalised names, in order. */
  projects(mount: Mount): readonly string[];
  /** Takes note of what was just stored. */
  note(response: StoredResponse): void;
}

/**
 * Looks the store through when it is asked first; from then on it is told. A page that was driven out of the store
 * since counts as seen until the next start.
 * @param mounts of format `pypi`, and others, which have none
 * @param each shows what is stored
 */
export function createSeen(mounts: readonly Mount[], each: (look: (stored: StoredResponse) => void) => void): Seen {
  const names = new Map<Mount, Set<string>>();
  const sorted = new Map<Mount, readonly string[]>();
  let isLoaded = false;

  function note({ cacheKey, status }: StoredResponse): void {
    if (status !== 200) return;
    const mount = mounts.find(({ keySpace }) => cacheKey.startsWith(keySpace));
    const project = mount && projectOf(mount, cacheKey.slice(mount.keySpace.length));
    if (mount === undefined || project === undefined) return;
    const known = names.get(mount) ?? new Set();
    if (known.has(project)) return;
    names.set(mount, known.add(project));
    sorted.delete(mount);
  }

  return {
    projects(mount) {
      if (!isLoaded) each(note);
      isLoaded = true;
      const before = sorted.get(mount);
      if (before !== undefined) return before;
      const list = [...(names.get(mount) ?? [])].sort();
      sorted.set(mount, list);
      return list;
    },
    note(response) {
      if (isLoaded) note(response);
    },
  };
}

/** The project whose page is at this target, as `pypi` routes it. */
function projectOf({ config }: Mount, target: string): string | undefined {
  const base = config.upstream.href;
  if (config.format !== "pypi" || !target.startsWith(base) || !target.endsWith("/")) return undefined;
  const name = target.slice(base.length, -1);
  return isProjectName(name) && normalizeName(name) === name ? name : undefined;
}
