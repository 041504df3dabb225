import { http as format } from "@larder/formats";
import type { ProxyConfig } from "../config.ts";
import { describeProxy, readCached } from "../config-mount.ts";
import { cacheSettings, proxySettings } from "../config-settings.ts";
import type { Mount } from "../mount.ts";
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

/** The mount of one upstream site. */
export function httpMount(proxy: ProxyMount): Mount {
  return {
    config: proxy.config,
    proxies: [proxy],
    route(request) {
      const route = format.route(proxy.config, request);
      if (route.type !== "plain") return route;
      return { type: "plain", mount: proxy, route: { ...route, target: proxy.targetKey(route.target) } };
    },
    close: proxy.close,
  };
}
