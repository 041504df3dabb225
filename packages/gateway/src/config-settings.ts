import {
  type Fault,
  fault,
  isFault,
  type Kind,
  kinds,
  type LogFormat,
  logFormats,
  type Said,
  type Setting,
} from "@larder/server";
import type { ProxyChoice } from "./config.ts";

/** `auto`: `text` on a terminal, `json` elsewhere. */
const logChoice: Kind<LogFormat | "auto"> = kinds.choice(["auto", ...logFormats] as const);

const proxyChoice: Kind<ProxyChoice> = {
  placeholder: "URL",
  read(value): ProxyChoice | Fault {
    if (value === "environment" || value === "none") return { type: value };
    const url = kinds.url.read(value, "");
    return isFault(url) ? fault('expected a URL, "environment" or "none"') : { type: "url", url };
  },
};

const setting = <T>(
  kind: Kind<T>,
  help: string,
  more: { readonly defaults?: string; readonly option?: boolean } = {},
): Setting<T> => ({ kind, help, ...more });

/** What holds for the gateway as a whole. */
export const gatewaySettings = {
  listen: setting(kinds.address, "where clients connect", { defaults: "127.0.0.1:8080", option: true }),
  workers: setting(kinds.count(1, 64), "processes that answer clients, docs/workers.md", {
    defaults: "1",
    option: true,
  }),
  tls: setting(kinds.choice(["off", "own"]), "speak https with a certificate that Larder makes in its data folder", {
    defaults: "off, or the files of tls-cert and tls-key",
    option: true,
  }),
  "tls-name": setting(kinds.texts, "host names and addresses for that certificate, besides this machine's own"),
  "tls-cert": setting(kinds.path("FILE"), "speak https with this certificate, PEM; looked at again every minute", {
    option: true,
  }),
  "tls-key": setting(kinds.path("FILE"), "the private key of tls-cert, PEM", { option: true }),
  data: setting(kinds.path("DIR"), "the folder that keeps what was fetched", {
    defaults: "larder in this user's cache folder",
    option: true,
  }),
  "log-format": setting(logChoice, "how requests are logged", {
    defaults: "auto: text on a terminal, else json",
    option: true,
  }),
  admin: setting(kinds.address, "serve /-/metrics and /-/healthz there, and take orders such as `larder purge`", {
    defaults: "nowhere",
    option: true,
  }),
  "admin-token-env": setting(kinds.text, "the environment variable with the token that orders such as a purge need", {
    defaults: "LARDER_ADMIN_TOKEN; where that isn't set, no orders are taken",
  }),
  "admin-token-file": setting(kinds.path("FILE"), "a file with that token, instead"),
  "size-limit": setting(kinds.bytes, "how much content is kept; the least used goes first", { defaults: "10 GiB" }),
  "request-limit": setting(kinds.bytes, "the longest content of a request that is passed on", { defaults: "1 GiB" }),
  grace: setting(kinds.seconds, "how long running requests may take to finish on a stop signal", { defaults: "30" }),
};

/** What may stand in a mount, and at the top of a file for all mounts that don't say otherwise. */
export const sharedSettings = {
  fresh: setting(
    kinds.seconds,
    "how long a stored document may answer without asking the upstream; 0 = ask each time",
    {
      defaults: "the upstream's own lifetime, at most 60",
      option: true,
    },
  ),
  verify: setting(
    kinds.seconds,
    'how long an index\'s "not modified" is believed before a whole page is asked for again and compared',
    { defaults: "3600" },
  ),
  "minimum-age": setting(kinds.seconds, "how long after its upload a file of an index is offered, docs/policies.md", {
    defaults: "at once",
    option: true,
  }),
  offline: setting(kinds.flag, "never ask an upstream, answer from what is stored", { option: true }),
  "connect-timeout": setting(kinds.seconds, "until the connection to the upstream stands", { defaults: "5" }),
  "response-timeout": setting(kinds.seconds, "until the upstream begins to answer", { defaults: "10" }),
  "idle-timeout": setting(kinds.seconds, "between two pieces of what the upstream sends", { defaults: "30" }),
  http2: setting(kinds.flag, "speak HTTP/2 with upstreams that offer it", { defaults: "false" }),
  "ca-file": setting(kinds.path("FILE"), "certificate authorities to trust besides the usual ones, PEM"),
  proxy: setting(proxyChoice, 'forward proxy towards the upstream; "none"', {
    defaults: '"environment": HTTP_PROXY, HTTPS_PROXY, NO_PROXY',
  }),
};

