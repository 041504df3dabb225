import type { StoredResponse } from "@larder/core";
import { isProjectName, normalizeName } from "@larder/formats";
import { type ProxyMount, proxyOf } from "./proxy.ts";

/** The projects whose pages were stored: all that Larder knows of an index without asking it for its list. */
export interface Seen {
  /** Normalised names, in order. */
  projects(proxy: ProxyMount): readonly string[];
  /** Takes note of what was just stored. */
  note(response: StoredResponse): void;
}

/**
 * Looks the store through when it is asked first; from then on it is told. A page that was driven out of the store
 * since counts as seen until the next start.
 * @param proxies of format `pypi`, and others, which have none
 * @param each shows what is stored
 */
export function createSeen(
  proxies: readonly ProxyMount[],
  each: (look: (stored: StoredResponse) => void) => void,
): Seen {
  const names = new Map<ProxyMount, Set<string>>();
  const sorted = new Map<ProxyMount, readonly string[]>();
  let isLoaded = false;

  function note({ cacheKey, status }: StoredResponse): void {
    if (status !== 200) return;
    const proxy = proxyOf(proxies, cacheKey);
    const project = proxy && projectOf(proxy, cacheKey.slice(proxy.keySpace.length));
    if (proxy === undefined || project === undefined) return;
    const known = names.get(proxy) ?? new Set();
    if (known.has(project)) return;
    names.set(proxy, known.add(project));
    sorted.delete(proxy);
  }

  return {
    projects(proxy) {
      if (!isLoaded) each(note);
      isLoaded = true;
      const before = sorted.get(proxy);
      if (before !== undefined) return before;
      const list = [...(names.get(proxy) ?? [])].sort();
      sorted.set(proxy, list);
      return list;
    },
    note(response) {
      if (isLoaded) note(response);
    },
  };
}

/** The project whose page is at this target, as `pypi` routes it. */
export function projectOf({ config }: ProxyMount, target: string): string | undefined {
  const base = config.upstream.href;
  if (config.format !== "pypi" || !target.startsWith(base) || !target.endsWith("/")) return undefined;
  const name = target.slice(base.length, -1);
  return isProjectName(name) && normalizeName(name) === name ? name : undefined;
}
