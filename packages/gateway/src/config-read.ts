import { join } from "node:path";
import { type Address, ConfigFault, type Place, readSettings, readTomlFile, unknown } from "@larder/server";
import { readAdminToken } from "./admin-token.ts";
import type { GatewayConfig, MountConfig } from "./config.ts";
import { readProxy } from "./config-mount.ts";
import { readPrefix, splitMount } from "./config-prefix.ts";
import { gatewaySettings, mountSettings, sharedSettings } from "./config-settings.ts";
import { readTls } from "./config-tls.ts";
import { defaultIndex } from "./default-index.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { checkMount, isPrecious, kindNamed } from "./mount-kinds.ts";

/** What was said about a gateway: on the command line, in a file. */
export interface ConfigSources {
  /** options by their name without `--`, as text; flags as true */
  readonly options: Readonly<Record<string, unknown>>;
  /** each `--mount` */
  readonly mounts: readonly string[];
  /** path of the TOML file */
  readonly file: string | undefined;
  /** whether a person watches the log */
  readonly interactive: boolean;
  /** what relative paths on the command line start from */
  readonly folder: string;
}

/** A configuration, and where the index came from that nobody named on the command line or in the file. */
export interface ReadConfig {
  readonly config: GatewayConfig;
  /** for people: `pip's own default`; undefined where the mounts were named */
  readonly indexFrom: string | undefined;
}

/**
 * The configuration of a gateway: the command line counts before the file, the file before the defaults. Where no
 * mount is named, the index that this machine's uv or pip uses is mounted at `/pypi/`.
 * @throws {ConfigFault} whose message is one line that names the place and the cure
 */
export function readConfig(sources: ConfigSources, machine: Machine = thisMachine()): ReadConfig {
  const file = readFile(sources.file);
  const option: Place = (key) => `--${key}`;
  const options = split(sources.options, option, sources.folder);
  const gateway = { ...file.gateway, ...options.gateway };
  const shared = { ...file.shared, ...options.shared };

  const listen = gateway.listen ?? defaultListen;
  const workers = gateway.workers ?? 1;
  if (workers > 1 && machine.platform === "win32")
    throw new ConfigFault("workers: there are none on Windows; leave it out, or say 1");
  const tls = readTls(gateway, { listen, hostname: machine.hostname, place: (key) => key });
  const mounts = new Map<string, MountConfig>();
  const places = new Map<string, Place>();
  const add = (mount: MountConfig, place: Place): void => {
    if (mounts.has(mount.prefix))
      throw new ConfigFault(`${place("prefix")}: the prefix ${mount.prefix} is mounted twice`);
    if (gateway.data === undefined && isPrecious(mount)) {
      const because = "what this mount holds is nowhere else; say where to keep it, with --data DIR";
      throw new ConfigFault(`${place("prefix")}: ${because}`);
    }
    mounts.set(mount.prefix, mount);
    places.set(mount.prefix, place);
  };
  const environment = machine.env;
  for (const { prefix, format, said, place, folder } of file.mounts) {
    const whole = readPrefix(prefix, place);
    // what the command line says about all mounts counts before what a file says about one
    const mount = { prefix: whole, said, unlessSaid: file.shared, always: options.shared, place, folder, environment };
    add(kindNamed(format, place).read(mount), place);
  }
  for (const text of sources.mounts) {
    const { prefix, format, what } = splitMount(text);
    const place = () => `--mount ${prefix}`;
    const kind = kindNamed(format, place);
    const mount = {
      said: kind.fromText(what),
      unlessSaid: shared,
      always: {},
      place,
      folder: sources.folder,
      environment,
    };
    add(kind.read({ prefix: readPrefix(prefix, place), ...mount }), place);
  }

  let indexFrom: string | undefined;
  if (mounts.size === 0) {
    const index = defaultIndex(machine, (url) => isOwn(url, listen));
    indexFrom = index.from;
    const mount = readProxy("pypi", {
      prefix: "/pypi/",
      said: { upstream: index.url.href },
      unlessSaid: shared,
      always: {},
      place: (key) => `${index.from}: ${key}`,
      folder: sources.folder,
      environment,
    });
    add(
      {
        ...mount,
        credentials: index.credentials,
        ca: mount.ca ?? index.ca,
        proxy:
          shared.proxy === undefined && index.proxy !== undefined ? { type: "url", url: index.proxy } : mount.proxy,
      },
      () => index.from,
    );
  }
  for (const mount of mounts.values()) checkMount(mount, [...mounts.values()], places.get(mount.prefix)!);

  const log = gateway["log-format"] ?? "auto";
  const config: GatewayConfig = {
    listen,
    workers,
    tls,
    admin: gateway.admin,
    adminToken: readAdminToken(gateway["admin-token-env"], gateway["admin-token-file"], environment),
    data: gateway.data ?? cacheFolder(machine),
    maxBytes: gateway["size-limit"] ?? 10 * 1024 ** 3,
    maxRequestBytes: gateway["request-limit"] ?? 1024 ** 3,
    mounts: [...mounts.values()].sort((a, b) => b.prefix.length - a.prefix.length),
    log: log === "auto" ? (sources.interactive ? "text" : "json") : log,
    grace: gateway.grace ?? 30,
  };
  return { config, indexFrom };
}

const defaultListen: Address = { host: "127.0.0.1", port: 8080 };

/** The two tables of settings that stand side by side on a command line and at the top of a file. */
function split(said: Readonly<Record<string, unknown>>, place: Place, folder: string) {
  const entries = Object.entries(said);
  const pick = (take: (key: string) => boolean) => Object.fromEntries(entries.filter(([key]) => take(key)));
  const isShared = (key: string): boolean => Object.hasOwn(sharedSettings, key);
  const isGateway = (key: string): boolean => Object.hasOwn(gatewaySettings, key);
  for (const [key] of entries) {
    if (!isShared(key) && !isGateway(key)) {
      throw unknown(place(key), key, [...Object.keys(gatewaySettings), ...Object.keys(sharedSettings), "mount"]);
    }
  }
  return {
    gateway: readSettings(gatewaySettings, pick(isGateway), place, folder),
    shared: readSettings(sharedSettings, pick(isShared), place, folder),
  };
}

function readFile(path: string | undefined) {
  if (path === undefined) return { gateway: {}, shared: {}, mounts: [] };
  const file = readTomlFile(path);
  const { mount: tables = [], ...top } = file.table;
  if (!Array.isArray(tables) || !tables.every((table) => typeof table === "object" && !Array.isArray(table))) {
    throw new ConfigFault(`${file.place()("mount")}: mounts are written as tables, each under a line [[mount]]`);
  }
  const mounts = tables.map((table, index) => {
    const place = file.place("mount", index);
    const { prefix, format, ...said } = table as Record<string, unknown>;
    return { ...readSettings(mountSettings, { prefix, format }, place, file.folder), said, place, folder: file.folder };
  });
  return { ...split(top, file.place(), file.folder), mounts };
}

/** Whether a URL leads back to the gateway that listens there. */
function isOwn(url: URL, listen: Address): boolean {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  if (port !== listen.port) return false;
  return url.hostname === listen.host || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

/** Where a user's programs keep what they can fetch again, `larder` in it. */
function cacheFolder({ env, home, platform }: Machine): string {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "larder", "cache");
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "larder");
  return platform === "darwin" ? join(home, "Library", "Caches", "larder") : join(home, ".cache", "larder");
}
