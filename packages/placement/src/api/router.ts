import type { Route } from "./routes.ts";

/** All routes of one path, and what stands in its placeholders. */
export interface Match {
  readonly routes: readonly Route[];
  readonly params: Readonly<Record<string, string>>;
}

interface Path {
  readonly segments: readonly string[];
  readonly routes: Route[];
}

/** @returns finds the routes of a decoded path; undefined where there is no such path */
export function router(routes: readonly Route[]): (path: string) => Match | undefined {
  const exact = new Map<string, Match>();
  const byLength = new Map<number, Path[]>();
  for (const [path, own] of Map.groupBy(routes, (route) => route.path)) {
    if (!path.includes("{")) {
      exact.set(path, { routes: own, params: {} });
      continue;
    }
    const segments = path.split("/");
    const paths = byLength.get(segments.length) ?? [];
    byLength.set(segments.length, [...paths, { segments, routes: own }]);
  }
  return (path) => {
    const found = exact.get(path);
    if (found !== undefined) return found;
    const given = path.split("/");
    for (const { segments, routes: own } of byLength.get(given.length) ?? []) {
      const params = matchSegments(segments, given);
      if (params !== undefined) return { routes: own, params };
    }
    return undefined;
  };
}

function matchSegments(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [i, segment] of pattern.entries()) {
    const own = given[i]!;
    if (!segment.startsWith("{")) {
      if (segment !== own) return undefined;
    } else if (own === "") return undefined;
    else params[segment.slice(1, -1)] = own;
  }
  return params;
}

/** A path as WSGI servers hand it on: percent-decoded, whatever that makes of it. */
export function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
