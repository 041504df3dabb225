import type { Format, FormatRequest, Mount, NoRoute, PlainRoute } from "./format.ts";

const refused = /[\0-\x20\x7f-\uffff\\#]/;

const allow = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

/** What a URL parser leaves letter for letter: a path of which no segment starts with a dot, and a query. */
const plainPath = /^[\w.~!$&()*+,;=:@/-]*$/;
const plainQuery = /^(?:\?[\w.~!$&()*+,;=:@/?-]*)?$/;
const isPlain = (path: string, query: string): boolean =>
  plainPath.test(path) && !path.startsWith(".") && !path.includes("/.") && plainQuery.test(query);

/** Whether a path leaves the folder that it starts in, also for a server that decodes dots and slashes first. */
function climbs(path: string): boolean {
  if (!/(?:\.|%2e){2}/i.test(path)) return false;
  let depth = 0;
  for (const segment of path.replace(/%2e/gi, ".").split(/\/|\\|%2f|%5c/i)) {
    depth += segment === ".." ? -1 : segment === "." ? 0 : 1;
    if (depth < 0) return true;
  }
  return false;
}

type SiteRoute = PlainRoute | NoRoute;

function route(mount: Mount, { method, path, query }: FormatRequest): SiteRoute {
  // its answer may show what was sent, the mount's own credentials among it (RFC 9110 §9.3.8)
  if (method === "TRACE") return { type: "none", status: 405, allow, because: "TRACE is not passed on." };
  const whole = mount.upstream.href + path + query;
  if (isPlain(path, query)) return { type: "plain", target: whole };
  if (refused.test(path) || path.includes("?") || refused.test(query))
    return { type: "none", status: 400, because: "The URL holds a character that no URL may hold." };
  if (climbs(path)) return { type: "none", status: 400, because: "The path leaves the place that it is mounted on." };
  return { type: "plain", target: new URL(whole).href };
}

/** Anything behind HTTP: every path is its upstream's, nothing is read or rewritten. */
export const http: Format<SiteRoute> = { name: "http", route };
