import type { RequestHead } from "@larder/core";
import type { ArtifactRoute, FilePaths, FormatRequest, NoRoute, PlainRoute, RedirectRoute } from "@larder/formats";
import type { Incoming, Outgoing } from "@larder/server";
import type { HadShown } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import type { Mirrors } from "./mirrors.ts";
import type { MountConfig } from "./mount-kinds.ts";
import type { ProxyMount } from "./proxy.ts";

/** A mount that is ready to answer, whatever its kind. */
export interface Mount {
  readonly config: MountConfig;
  /** the upstreams that it asks, each with what is known of it; none where it asks nobody itself */
  readonly proxies: readonly ProxyMount[];
  /** What a URL below its prefix is. The same URL may be something else later, where what the mount holds decides. */
  route(request: FormatRequest, gateway: Gateway): MountRoute;
  /** Lets go of connections and files. */
  close(): Promise<void>;
}

/** A mount that is a Python index, wherever its pages and files come from. */
export interface Index extends Mount {
  /** what is known of its pages is told from that of others by this */
  readonly keySpace: string;
  /**
   * The page of a project.
   * @param project normalised name
   * @param client whose wishes (Cache-Control, Pragma) and credentials count
   */
  page(gateway: Gateway, project: string, client: RequestHead): HadShown | Promise<HadShown>;
  /** Names of the projects that it is known to have, normalised, in order; those that this client may know of. */
  projects(gateway: Gateway, client: RequestHead): readonly string[];
  /** Whether a project's name is its own for good, so that in a group it never comes from elsewhere. */
  owns(project: string): boolean;
  /** The URL that other indexes know a project's page by (PEP 708); undefined where they can't. */
  location(project: string): string | undefined;
  /** Where the mount has what a project's page links. Below `files/<project>/`, so that a URL names its project. */
  paths(project: string): FilePaths;
}

/** Whether a mount is a Python index. */
export const isIndex = (mount: Mount): mount is Index => "page" in mount;

/** What a URL of a mount is, and whose. */
export type MountRoute =
  | { readonly type: "plain"; readonly mount: ProxyMount; readonly route: PlainRoute }
  /** @param project normalised name */
  | { readonly type: "document"; readonly index: Index; readonly project: string }
  | { readonly type: "artifact"; readonly mount: ProxyMount; readonly route: ArtifactRoute }
  | { readonly type: "mirrored"; readonly mirrors: Mirrors; readonly route: ArtifactRoute }
  | { readonly type: "root"; readonly index: Index }
  /** what only this kind of mount has, an upload say */
  | { readonly type: "own"; answer(gateway: Gateway, incoming: Incoming): Outgoing | Promise<Outgoing> }
  | RedirectRoute
  | NoRoute;

/** What a path of clients is in a mount. @param path raw, with its query; the mount's prefix begins it */
export function routeIn(mount: Mount, method: string, path: string, gateway: Gateway): MountRoute {
  return mount.route(requestBelow(mount.config.prefix, method, path), gateway);
}

/** What of a request a mount looks at. @param path raw, with its query; the prefix begins it */
export function requestBelow({ length }: string, method: string, path: string): FormatRequest {
  const at = path.indexOf("?");
  return at < 0
    ? { method, path: path.slice(length), query: "" }
    : { method, path: path.slice(length, at), query: path.slice(at) };
}

/** The mount whose prefix begins a path; the longest wins. @param mounts longest prefix first */
export function mountFor<M extends { readonly config: { readonly prefix: string } }>(
  mounts: readonly M[],
  path: string,
): M | undefined {
  for (const mount of mounts) if (path.startsWith(mount.config.prefix)) return mount;
  return undefined;
}
