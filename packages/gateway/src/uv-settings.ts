import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigFault } from "@larder/server";
import { parse, TomlError } from "smol-toml";
import type { Machine } from "./machine.ts";
import type { NamedIndex } from "./named-index.ts";

/** The parts of a uv.toml that name the default index. */
interface UvToml {
  readonly index?: readonly { readonly url?: string; readonly name?: string; readonly default?: boolean }[];
  readonly "index-url"?: string;
  readonly pip?: { readonly "index-url"?: string };
}

/** The default index that uv's environment variables name, else its files: the user's before the system's. */
export function uvConfigured(machine: Machine): NamedIndex | undefined {
  const { env } = machine;
  for (const name of ["UV_DEFAULT_INDEX", "UV_INDEX_URL"]) {
    const value = env[name];
    if (value) return named(machine, name, ...splitName(value));
  }
  if (env.UV_NO_CONFIG) return undefined;
  for (const file of uvFiles(machine)) {
    const toml = readToml(file);
    const index = toml?.index?.find((one) => one.default === true && one.url !== undefined);
    if (index !== undefined) return named(machine, file, index.url!, index.name);
    const url = toml?.["index-url"] ?? toml?.pip?.["index-url"];
    if (url !== undefined) return named(machine, file, url);
  }
  return undefined;
}

/** The default that uv has built in, asked from its help. */
export function uvBuiltIn(machine: Machine): NamedIndex | undefined {
  const help = machine.run("uv", ["help", "--no-pager", "pip", "install"], { NO_COLOR: "1", COLUMNS: "400" }) ?? "";
  const url = /--default-index\b[\s\S]*?\(by\s+default:\s*<?(https?:\/\/[^\s>)]+)/.exec(help)?.[1];
  return url === undefined ? undefined : named(machine, "uv's own default", url);
}

/** `name=url` and `url` alone are both allowed in the variables. */
function splitName(value: string): [url: string, name?: string] {
  const match = /^([\w-]+)=(.*)$/.exec(value);
  return match === null ? [value] : [match[2]!, match[1]!];
}

function named({ env }: Machine, from: string, url: string, name?: string): NamedIndex {
  const key = name?.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  const more =
    key === undefined
      ? {}
      : {
          username: env[`UV_INDEX_${key}_USERNAME`],
          password: env[`UV_INDEX_${key}_PASSWORD`],
        };
  return { url, from, caFile: env.SSL_CERT_FILE || undefined, ...more };
}

/** uv's files, the one that counts first. */
export function uvFiles({ env, home, etc, platform }: Machine): readonly string[] {
  if (env.UV_CONFIG_FILE) return [env.UV_CONFIG_FILE];
  if (platform === "win32") {
    return [join(env.APPDATA ?? home, "uv", "uv.toml"), join(env.PROGRAMDATA ?? "C:\\ProgramData", "uv", "uv.toml")];
  }
  return [
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "uv", "uv.toml"),
    ...(env.XDG_CONFIG_DIRS || join(etc, "xdg")).split(":").map((folder) => join(folder, "uv", "uv.toml")),
    join(etc, "uv", "uv.toml"),
  ];
}

function readToml(file: string): UvToml | undefined {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return parse(source) as UvToml;
  } catch (error) {
    if (error instanceof TomlError)
      throw new ConfigFault(`${file}:${error.line}: this is no TOML; mend it or pass --mount`);
    throw error;
  }
}
