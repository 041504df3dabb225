import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type Address, ConfigFault, type LogFormat, readSettings, readTomlFile, type Said } from "@larder/server";
import { corsDefaults } from "../api/cors.ts";
import type { Authenticate } from "../auth/identity.ts";
import { keystone } from "../auth/keystone.ts";
import { noauth } from "../auth/noauth.ts";
import { Policy } from "../auth/policy.ts";
import { staticTokens } from "../auth/static-tokens.ts";
import type { PlacementOptions } from "../start.ts";
import { placementSettings } from "./settings.ts";
import { readYaml } from "./yaml-file.ts";

/** What was said: on the command line, in a file, and by whom. */
export interface ConfigSources {
  /** options by their name without `--`; flags as true */
  readonly options: Readonly<Record<string, unknown>>;
  /** path of a TOML file */
  readonly file: string | undefined;
  /** what relative paths on the command line start from */
  readonly folder: string;
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** All but the logs, which are opened when the format is known. */
export interface PlacementConfig extends Omit<PlacementOptions, "log" | "access"> {
  readonly logFormat: LogFormat;
  /** seconds */
  readonly grace: number;
  /** for people: how requests prove who they are from */
  readonly auth: string;
}

type Settings = Said<typeof placementSettings>;

/** The command line counts before the file. @throws {ConfigFault} in one line, with place and cure */
export function readPlacementConfig(sources: ConfigSources): PlacementConfig {
  const said = readSaid(sources);
  const address = said.listen ?? { host: "127.0.0.1", port: 8778 };
  const { authenticate, auth } = authentication(said, address, sources.env);
  const log = said["log-format"] ?? "auto";
  return {
    listen: address,
    database: databasePath(said.database, sources),
    auth,
    authenticate,
    policy: policyOf(said),
    validators: said.validators ?? "strong",
    prefix: prefixOf(said.prefix),
    trustForwarded: said["trust-forwarded"] ?? false,
    cors: said["cors-origin"] && {
      ...corsDefaults,
      allowedOrigins: said["cors-origin"],
      allowHeaders: said["cors-headers"] ?? [],
    },
    candidates: {
      strategy: said["candidates-strategy"] ?? "depth-first",
      ...(said["max-candidates"] === undefined ? {} : { maxCandidates: said["max-candidates"] }),
      ...(said["randomize-candidates"] ? { random: Math.random } : {}),
    },
    mostContentBytes: said["request-limit"] ?? 16 * 1024 * 1024,
    logFormat: log === "auto" ? (sources.interactive ? "text" : "json") : log,
    grace: said.grace ?? 30,
  };
}

/** The database that was named, for the tools. @returns path of a file, or `:memory:` */
export function readDatabase(sources: ConfigSources): string {
  return databasePath(readSaid(sources).database, sources);
}

function readSaid({ options, file, folder }: ConfigSources): Settings {
  const own = readSettings(placementSettings, options, (key) => `--${key}`, folder);
  if (file === undefined) return own;
  const toml = readTomlFile(file);
  return { ...readSettings(placementSettings, toml.table, toml.place(), toml.folder), ...own };
}

function databasePath(said: string | undefined, { env }: ConfigSources): string {
  if (said === ":memory:") return said;
  const data = env.XDG_DATA_HOME || join(homedir(), ".local/share");
  return made(said ?? join(data, "larder/placement.db"));
}

/** The path, with its folder there. */
function made(path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new ConfigFault(
      `--database: the folder ${dirname(path)} can't be made (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  return path;
}

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

function authentication(
  said: Settings,
  { host }: Address,
  env: ConfigSources["env"],
): { authenticate: Authenticate; auth: string } {
  const { auth } = said;
  if (auth === undefined && !loopback.test(host))
    throw new ConfigFault(
      `--auth: it must be said how requests on ${host} prove who they are from: keystone, tokens, or noauth2 (which believes everybody)`,
    );
  switch (auth) {
    case "tokens": {
      const file = said["tokens-file"];
      if (file === undefined) throw new ConfigFault("--auth tokens: say where they stand with --tokens-file FILE");
      return { authenticate: readYaml(file, "--tokens-file", staticTokens), auth: `tokens of ${file}` };
    }
    case "keystone": {
      const url = said["keystone-url"];
      if (url === undefined) throw new ConfigFault("--auth keystone: say where it is with --keystone-url URL");
      const variable = said["keystone-password-env"] ?? "OS_PASSWORD";
      const password = env[variable];
      if (password === undefined)
        throw new ConfigFault(
          `--auth keystone: the environment variable ${variable} (keystone-password-env) is not set`,
        );
      const domain = said["keystone-domain"] ?? "Default";
      const authenticate = keystone({
        url,
        user: said["keystone-user"] ?? "placement",
        password,
        project: said["keystone-project"] ?? "service",
        domain,
        cacheSeconds: said["keystone-cache"] ?? 300,
        serviceRoles: said["keystone-service-roles"] ?? ["service"],
        fetch,
        now: Date.now,
      });
      return { authenticate, auth: `Keystone at ${url.origin}` };
    }
    default:
      return { authenticate: noauth, auth: "noauth2: every token is believed, for development" };
  }
}

function policyOf(said: Settings): Policy {
  const enforceNewDefaults = said["new-defaults"] ?? false;
  const file = said["policy-file"];
  if (file === undefined) return new Policy({ enforceNewDefaults });
  return readYaml(file, "--policy-file", (rules) => {
    if (rules !== null && (typeof rules !== "object" || Array.isArray(rules)))
      throw new Error("expected rules, each a line NAME: RULE");
    return new Policy({ enforceNewDefaults, rules: (rules ?? {}) as Record<string, string> });
  });
}

function prefixOf(said: string | undefined): string {
  const prefix = said?.replace(/\/+$/, "") ?? "";
  if (prefix !== "" && !/^(?:\/[\w.~-]+)+$/.test(prefix))
    throw new ConfigFault(`--prefix: expected a path such as /placement, not ${JSON.stringify(said)}`);
  return prefix;
}
