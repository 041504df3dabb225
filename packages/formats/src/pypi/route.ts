import type {
  DocumentRoute,
  Format,
  FormatRequest,
  Mount,
  NoRoute,
  PlainRoute,
  RedirectRoute,
  RootRoute,
  Route,
} from "../format.ts";
import { comparableUrl, normalPercent } from "../upstream-url.ts";
import { upstreamUrl } from "./file-url.ts";
import { isProjectName, normalizeName } from "./names.ts";

/** What the upstream is asked for: JSON, since it carries more (PEP 700), else HTML. */
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

const folder = /^[^?#]*\/$/;

/** The page of a project. @param project normalised name */
export function projectPage(mount: Mount, project: string): DocumentRoute {
  const { href } = mount.upstream;
  // such a name has nothing that a URL parser would write in another way
  const target = folder.test(href) ? `${href}${project}/` : new URL(`${project}/`, href).href;
  return { type: "document", project, target, accept };
}

type IndexRoute = Exclude<Route, PlainRoute>;

/** What a URL of an index is, whatever is behind it: the same for all that speak the simple repository API. */
type IndexPath =
  /** @param project normalised */
  | { readonly type: "project"; readonly project: string }
  /** below `files/`; raw */
  | { readonly type: "file" }
  | RootRoute
  | RedirectRoute
  | NoRoute;

const nothing: NoRoute = {
  type: "none",
  status: 404,
  because: "Nothing is here: this index answers below simple/ and files/.",
};

/** What a path is in an index at this prefix. */
export function routeIndex(prefix: string, { method, path, query }: FormatRequest): IndexPath {
  if (method !== "GET" && method !== "HEAD")
    return { type: "none", status: 405, allow: "GET, HEAD", because: `An index has no use for ${method}.` };
  const to = (place: string): RedirectRoute => ({ type: "redirect", status: 301, location: prefix + place + query });
  if (path === "simple/") return { type: "root" };
  if (path === "" || path === "simple") return to("simple/");
  const [, written, slash] = /^simple\/([^/]+)(\/?)$/.exec(path) ?? [];
  if (written !== undefined) {
    const name = normalPercent(written);
    if (!isProjectName(name))
      return { type: "none", status: 404, because: "No project can have such a name (PEP 508)." };
    const project = normalizeName(name);
    return written === project && slash === "/" ? { type: "project", project } : to(`simple/${project}/`);
  }
  return path.startsWith("files/") ? { type: "file" } : nothing;
}

function route(mount: Mount, request: FormatRequest): IndexRoute {
  const found = routeIndex(mount.prefix, request);
  if (found.type === "project") return projectPage(mount, found.project);
  if (found.type !== "file") return found;
  const file = upstreamUrl(mount, request.path);
  if (file === undefined || !isProjectName(file.project) || normalizeName(file.project) !== file.project)
    return {
      type: "none",
      status: 404,
      because: "No page of this index links such a file: its URL is not well formed.",
    };
  return {
    type: "artifact",
    project: file.project,
    target: comparableUrl(file.url),
    page: projectPage(mount, file.project),
  };
}

/** A Python package index: the simple repository API (PEP 503, 691) and the files that its pages link. */
export const pypi: Format<IndexRoute> = { name: "pypi", route };
