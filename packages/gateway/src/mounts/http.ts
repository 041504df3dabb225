import { type FormatRequest, http as format } from "@larder/formats";
import type { ProxyConfig } from "../config.ts";
import { describeProxy, readCached } from "../config-mount.ts";
import { cacheSettings, proxySettings } from "../config-settings.ts";
import type { Mount, MountRoute } from "../mount.ts";
import { connect, type ProxyMount } from "../proxy.ts";
import type { MountKind } from "./kind.ts";

/** Anything behind HTTP: a shared cache as RFC 9111 has it. */
export const http: MountKind<ProxyConfig> = {
  settings: { ...proxySettings, ...cacheSettings },
  isIndex: false,
  fromText: (upstream) => ({ upstream }),
  read: (mount) => readCached("http", mount),
  create: (config) => httpMount(connect(config)),
  describe: describeProxy,
};

/** What a URL below the mount of one upstream site is. */
export function routeAtSite(
  proxy: ProxyMount,
  request: FormatRequest,
): Extract<MountRoute, { type: "plain" | "none" }> {
  const route = format.route(proxy.config, request);
  if (route.type !== "plain") return route;
  return { type: "plain", mount: proxy, route: { ...route, target: proxy.targetKey(route.target) } };
}

/** The mount of one upstream site. */
export function httpMount(proxy: ProxyMount): Mount {
  return {
    config: proxy.config,
    proxies: [proxy],
    route: (request) => routeAtSite(proxy, request),
    close: proxy.close,
  };
}
