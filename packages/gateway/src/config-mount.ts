import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Seconds } from "@larder/core";
import { http, pypi } from "@larder/formats";
import { ConfigFault, isFault, kinds, type Place, type Said } from "@larder/server";
import type { Credentials, MountConfig, ProxyChoice } from "./config.ts";
import type { mountSettings, sharedSettings } from "./config-settings.ts";

/** What was said about one mount, the file's defaults included. */
export type SaidMount = Said<typeof mountSettings> & Said<typeof sharedSettings>;

const formats = [pypi.name, http.name];

/**
 * Reads `PREFIX=FORMAT:URL`, as `--mount` takes it.
 * @throws {ConfigFault} when the text has another form
 */
export function splitMount(text: string): {
  readonly prefix: string;
  readonly format: string;
  readonly upstream: string;
} {
  const match = /^([^=]*)=([^:]*):(.*)$/.exec(text);
  if (match === null) {
    throw new ConfigFault("--mount: expected PREFIX=FORMAT:URL, for example /pypi/=pypi:https://index.example/simple/");
  }
  const [, prefix = "", format = "", upstream = ""] = match;
  return { prefix, format, upstream };
}

/**
 * A mount from what was said about it, every default filled in.
 * @throws {ConfigFault} for what is missing or does not fit together
 */
export function readMount(said: SaidMount, place: Place, environment: NodeJS.ProcessEnv): MountConfig {
  const { url, credentials } = readUpstream(said, place);
  return {
    prefix: readPrefix(said.prefix, place),
    format: readFormat(said.format, place),
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
  };
}

const defaultVerify: Seconds = 3600;
/** Shorter than the 15 s after which pip gives up: a stored answer must come before that. */
const defaultTimeouts: Readonly<Record<"connect" | "head" | "idle", Seconds>> = { connect: 5, head: 10, idle: 30 };
const environmentProxy: ProxyChoice = { type: "environment" };

function readPrefix(prefix: string | undefined, place: Place): string {
  if (prefix === undefined) throw new ConfigFault(`${place("prefix")}: missing; for example "/pypi/"`);
  const whole = prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (!/^\/(?:[\w~-][\w.~-]*\/)*$/.test(whole)) {
    throw new ConfigFault(
      `${place("prefix")}: expected a path of letters, digits and . _ ~ - such as /pypi/, not ${JSON.stringify(prefix)}`,
    );
  }
  return whole;
}

function readFormat(format: string | undefined, place: Place): MountConfig["format"] {
  const known = formats.find((name) => name === format);
  if (known !== undefined) return known;
  const not = format === undefined ? "" : `, not ${JSON.stringify(format)}`;
  throw new ConfigFault(`${place("format")}: expected one of ${formats.join(", ")}${not}`);
}

function readUpstream(said: SaidMount, place: Place): { url: URL; credentials: Credentials | undefined } {
  if (said.upstream === undefined) throw new ConfigFault(`${place("upstream")}: missing; the URL behind this mount`);
  const read = kinds.url.read(said.upstream, "");
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

function readCredentials(said: SaidMount, place: Place, environment: NodeJS.ProcessEnv): Credentials | undefined {
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
