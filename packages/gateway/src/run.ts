import { createCache, memoryStore } from "@larder/cache";
import { type Logs, listen } from "@larder/server";
import type { GatewayConfig } from "./config.ts";
import { type Gateway, handlerOf } from "./gateway.ts";
import { createMount } from "./mount.ts";
import { createPages } from "./pages.ts";

/** A gateway that accepts requests. */
export interface RunningGateway {
  /** `http://host:port`, with the port that was taken */
  readonly url: string;
  /** Accepts no more, lets running requests finish for as long as the configuration grants, closes the store. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Opens the store, makes the mounts ready and listens.
 * @throws {StoreInUse} when another gateway has the data folder
 * @throws {Error} of node:net, when the address can't be listened on
 */
export async function runGateway(config: GatewayConfig, logs: Logs): Promise<RunningGateway> {
  const { log, access } = logs;
  const store = memoryStore({ maxBytes: config.maxBytes });
  const fault = (what: string, error: unknown) =>
    log.warn({ because: error instanceof Error ? error.message : String(error) }, what);
  const cache = createCache({ store, shared: true, now: Date.now, events: { fault } });
  const mounts = config.mounts.map(createMount);
  const gateway: Gateway = { mounts, cache, pages: createPages(), now: Date.now };
  const listener = await listen({
    ...config.listen,
    handler: handlerOf(gateway),
    log,
    ...(access && { access }),
    mostContentBytes: config.maxRequestBytes,
  });
  return {
    url: listener.url,
    async close(graceMs = config.grace * 1000) {
      await listener.close(graceMs);
      await Promise.all(mounts.map(({ dispatcher }) => dispatcher.destroy()));
      await store.close();
    },
  };
}
