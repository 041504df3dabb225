import { fileUrls, pypi as format, projectPage } from "@larder/formats";
import type { ProxyConfig } from "../config.ts";
import { describeProxy, readCached } from "../config-mount.ts";
import { readPolicy } from "../config-policy.ts";
import { cacheSettings, proxySettings } from "../config-settings.ts";
import { haveShown } from "../document.ts";
import { answerPolicy, policyAsked } from "../explain.ts";
import { connectMirrors, type Mirrors, mirroredPage } from "../mirrors.ts";
import type { Index } from "../mount.ts";
import { connect, type ProxyMount } from "../proxy.ts";
import type { MountKind } from "./kind.ts";

/** A Python index: what it says is mended, its files are checked. */
export const pypi: MountKind<ProxyConfig> = {
  settings: { ...proxySettings, ...cacheSettings },
  isIndex: true,
  fromText: (what) => ({ upstream: what.split(/,(?=https?:)/) }),
  read(mount) {
    const { policy: said, ...rest } = mount.said;
    const config = readCached("pypi", { ...mount, said: rest });
    const policy = readPolicy(said, mount.place, mount.folder);
    if (policy === undefined) return config;
    // the command line counts before the policy's own table, that before what is said of all mounts
    const minimumAge = mount.always["minimum-age"] ?? policy.minimumAge ?? config.policy?.minimumAge;
    return { ...config, policy: { ...policy, ...(minimumAge !== undefined && { minimumAge }) } };
  },
  create: (config, { now, tell }) =>
    config.mirrors === undefined ? pypiMount(connect(config)) : mirroredMount(connectMirrors(config, now, tell)),
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

/** The mount of an upstream index and its mirrors. */
export function mirroredMount(mirrors: Mirrors): Index {
  const { proxies } = mirrors;
  const own = pypiMount(proxies[0]);
  const index: Index = {
    ...own,
    proxies,
    route(request, gateway) {
      const route = own.route(request, gateway);
      switch (route.type) {
        case "document":
        case "root":
          return { ...route, index };
        case "artifact":
          return { type: "mirrored", mirrors, route: route.route };
        default:
          return route;
      }
    },
    async page(gateway, project, client) {
      const had = await mirroredPage(gateway, mirrors, project, client);
      return had.type === "page" ? had.had : had;
    },
    projects: (gateway) => [...new Set(proxies.flatMap((proxy) => gateway.seen.projects(proxy)))].sort(),
    close: async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))),
  };
  return index;
}
