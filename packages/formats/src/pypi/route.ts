import type { DocumentRoute, Format, FormatRequest, Mount, PlainRoute, Route } from "../format.ts";
import { comparableUrl, normalPercent } from "../upstream-url.ts";
import { upstreamUrl } from "./file-url.ts";
import { isProjectName, normalizeName } from "./names.ts";

/** What the upstream is asked for: JSON, since it carries more (PEP 700), else HTML. */
const accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/** The page of a project. @param project normalised name */
export function projectPage(mount: Mount, project: string): DocumentRoute {
  return { type: "document", project, target: new URL(`${project}/`, mount.upstream).href, accept };
}

type IndexRoute = Exclude<Route, PlainRoute>;

const nothing: IndexRoute = {
  type: "none",
  status: 404,
  because: "Nothing is here: this index answers below simple/ and files/.",
};

function route(mount: Mount, { method, path, query }: FormatRequest): IndexRoute {
  if (method !== "GET" && method !== "HEAD")
    return { type: "none", status: 405, allow: "GET, HEAD", because: `An index has no use for ${method}.` };
  const to = (place: string): IndexRoute => ({ type: "redirect", status: 301, location: mount.prefix + place + query });
  if (path === "simple/") return { type: "root" };
  if (path === "" || path === "simple") return to("simple/");
  const [, written, slash] = /^simple\/([^/]+)(\/?)$/.exec(path) ?? [];
  if (written !== undefined) {
    const name = normalPercent(written);
    if (!isProjectName(name))
      return { type: "none", status: 404, because: "No project can have such a name (PEP 508)." };
    const project = normalizeName(name);
    return written === project && slash === "/" ? projectPage(mount, project) : to(`simple/${project}/`);
  }
  if (!path.startsWith("files/")) return nothing;
  const file = upstreamUrl(mount, path);
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
