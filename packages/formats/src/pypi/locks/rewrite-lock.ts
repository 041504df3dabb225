import type { Mount } from "../../format.ts";
import { normalUrl } from "../../upstream-url.ts";
import { fileUrl, upstreamUrl } from "../file-url.ts";
import { isHttp, type LockFile, type LockUrl } from "./lock.ts";

/** A `pypi` mount, as clients reach it. */
export interface ReachedMount extends Mount {
  /** the URL of its prefix, with a slash at its end */
  readonly url: string;
}

/** A URL that is another one afterwards. */
export interface Rewritten extends LockUrl {
  readonly to: string;
}

/** Finds the URL that takes a URL's place; undefined = it stays. */
export type Rewrite = (url: LockUrl) => string | undefined;

const bare = (url: string) => url.replace(/\/$/, "");
const slashOf = (url: string) => (url.endsWith("/") ? "/" : "");

/**
 * From the upstream to the mount: the index's URL, and its files as the mount's pages link them. Other indexes, and
 * files of packages that came from them, stay.
 * @param links whether the index links a file that was asked for by its URL, so that the mount has it
 */
export const toMount =
  (mount: ReachedMount, links: (url: LockUrl) => boolean): Rewrite =>
  (found) => {
    const isIndexs = (index: string) => bare(index) === bare(mount.upstream.href);
    if (found.role === "index") return isIndexs(found.url) ? `${mount.url}simple${slashOf(found.url)}` : undefined;
    const ours = found.role === "file" ? found.index === undefined || isIndexs(found.index) : links(found);
    const url = normalUrl(found.url);
    if (!ours || found.project === undefined || url === undefined || isOfMount(mount, found.url)) return undefined;
    return mount.url + fileUrl(mount, found.project, url) + fragmentOf(found.url);
  };

/** From the mount to its upstream: the way back from `toMount`. */
export const toUpstream =
  (mount: ReachedMount): Rewrite =>
  (found) => {
    if (found.role === "index")
      return bare(found.url) === `${mount.url}simple` ? bare(mount.upstream.href) + slashOf(found.url) : undefined;
    if (!isOfMount(mount, found.url)) return undefined;
    const path = found.url.slice(mount.url.length).replace(/[?#].*$/, "");
    const url = upstreamUrl(mount, path)?.url;
    return url && url + fragmentOf(found.url);
  };

/** Whether a URL leads through the mount. */
export const isOfMount = ({ url }: ReachedMount, of: string): boolean => of.startsWith(url);

const fragmentOf = (url: string) => /#.*$/.exec(url)?.[0] ?? "";

/** What is to be rewritten in a lock file; all other octets of its text stay. */
export function rewritesOf({ urls }: LockFile, rewrite: Rewrite): readonly Rewritten[] {
  return urls.flatMap((url) => {
    const to = rewrite(url);
    return to === undefined || !isHttp(to) || to === url.url ? [] : [{ ...url, to }];
  });
}
