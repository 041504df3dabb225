import type { Mount } from "../format.ts";
import { normalPercent, normalUrl } from "../upstream-url.ts";

/**
 * The path segment that stands for an upstream origin: `-` the index's own, else `host` or `host:port` with the
 * index's scheme, else `scheme:host:port`. The brackets of an IPv6 address are percent-encoded.
 */
function originSegment(upstream: URL, url: URL): string {
  if (url.origin === upstream.origin) return "-";
  const host = normalPercent(url.hostname);
  if (url.protocol === upstream.protocol && host !== "-") return url.port === "" ? host : `${host}:${url.port}`;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return `${url.protocol}${host}:${port}`;
}

const address = /^(?:(https?):(?=.*:[0-9]+$))?((?:%5B[0-9a-f:.]+%5D)|[^:/?#@[\]]+)(?::([0-9]+))?$/;

function originOf(upstream: URL, segment: string): string | undefined {
  if (segment === "-") return upstream.origin;
  const parts = address.exec(segment);
  if (parts === null) return undefined;
  const [, scheme, host, port] = parts;
  const name = host!.replace("%5B", "[").replace("%5D", "]");
  return `${scheme === undefined ? upstream.protocol : `${scheme}:`}//${name}${port === undefined ? "" : `:${port}`}`;
}

/** Where a URL's path begins, after "https://" and the authority. */
function pathStart(url: string): number {
  return url.indexOf("/", url.indexOf("//") + 2);
}

/**
 * Where a file of the upstream stands in a mount: `files/<project>/<origin>/<the upstream's own path and query>`. It
 * ends with the file's real name, never changes, and `upstreamUrl` finds the way back.
 * @param project normalised name of the project whose page links the file
 * @param url as `normalUrl` gives it
 * @returns path and query after the mount's prefix
 */
export function fileUrl(mount: Mount, project: string, url: string): string {
  return `files/${project}/${originSegment(mount.upstream, new URL(url))}${url.slice(pathStart(url))}`;
}

/**
 * The way back from `fileUrl`. Percent-encoding may differ, as clients change it; everything else must be exactly what
 * `fileUrl` gives, so that no dot segment, user information or second spelling of an origin gets through.
 * @param path what follows the mount's prefix, raw, with its query
 * @returns the upstream URL in normal form and the project; undefined when `fileUrl` gives no such path
 */
export function upstreamUrl(mount: Mount, path: string): { project: string; url: string } | undefined {
  const wanted = normalPercent(path);
  const [, project, segment, rest] = /^files\/([^/?]+)\/([^/?]+)(\/.*)$/.exec(wanted) ?? [];
  if (project === undefined || segment === undefined || rest === undefined) return undefined;
  const origin = originOf(mount.upstream, segment);
  const url = origin === undefined ? undefined : normalUrl(origin + rest);
  return url !== undefined && fileUrl(mount, project, url) === wanted ? { project, url } : undefined;
}

/**
 * `fileUrl` as a link from the project's page, `simple/<project>/`: so the page does not depend on the mount's host.
 * For many URLs: each origin is looked at once.
 */
export function relativeFileUrl(mount: Mount, project: string): (url: string) => string {
  const folders = new Map<string, string>();
  return (url) => {
    const start = pathStart(url);
    const origin = url.slice(0, start);
    let folder = folders.get(origin);
    if (folder === undefined) {
      folder = `../../files/${project}/${originSegment(mount.upstream, new URL(origin))}`;
      folders.set(origin, folder);
    }
    return folder + url.slice(start);
  };
}
