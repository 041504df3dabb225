import type { RequestHead, Timestamp } from "@larder/core";
import { moveLinks, type ProjectPage, projectPage } from "@larder/formats";
import type { ProxyConfig } from "./config.ts";
import { withoutCredentials } from "./credentials.ts";
import { type HadProxied, type HadShownPage, haveShown, type NoPage } from "./document.ts";
import type { Gateway } from "./gateway.ts";
import { leftAlone } from "./left-alone.ts";
import { createLru, type Lru } from "./lru.ts";
import { type ReadPage, shownPage } from "./pages.ts";
import { type ProxyMount, proxyMount } from "./proxy.ts";
import { dispatcherOf, undiciUpstream } from "./upstream-undici.ts";

/** The upstreams of one mount that have the same, each with a store, validators and a good or bad name of its own. */
export interface Mirrors {
  /** the mount's own upstream, then its mirrors in the order in which they are asked */
  readonly proxies: readonly [ProxyMount, ...ProxyMount[]];
  /** whether a mirror's 404 is as good as the upstream's own */
  readonly areWhole: boolean;
  /** where each project's page came from last */
  readonly sources: Lru<Source>;
}

/** Where a page came from. */
export interface Source {
  readonly proxy: ProxyMount;
  readonly read: ReadPage;
  /** the page as if it had come from the mount's own upstream: its files keep their URLs, whoever has them */
  readonly page: ProjectPage;
}

/** Octets of pages whose origin is remembered, counted four times; of others it is found out again. */
const mostSourceBytes = 64 * 1024 * 1024;

/** @param proxies see `Mirrors` */
export function mirrorsOf([own, ...others]: Mirrors["proxies"], areWhole: boolean): Mirrors {
  const mirrors = others.map((proxy): ProxyMount => {
    const [here, there] = [proxy.config.upstream, own.config.upstream];
    return { ...proxy, moved: { to: movesLinks(here, there), from: movesLinks(there, here) } };
  });
  return { proxies: [own, ...mirrors], areWhole, sources: createLru(mostSourceBytes) };
}

/** @param tell how they fare, for the log */
export function connectMirrors(config: ProxyConfig, now: () => Timestamp, tell: (what: string) => void): Mirrors {
  const { mirrors = [], wholeMirrors = false, ...own } = config;
  const connect = (one: ProxyConfig): ProxyMount => {
    const dispatcher = dispatcherOf(one);
    const { host, origin } = one.upstream;
    const upstream = leftAlone(undiciUpstream(one, dispatcher), { host, origin, now, tell });
    return { ...proxyMount(one, upstream, () => dispatcher.destroy()), label: host };
  };
  return mirrorsOf([connect(own), ...mirrors.map((mirror) => connect({ ...own, ...mirror }))], wholeMirrors);
}

/**
 * The page of a project: of the first upstream that has it to say something now; where none has, the newest page that is
 * stored. That there is no such project, only the mount's own upstream can say, and mirrors that are known to be whole:
 * others may lag behind, or have a part only.
 */
export async function mirroredPage(
  gateway: Gateway,
  mirrors: Mirrors,
  project: string,
  client: RequestHead,
): Promise<{ readonly type: "page"; readonly source: Source; readonly had: HadShownPage } | NoPage> {
  let stale: { readonly proxy: ProxyMount; readonly had: HadProxied } | undefined;
  let without: NoPage | undefined;
  for (const proxy of mirrors.proxies) {
    const isOwn = proxy === mirrors.proxies[0];
    const had = await haveShown(gateway, proxy, projectPage(proxy.config, project), requestTo(mirrors, proxy, client));
    if (had.type === "page") {
      if (had.cacheStatus.detail !== "stale-if-error") return found(gateway, mirrors, proxy, had);
      if (stale === undefined || had.since > stale.had.since) stale = { proxy, had };
      continue;
    }
    if ((isOwn || mirrors.areWhole) && had.type === "other" && !isFailing(had.response.status)) return had;
    without ??= had;
  }
  return stale === undefined ? without! : found(gateway, mirrors, stale.proxy, stale.had);
}

/** Whether a status says that another upstream had better be asked. */
const isFailing = (status: number): boolean => status === 429 || status >= 500;

/** A client's request as an upstream may see it: what the client says who it is, is for the mount's own alone. */
export const requestTo = ({ proxies }: Mirrors, proxy: ProxyMount, client: RequestHead): RequestHead =>
  proxy === proxies[0] ? client : withoutCredentials(client);

function found(gateway: Gateway, mirrors: Mirrors, proxy: ProxyMount, had: HadProxied) {
  const [own] = mirrors.proxies;
  const project = had.read.page.name;
  const { moved } = proxy;
  let source = mirrors.sources.get(project);
  if (source?.read !== had.read || source.proxy !== proxy) {
    source = { proxy, read: had.read, page: moved === undefined ? had.read.page : moveLinks(had.read.page, moved.to) };
    mirrors.sources.set(project, source, 4 * had.read.octets + 4096);
  }
  const shown = moved === undefined ? had.shown : movedPage(gateway, own.keySpace + project, proxy, had, moved.to);
  return { type: "page", source, had: { ...had, shown } } as const;
}

/** A mirror's page with its own links moved; made anew only when it changes. */
function movedPage({ pages }: Gateway, key: string, proxy: ProxyMount, had: HadProxied, move: (url: string) => string) {
  const of = `${had.shown.of} ${proxy.config.upstream.href}`;
  const known = had.private ? undefined : pages.composed.get(key);
  if (known?.of === of) return known;
  const shown = shownPage(of, () => moveLinks(had.shown.page(), move));
  if (!had.private) pages.composed.set(key, shown, 4 * had.read.octets + 4096);
  return shown;
}

/** The cache keys under which a file of the mount may be stored. @param target as the mount's own upstream has it */
export function keysOf({ proxies }: Mirrors, target: string): readonly string[] {
  const keys = proxies.flatMap(({ keySpace, moved }) => [
    keySpace + target,
    keySpace + (moved === undefined ? target : moved.from(target)),
  ]);
  return [...new Set(keys)];
}

/** How links below one upstream are written as if they were below the other: their URLs end alike, in `simple/` mostly. */
function movesLinks(from: URL, to: URL): (url: string) => string {
  const [ends, others] = [from, to].map(({ pathname }) => pathname.split("/").reverse());
  let alike = 0;
  while (alike < ends!.length - 1 && ends![alike] === others![alike]) alike++;
  const root = ({ origin, pathname }: URL) =>
    `${origin}${pathname
      .split("/")
      .slice(0, -alike || undefined)
      .join("/")}/`;
  const [here, there] = [root(from), root(to)];
  return (url) => (url.startsWith(here) ? there + url.slice(here.length) : url);
}