export type SaidShared = Said<typeof sharedSettings>;

/** What may stand under `[mount.policy]`, besides the lists of rules. */
export const policySettings = {
  "minimum-age": setting(kinds.seconds, "how long after its upload a file is offered; what has no upload time is not"),
  "line-in-the-sand": setting(kinds.date, "what was uploaded until then is old enough, whatever minimum-age says"),
  "hide-pre-releases": setting(kinds.flag, "withhold pre-releases (PEP 440)"),
  "only-binary": setting(kinds.flag, "withhold everything but wheels"),
  advisories: setting(kinds.path("FILE"), "an OSV export, ZIP or folder: what its MAL- reports name is withheld"),
};

/** What may stand under `[[mount.policy.exempt]]`, `block` and `allow`: files of which all that is said is true. */
export const ruleSettings = {
  name: setting(kinds.texts, "names of projects; * stands for any characters"),
  specifier: setting(kinds.text, 'versions (PEP 440), for example ">=2, <3"'),
  licence: setting(kinds.texts, 'licences: SPDX identifiers or names, for example "MIT", "BSD-*"'),
  hash: setting(kinds.text, 'a digest of the file, for example "sha256:…"'),
  "uploaded-before": setting(kinds.date, "uploaded before that"),
  "uploaded-after": setting(kinds.date, "uploaded then or later"),
  until: setting(kinds.date, "from then on the rule no longer counts"),
  because: setting(kinds.text, "why there is this rule; who is refused a file reads it"),
};

/** What a mount with an upstream can have about what is kept, besides `negative` and the list `override`. */
export const cacheSettings = {
  "query-ignore": setting(kinds.texts, 'query parameters that make no difference, such as "utm_*"; nobody gets them'),
  "query-keep": setting(kinds.texts, "the only query parameters that make a difference; nobody gets the others"),
  "query-sort": setting(kinds.flag, "the order of query parameters makes no difference"),
  "no-vary-search": setting(kinds.flag, "follow No-Vary-Search: a response says which parameters make no difference"),
  "cache-control-field": setting(kinds.text, "a field, such as Site-Cache-Control, that counts first (RFC 9213)"),
  "store-limit": setting(kinds.bytes, "responses with longer content are passed on and not kept"),
  "response-limit": setting(kinds.bytes, "responses with longer content are refused with 502"),
  "request-limit": setting(kinds.bytes, "requests with longer content are refused with 413", {
    defaults: "the gateway's own",
  }),
};

/** What may stand under `[[mount.override]]`: the responses to paths of these, of these types, are fresh for so long. */
export const overrideSettings = {
  path: setting(kinds.texts, "paths below the mount, without query; * stands for any characters"),
  type: setting(kinds.texts, 'media types, such as "image/*"'),
  fresh: setting(kinds.seconds, "how long they may answer without asking, whatever they say"),
};

/** What every mount has. */
export const mountSettings = {
  prefix: setting(kinds.text, 'the path that clients see, for example "/pypi/"'),
  format: setting(kinds.text, "what kind of mount it is: pypi, http, hosted or group"),
};

/** What a mount with an upstream can have. */
export const proxySettings = {
  upstream: setting(
    kinds.texts,
    "the URL behind it; of an index, the one that uv and pip are given, or a list: it and its mirrors, in order",
  ),
  "whole-mirrors": setting(
    kinds.flag,
    "of an index: its mirrors have all that it has, so their 404 counts as its own",
    {
      defaults: "false",
    },
  ),
  username: setting(kinds.text, "who to be for the upstream"),
  "password-env": setting(kinds.text, "the environment variable that holds the password"),
  "token-env": setting(kinds.text, "the environment variable that holds a bearer token"),
};
