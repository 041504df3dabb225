import { join } from "node:path";
import { type ListableStore, openSqliteStore } from "@larder/cache/sqlite";
import { ConfigFault } from "@larder/server";
import type { GatewayConfig } from "../config.ts";
import { type Facts, openFacts } from "../facts.ts";
import type { Mount } from "../mount.ts";
import { createMount } from "../mount-kinds.ts";

/** What a gateway keeps, opened by a tool in its place. */
export interface OpenData {
  readonly store: ListableStore;
  readonly facts: Facts;
  readonly mount: Mount;
}

const memoryBytes = 64 * 1024 * 1024;

/**
 * Opens a gateway's data folder and one of its mounts, for as long as `use` takes.
 * @param prefix of the mount
 * @param onFault told of what the store got over
 * @throws {ConfigFault} when no such mount is configured, or it keeps nothing of an upstream
 * @throws {StoreInUse} while the gateway runs
 */
export async function withData<T>(
  config: GatewayConfig,
  prefix: string,
  onFault: (message: string) => void,
  use: (data: OpenData) => Promise<T>,
): Promise<T> {
  const whole = prefix.replace(/^\/?/, "/").replace(/\/?$/, "/");
  const found = config.mounts.find((one) => one.prefix === whole);
  const prefixes = config.mounts.map((one) => one.prefix).join(", ");
  if (found === undefined) throw new ConfigFault(`nothing is mounted at ${whole}; there is ${prefixes}`);
  const store = openSqliteStore({
    folder: config.data,
    maxBytes: config.maxBytes,
    memoryBytes,
    onFault: ({ message }) => onFault(message),
  });
  const facts = openFacts(join(config.data, "facts.db"));
  const mount = createMount(found, {
    data: config.data,
    now: Date.now,
    tell: onFault,
    fault: (what, error) => onFault(`${what}: ${error instanceof Error ? error.message : error}`),
  });
  try {
    if (mount.proxies.length === 0) throw new ConfigFault(`the mount ${whole} keeps nothing of an upstream of its own`);
    return await use({ store, facts, mount });
  } finally {
    await mount.close();
    facts.close();
    await store.close();
  }
}
