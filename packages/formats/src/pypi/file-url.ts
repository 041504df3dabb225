import type { Mount } from "../format.ts";
import { unsignedQuery } from "../signed-url.ts";
import { normalPercent, normalUrl, pathEnd, pathStart } from "../upstream-url.ts";

/**
 * The path segment that stands for an upstream origin: `-` the index's own, else `host` or `host~port` with the index's
 * scheme, else `scheme~host~port`. Clients write ":" in a path anew, "~" they leave alone.
 */
function originSegment(upstream: URL, origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  if (origin === upstream.origin) return "-";
  const host = encodeURIComponent(hostname);
  if (protocol === upstream.protocol && host !== "-") return port === "" ? host : `${host}~${port}`;
  return `${protocol.slice(0, -1)}~${host}~${port || (protocol === "https:" ? "443" : "80")}`;
}

function originOf(upstream: URL, segment: string): string | undefined {
  if (segment === "-") return upstream.origin;
  const parts = decodeOrNothing(segment).split("~");
  const [scheme, host, port] = parts.length === 3 ? parts : [upstream.protocol.slice(0, -1), ...parts];
  return parts.length > 3 ? undefined : URL.parse(`${scheme}://${host}${port === undefined ? "" : `:${port}`}`)?.origin;
}

function decodeOrNothing(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/**
 * A query's segment part: in base64url, because a link must end with the file's name (PEP 658's `.metadata` is added to
 * that, and pip adds it after the query).
 */
function querySegment(query: string): string {
  if (query === "") return "";
  return `~~${btoa(query).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

function queryOf(segment: string | undefined): string | undefined {
  if (segment === undefined) return "";
  try {
    return atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}

/** Where a mount has what a page links: from a URL in the form of `normalUrl` to the path after the mount's prefix. */
export type FilePaths = (url: string) => string;

/**
 * Where a file of the upstream stands in a mount: `files/<project>/<origin>/<the upstream's own path>`, the query of
 * the upstream's URL behind the origin, without what signs it. It ends with the file's real name, never changes, survives
 * what clients do to URLs, and `upstreamUrl` finds the way back.
 * @param project normalised name of the project whose page links the file
 * @param url as `normalUrl` gives it
 * @returns the path after the mount's prefix
 */
export function fileUrl(mount: Mount, project: string, url: string): string {
  return fileUrls(mount, project)(url);
}

/** `fileUrl` for many URLs of one project: each origin is looked at once. */
export function fileUrls(mount: Mount, project: string): FilePaths {
  const folders = new Map<string, string>();
  return (url) => {
    const start = pathStart(url);
    const end = pathEnd(url);
    const origin = url.slice(0, start);
    let folder = folders.get(origin);
    if (folder === undefined) {
      folder = `files/${project}/${originSegment(mount.upstream, origin)}`;
      folders.set(origin, folder);
    }
    return folder + querySegment(unsignedQuery(url.slice(end))) + url.slice(start, end);
  };
}

/** The same as links from the project's page, `simple/<project>/`: so the page does not depend on the mount's host. */
export const relativeTo =
  (paths: FilePaths): FilePaths =>
  (url) =>
    `../../${paths(url)}`;

/**
 * The way back from `fileUrl`. Percent-encoding may differ, as clients change it; everything else must be exactly what
 * `fileUrl` gives, so that no dot segment, user information or second spelling of an origin gets through.
 * @param path what follows the mount's prefix, raw, without query
 * @returns the upstream URL in normal form and the project; undefined when `fileUrl` gives no such path
 */
export function upstreamUrl(mount: Mount, path: string): { project: string; url: string } | undefined {
  const [, project, segment, rest] = /^files\/([^/]+)\/([^/]+)(\/.*)$/.exec(normalPercent(path)) ?? [];
  if (project === undefined || segment === undefined || rest === undefined) return undefined;
  const [place, query, more] = segment.split("~~");
  const origin = originOf(mount.upstream, place!);
  const url = origin && normalUrl(origin + rest + queryOf(query));
  if (!url || more !== undefined || url.slice(pathStart(url), pathEnd(url)) !== rest) return undefined;
  const again = fileUrl(mount, project, url).split("/", 3)[2]!;
  return decodeOrNothing(again) === decodeOrNothing(segment) ? { project, url } : undefined;
}
