import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Seconds } from "@larder/core";
import { ConfigFault, isFault, kinds, type Place, readSettings, type Said } from "@larder/server";
import type { Credentials, ProxyChoice, ProxyConfig } from "./config.ts";
import { readCaching } from "./config-cache.ts";
import { noPolicy } from "./config-policy.ts";
import { cacheSettings, proxySettings, type SaidShared, sharedSettings } from "./config-settings.ts";
import type { SaidMount } from "./mounts/kind.ts";

/** What was said about a mount with an upstream, defaults for all mounts included. */
type SaidProxy = Said<typeof proxySettings> & SaidShared;

/**
 * A mount with an upstream from what was said about it, every default filled in.
 * @throws {ConfigFault} for what is missing or does not fit together
 */
export function readProxy(format: ProxyConfig["format"], mount: SaidMount): ProxyConfig {
  const { prefix, place, environment } = mount;
  const own = readSettings({ ...proxySettings, ...cacheSettings, ...sharedSettings }, mount.said, place, mount.folder);
  const said: SaidProxy = { ...mount.unlessSaid, ...own, ...mount.always };
  const [{ url, credentials }, ...mirrors] = readUpstreams(said, place);
  if (format !== "pypi" && mirrors.length > 0)
    throw new ConfigFault(`${place("upstream")}: only an index, of format pypi, can have mirrors`);
  return {
    prefix,
    format,
    upstream: url,
    credentials: readCredentials(said, place, environment) ?? credentials,
    fresh: said.fresh,
    verify: said.verify ?? defaultVerify,
    offline: said.offline ?? false,
    timeouts: {
      connect: said["connect-timeout"] ?? defaultTimeouts.connect,
      head: said["response-timeout"] ?? defaultTimeouts.head,
      idle: said["idle-timeout"] ?? defaultTimeouts.idle,
    },
    ca: said["ca-file"] === undefined ? undefined : readCertificates(said["ca-file"], place("ca-file")),
    proxy: said.proxy ?? environmentProxy,
    ...(format === "pypi" &&
      said["minimum-age"] !== undefined && { policy: { ...noPolicy, minimumAge: said["minimum-age"] } }),
    ...(said.http2 === true && { http2: true }),
    ...(mirrors.length > 0 && {
      mirrors: mirrors.map(({ url, credentials }) => ({ upstream: url, credentials })),
      wholeMirrors: said["whole-mirrors"] ?? false,
    }),
  };
}

/**
 * A mount with an upstream, with what was said about what it keeps.
 * @throws {ConfigFault} as `readProxy` and `readCaching`
 */
export function readCached(format: ProxyConfig["format"], mount: SaidMount): ProxyConfig {
  const { negative, override, ...said } = mount.said;
  const proxy = readProxy(format, { ...mount, said });
  const about = Object.entries(said).filter(([key]) => Object.hasOwn(cacheSettings, key));
  if (about.length === 0 && negative === undefined && override === undefined) return proxy;
  const caching = { ...Object.fromEntries(about), negative, override };
  return { ...proxy, caching: readCaching(format, caching, mount.place, mount.folder) };
}

const defaultVerify: Seconds = 3600;
/** Shorter than the 15 s after which pip gives up: a stored answer must come before that. */
const defaultTimeouts: Readonly<Record<"connect" | "head" | "idle", Seconds>> = { connect: 5, head: 10, idle: 30 };
const environmentProxy: ProxyChoice = { type: "environment" };

/** The upstream and what is to be known about it at the start; never its credentials. */
export function describeProxy({ format, upstream, credentials, offline, mirrors = [], policy }: ProxyConfig): string {
  const notes = [
    ...(credentials === undefined ? [] : ["with credentials"]),
    ...(policy === undefined ? [] : ["with a policy"]),
    ...(offline ? ["offline"] : []),
  ];
  const places = [upstream, ...mirrors.map((mirror) => mirror.upstream)].map(({ href }) => href);
  return `${format} at ${places.join(", else ")}${notes.length === 0 ? "" : `  (${notes.join(", ")})`}`;
}

interface ReadUpstream {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
}

function readUpstreams({ upstream }: SaidProxy, place: Place): readonly [ReadUpstream, ...ReadUpstream[]] {
  const [first, ...others] = (upstream ?? []).map((one) => readUpstream(one, place));
  if (first === undefined) throw new ConfigFault(`${place("upstream")}: missing; the URL behind this mount`);
  const twice = others.find(({ url }, at) => [first, ...others.slice(0, at)].some((one) => one.url.href === url.href));
  if (twice !== undefined) throw new ConfigFault(`${place("upstream")}: ${twice.url.href} is there twice`);
  return [first, ...others];
}

function readUpstream(said: string, place: Place): ReadUpstream {
  const read = kinds.url.read(said, "");
  if (isFault(read)) throw new ConfigFault(`${place("upstream")}: ${read.fault}`);
  if (read.search !== "" || read.hash !== "") {
    throw new ConfigFault(`${place("upstream")}: the URL must end with its path, without ? and #`);
  }
  return splitCredentials(read);
}

/** A URL without its user information, with a slash at the end of its path; and the user information. */
export function splitCredentials(from: URL): { url: URL; credentials: Credentials | undefined } {
  const url = new URL(from);
  const username = decode(url.username);
  const password = decode(url.password);
  url.username = "";
  url.password = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { url, credentials: username + password === "" ? undefined : { type: "basic", username, password } };
}

/** User information is percent-encoded (RFC 3986 §3.2.1); what is not is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readCredentials(said: SaidProxy, place: Place, environment: NodeJS.ProcessEnv): Credentials | undefined {
  const read = (key: "password-env" | "token-env"): string | undefined => {
    const name = said[key];
    if (name === undefined) return undefined;
    const value = environment[name];
    if (value === undefined || value === "") {
      throw new ConfigFault(`${place(key)}: the environment variable ${name} is not set`);
    }
    return value;
  };
  const token = read("token-env");
  const password = read("password-env");
  if (token !== undefined) {
    if (password !== undefined || said.username !== undefined) {
      throw new ConfigFault(`${place("token-env")}: either a token or a username with a password, not both`);
    }
    return { type: "bearer", token };
  }
  if (password === undefined && said.username === undefined) return undefined;
  return { type: "basic", username: said.username ?? "", password: password ?? "" };
}

/**
 * The text of a PEM file.
 * @throws {ConfigFault} when it can't be read or holds no certificate
 */
export function readCertificates(path: string, place: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigFault(`${place}: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    new X509Certificate(pem);
  } catch {
    throw new ConfigFault(`${place}: ${path} holds no certificate in PEM form that can be read`);
  }
  return pem;
}
