import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type ConfigSources, readConfig } from "../src/config-read.ts";
import type { GatewayConfig, ProxyConfig } from "../src/index.ts";
import type { Machine } from "../src/machine.ts";

/** Of this test file; gone when it ends. */
export const folder = mkdtempSync(join(tmpdir(), "larder-config-"));
after(() => rmSync(folder, { recursive: true }));

export const machine: Machine = {
  env: { INDEX_PASSWORD: "pw", INDEX_TOKEN: "t0ken", EMPTY: "" },
  home: "/home/u",
  etc: "/nonexistent",
  platform: "linux",
  hostname: "here",
  run: () => undefined,
};
export const upstream = "https://index.example/simple/";
export const mountLine = `/pypi/=pypi:${upstream}`;

/** Reads a configuration on that machine. */
export function read(sources: Partial<ConfigSources>): GatewayConfig {
  const all = { options: {}, mounts: [], file: undefined, interactive: false, folder: "/work", ...sources };
  return readConfig(all, machine).config;
}

/** Reads this as a configuration file. */
export function readToml(toml: string, sources: Partial<ConfigSources> = {}): GatewayConfig {
  const file = join(folder, "larder.toml");
  writeFileSync(file, toml);
  return read({ file, ...sources });
}
/** The mounts that have an upstream. */
export const proxiesOf = ({ mounts }: GatewayConfig) =>
  mounts.filter((mount): mount is ProxyConfig => "upstream" in mount);
