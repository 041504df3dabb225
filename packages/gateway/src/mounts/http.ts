import { http as format } from "@larder/formats";
import type { ProxyConfig } from "../config.ts";
import { describeProxy, readProxy } from "../config-mount.ts";
import { proxySettings } from "../config-settings.ts";
import type { Mount } from "../mount.ts";
import { connect, type ProxyMount } from "../proxy.ts";
import type { MountKind } from "./kind.ts";

/** Anything behind HTTP: a shared cache as RFC 9111 has it. */
export const http: MountKind<ProxyConfig> = {
  settings: proxySettings,
  isIndex: false,
  fromText: (upstream) => ({ upstream }),
  read: (said) => readProxy("http", said),
  create: (config) => httpMount(connect(config)),
  describe: describeProxy,
};

/** The mount of one upstream site. */
export const httpMount = (proxy: ProxyMount): Mount => ({
  config: proxy.config,
  proxies: [proxy],
  route(request) {
    const route = format.route(proxy.config, request);
    return route.type === "plain" ? { type: "plain", mount: proxy, route } : route;
  },
  close: proxy.close,
});
