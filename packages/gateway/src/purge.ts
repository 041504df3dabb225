import { type PurgeMode, type PurgeScope, purge } from "@larder/cache";
import { Fields } from "@larder/core";
import { projectPage, pypi } from "@larder/formats";
import { type AdminAction, type Fault, fault, isFault, loggable, problem } from "@larder/server";
import type { Gateway } from "./gateway.ts";
import { keysOf } from "./mirrors.ts";
import { type Mount, mountFor, routeIn } from "./mount.ts";
import { allSpacesOf, type ProxyMount } from "./proxy.ts";

/** What an operator wants purged: one of these alone, but a group may be one mount's. */
interface Order {
  /** as clients have it: a URL of this gateway, or its path and query; or a URL of a mount's upstream */
  readonly url?: string;
  /** all URLs that begin so, as `url` */
  readonly prefix?: string;
  /** one of a response's Cache-Groups */
  readonly group?: string;
  /** a mount's prefix */
  readonly mount?: string;
  readonly mode: PurgeMode;
}

const keys = ["url", "prefix", "group", "mount"] as const;

/**
 * `POST /-/purge`: `{"url" | "prefix" | "group" | "mount": …, "mode": "soft" | "hard"}`; `hard` where nothing is said.
 * @param tell what was done, for the log
 */
export function purgeAction(gateway: Gateway, tell: (done: Readonly<Record<string, unknown>>) => void): AdminAction {
  return async (given) => {
    const order = readOrder(given);
    const scopes = isFault(order) ? order : scopesOf(gateway, order);
    if (isFault(order) || isFault(scopes)) return problem(400, (isFault(order) ? order : (scopes as Fault)).fault);
    let responses = 0;
    for (const scope of scopes) responses += await purge(gateway.cache, scope, order.mode);
    const said = Object.fromEntries(keys.flatMap((key) => (order[key] ? [[key, loggable(order[key])]] : [])));
    tell({ ...said, mode: order.mode, responses });
    const content = Buffer.from(`${JSON.stringify({ mode: order.mode, responses })}\n`);
    const fields = Fields.of(["Content-Type", "application/json"], ["Cache-Control", "no-store"]);
    return { status: 200, fields, content };
  };
}

const howTo = 'An order is {"url": …}, {"prefix": …}, {"group": …} or {"mount": …}, with "mode": "soft" or "hard".';

function readOrder(given: unknown): Order | Fault {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return fault(howTo);
  const { mode = "hard", ...what } = given as Record<string, unknown>;
  const said = Object.entries(what);
  const known = said.every(([key, value]) => (keys as readonly string[]).includes(key) && typeof value === "string");
  const alone = said.length === 1 || (said.length === 2 && "group" in what && "mount" in what);
  if (!known || !alone || (mode !== "soft" && mode !== "hard")) return fault(howTo);
  return { ...what, mode };
}

function scopesOf(gateway: Gateway, order: Order): readonly PurgeScope[] | Fault {
  if (order.url !== undefined) return ofUrl(gateway, order.url);
  if (order.prefix !== undefined) return ofPrefix(gateway, order.prefix);
  const named = order.mount === undefined ? gateway.mounts : gateway.mounts.filter(isNamed(order.mount));
  if (named.length === 0) return fault(`Nothing is mounted at ${order.mount}; there is ${prefixesOf(gateway)}.`);
  const { group } = order;
  const sources = named.flatMap((mount) => sourcesOf(gateway, mount));
  if (sources.length === 0) return fault(`What is at ${order.mount} comes from no upstream; nothing of it is stored.`);
  return sources.map(({ config }) => ({ prefix: allSpacesOf(config), ...(group !== undefined && { group }) }));
}

/** Where what is stored for a mount comes from: its own upstreams, or those of a group's members. */
function sourcesOf({ mounts }: Gateway, { config, proxies }: Mount): readonly ProxyMount[] {
  if (!("members" in config)) return proxies;
  return mounts.filter((mount) => config.members.includes(mount.config.prefix)).flatMap((mount) => mount.proxies);
}

