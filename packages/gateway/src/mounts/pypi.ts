import { fileUrls, pypi as format, projectPage } from "@larder/formats";
import type { ProxyConfig } from "../config.ts";
import { describeProxy, readCached } from "../config-mount.ts";
import { readPolicy } from "../config-policy.ts";
import { cacheSettings, proxySettings } from "../config-settings.ts";
import { haveShown } from "../document.ts";
import { answerPolicy, policyAsked } from "../explain.ts";
import type { Index } from "../mount.ts";
import { connect, type ProxyMount } from "../proxy.ts";
import type { MountKind } from "./kind.ts";

/** A Python index: what it says is mended, its files are checked. */
export const pypi: MountKind<ProxyConfig> = {
  settings: { ...proxySettings, ...cacheSettings },
  isIndex: true,
  fromText: (upstream) => ({ upstream }),
  read(mount) {
    const { policy: said, ...rest } = mount.said;
    const policy = readPolicy(said, mount.place, mount.folder);
    return { ...readCached("pypi", { ...mount, said: rest }), ...(policy !== undefined && { policy }) };
  },
  create: (config) => pypiMount(connect(config)),
  describe: describeProxy,
};

/** The mount of one upstream index. */
export function pypiMount(proxy: ProxyMount): Index {
  const { config, keySpace } = proxy;
  const index: Index = {
    config,
    keySpace,
    proxies: [proxy],
    route(request) {
      const asked = policyAsked(request);
      if (asked !== undefined)
        return { type: "own", answer: (gateway, incoming) => answerPolicy(gateway, proxy, asked, incoming) };
      const route = format.route(config, request);
      switch (route.type) {
        case "document":
          return { type: "document", index, project: route.project };
        case "artifact":
          return { type: "artifact", mount: proxy, route };
        case "root":
          return { type: "root", index };
        default:
          return route;
      }
    },
    page: (gateway, project, client) => haveShown(gateway, proxy, projectPage(config, project), client),
    owns: () => false,
    location: (project) => projectPage(config, project).target,
    projects: (gateway) => gateway.seen.projects(proxy),
    paths: (project) => fileUrls(config, project),
    close: proxy.close,
  };
  return index;
}
