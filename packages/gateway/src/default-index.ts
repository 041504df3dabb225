import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigFault, isFault, kinds } from "@larder/server";
import type { Credentials } from "./config.ts";
import { readCertificates, splitCredentials } from "./config-mount.ts";
import type { Machine } from "./machine.ts";
import type { NamedIndex } from "./named-index.ts";
import { findNetrc } from "./netrc.ts";
import { askPip } from "./pip-settings.ts";
import { uvBuiltIn, uvConfigured } from "./uv-settings.ts";

/** The index that this machine's clients use. */
export interface DefaultIndex {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly ca: string | undefined;
  readonly proxy: URL | undefined;
  readonly from: string;
}

/** Where an index may be named, the first that does is taken. */
const sources: readonly ((machine: Machine) => NamedIndex | undefined)[] = [
  uvConfigured,
  (machine) => askPip(machine).configured,
  (machine) => askPip(machine).builtIn,
  uvBuiltIn,
];

/**
 * The index that this machine's uv or pip is set to use; where neither is set, the default that pip, or else uv, has
 * built in, asked from the program itself.
 * @param own whether a URL is this very gateway, as it is for who follows the hints that it prints; such ones are
 *   passed over
 * @throws {ConfigFault} when nothing is found, or what is found can't be an upstream
 */
export function defaultIndex(machine: Machine, own: (url: URL) => boolean): DefaultIndex {
  for (const source of sources) {
    const named = source(machine);
    if (named === undefined) continue;
    const read = kinds.url.read(named.url, "");
    if (isFault(read)) {
      throw new ConfigFault(`${named.from} names an index that is no http URL; pass --mount /pypi/=pypi:URL`);
    }
    if (own(read)) continue;
    const { url, credentials } = splitCredentials(read);
    return {
      url,
      credentials: basic(named) ?? credentials ?? fromNetrc(machine, url.hostname),
      ca: named.caFile === undefined ? undefined : readCertificates(named.caFile, named.from),
      proxy: named.proxy === undefined ? undefined : readProxy(named.proxy, named.from),
      from: named.from,
    };
  }
  throw new ConfigFault(
    "no index: neither uv nor pip is set up here and no pip was found to ask; pass --mount /pypi/=pypi:URL, " +
      "for example --mount /pypi/=pypi:https://index.example/simple/",
  );
}

/** pip takes a proxy without its scheme, too. */
function readProxy(text: string, from: string): URL {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null) throw new ConfigFault(`${from} names a proxy that is no URL; set it right, or pass --mount`);
  return url;
}

const basic = ({ username, password }: NamedIndex): Credentials | undefined =>
  username === undefined && password === undefined
    ? undefined
    : { type: "basic", username: username ?? "", password: password ?? "" };

/** What uv and pip send where the URL holds no credentials. */
function fromNetrc({ env, home, platform }: Machine, host: string): Credentials | undefined {
  const files =
    env.NETRC === undefined
      ? [".netrc", ...(platform === "win32" ? ["_netrc"] : [])].map((f) => join(home, f))
      : [env.NETRC];
  for (const file of files) {
    let source: string;
    try {
      source = readFileSync(file, "utf8");
    } catch {
      continue;
    }
    const login = findNetrc(source, host);
    if (login !== undefined) return { type: "basic", ...login };
  }
  return undefined;
}