const isNamed =
  (name: string) =>
  ({ config }: Mount) =>
    config.prefix === name || config.prefix === `${name}/`;

const prefixesOf = ({ mounts }: Gateway): string => mounts.map(({ config }) => config.prefix).join(", ");

/** The path and query of what clients ask this gateway for, whatever host they know it by. */
function pathOf(url: string): string | Fault {
  if (url.startsWith("/")) return url;
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return fault(`${url} is neither a URL nor a path.`);
  return parsed.pathname + parsed.search;
}

/** The mounts' upstreams that such a URL is one of. */
const upstreamsOf = (gateway: Gateway, url: string): readonly ProxyMount[] =>
  gateway.mounts.flatMap(({ proxies }) => proxies).filter(({ config }) => url.startsWith(config.upstream.href));

function ofUrl(gateway: Gateway, url: string): readonly PurgeScope[] | Fault {
  const upstreams = upstreamsOf(gateway, url);
  if (upstreams.length > 0) {
    const target = new URL(url).href;
    return upstreams.map(({ keySpace, targetKey }) => ({ prefix: keySpace + targetKey(target), exact: true }));
  }
  const asked = pathOf(url);
  if (isFault(asked)) return asked;
  const mount = mountFor(gateway.mounts, asked);
  if (mount === undefined) return fault(`Nothing is mounted at ${asked}; there is ${prefixesOf(gateway)}.`);
  const route = routeIn(mount, "GET", asked, gateway);
  switch (route.type) {
    case "plain":
    case "artifact":
      return [{ prefix: route.mount.keySpace + route.route.target, exact: true }];
    case "mirrored":
      return keysOf(route.mirrors, route.route.target).map((prefix) => ({ prefix, exact: true }));
    case "document": {
      const sources = sourcesOf(gateway, mount);
      if (sources.length === 0) return madeHere(asked);
      return sources.map(({ config, keySpace }) => ({
        prefix: keySpace + projectPage(config, route.project).target,
        exact: true,
      }));
    }
    case "redirect":
      return fault(`${asked} leads to ${route.location}; purge that.`);
    case "none":
      return fault(route.because);
    case "root":
    case "own":
      return madeHere(asked);
  }
}

const madeHere = (asked: string): Fault => fault(`What is at ${asked} is made here; nothing of it is stored.`);

function ofPrefix(gateway: Gateway, prefix: string): readonly PurgeScope[] | Fault {
  const upstreams = upstreamsOf(gateway, prefix);
  if (upstreams.length > 0) return upstreams.map(({ keySpace }) => ({ prefix: keySpace + new URL(prefix).href }));
  const asked = pathOf(prefix);
  if (isFault(asked)) return asked;
  const below = gateway.mounts.filter(({ config }) => config.prefix.startsWith(asked));
  const mount = mountFor(gateway.mounts, asked);
  if (below.length > 0)
    return below.flatMap(({ proxies }) => proxies).map(({ config }) => ({ prefix: allSpacesOf(config) }));
  if (mount === undefined) return fault(`Nothing is mounted at ${asked}; there is ${prefixesOf(gateway)}.`);
  const rest = asked.slice(mount.config.prefix.length);
  const scopes = sourcesOf(gateway, mount).map((proxy) => withinMount(proxy, rest));
  return scopes.find(isFault) ?? (scopes as readonly PurgeScope[]);
}

/** @param rest what follows the mount's prefix */
function withinMount({ config, keySpace }: ProxyMount, rest: string): PurgeScope | Fault {
  if (config.format === "http") return { prefix: keySpace + new URL(config.upstream.href + rest).href };
  if (rest.startsWith("simple/")) return { prefix: keySpace + config.upstream.href + rest.slice("simple/".length) };
  const route = pypi.route(config, { method: "GET", path: rest, query: "" });
  if (route.type === "artifact") return { prefix: keySpace + route.target };
  return fault("The prefix of an index's URLs is simple/… or files/PROJECT/HOST/…, or the mount's own.");
}
