import { resolve } from "node:path";
import { type Fault, fault, type Kind, kinds, type LogFormat, logFormats, type Setting } from "@larder/server";

/** How requests prove who they are from. */
const authStrategies = ["noauth2", "keystone", "tokens"] as const;

const count: Kind<number> = {
  placeholder: "N",
  read: (value): number | Fault =>
    /^[1-9]\d*$/.test(String(value)) ? Number(value) : fault("expected a number from 1 on"),
};

/** `sqlite:PATH` @returns the path of a file, or `:memory:` */
const database: Kind<string> = {
  placeholder: "URL",
  read(value, folder): string | Fault {
    const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(String(value))?.[1];
    if (path === undefined) return fault("expected sqlite:PATH");
    return path === ":memory:" ? path : resolve(folder, path);
  },
};

/** `a, b` on a command line, also a list in a file. */
const list: Kind<readonly string[]> = {
  placeholder: "A,B",
  read(value) {
    const items = typeof value === "string" ? value.split(",") : value;
    return Array.isArray(items) && items.every((item) => typeof item === "string" && item.trim() !== "")
      ? items.map((item: string) => item.trim())
      : fault("expected names, separated by commas");
  },
};

const logChoice: Kind<LogFormat | "auto"> = kinds.choice(["auto", ...logFormats] as const);

const setting = <T>(kind: Kind<T>, help: string, defaults?: string, more: { option?: boolean } = {}): Setting<T> => ({
  kind,
  help,
  ...(defaults === undefined ? {} : { defaults }),
  ...more,
});

const option = { option: true };

/** Everything that can be set, for the command line (those that are options), for a TOML file, and for the help. */
export const placementSettings = {
  listen: setting(kinds.address, "where clients connect", "127.0.0.1:8778", option),
  database: setting(database, "sqlite:PATH, or sqlite::memory:", "placement.db in this user's data folder", option),
  auth: setting(
    kinds.choice(authStrategies),
    "how requests prove who they are from",
    "noauth2 on a loopback address, else it must be said",
    option,
  ),
  "tokens-file": setting(kinds.path("FILE"), "auth = tokens: a YAML file of tokens", undefined, option),
  "keystone-url": setting(kinds.url, "auth = keystone: where Keystone is, without /v3", undefined, option),
  "keystone-user": setting(kinds.text, "the service's own user in Keystone", "placement"),
  "keystone-password-env": setting(kinds.text, "the environment variable with its password", "OS_PASSWORD"),
  "keystone-project": setting(kinds.text, "the project of that user", "service"),
  "keystone-domain": setting(kinds.text, "the domain of user and project", "Default"),
  "keystone-cache": setting(kinds.seconds, "how long a validated token is believed", "300"),
  "keystone-service-roles": setting(list, "roles of which a service token must have one", "service"),
  "policy-file": setting(kinds.path("FILE"), "a YAML file with rules of oslo.policy", undefined, option),
  "new-defaults": setting(kinds.flag, "the secure rules alone: the role admin may not reshape", undefined, option),
  validators: setting(
    kinds.choice(["strong", "upstream"] as const),
    "strong: entity tags from 1.15 on; upstream: none, as the Python service",
    "strong",
    option,
  ),
  prefix: setting(kinds.text, "the path at which the service is mounted, for example /placement", undefined, option),
  "trust-forwarded": setting(
    kinds.flag,
    "believe Forwarded and X-Forwarded-* of the proxy in front",
    undefined,
    option,
  ),
  "cors-origin": setting(list, "origins whose pages may use the API", undefined, option),
  "cors-headers": setting(list, "request fields that these pages may send", undefined, option),
  "max-candidates": setting(count, "how many candidates are found at most, before limit", "100000"),
  "candidates-strategy": setting(
    kinds.choice(["depth-first", "breadth-first"] as const),
    "all of one host, then the next; or one of each host in turn",
    "depth-first",
  ),
  "randomize-candidates": setting(kinds.flag, "candidates in random order"),
  "request-limit": setting(kinds.bytes, "how much content a request may have", "16 MiB"),
  "log-format": setting(logChoice, "how requests are logged", "auto: text on a terminal, else json", option),
  grace: setting(kinds.seconds, "how long running requests may take to finish on a stop signal", "30"),
};
