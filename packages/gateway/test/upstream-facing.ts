import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import type { Upstream } from "@larder/cache";
import { Fields, type RequestHead } from "@larder/core";
import type { ProxyConfig } from "../src/index.ts";
import { dispatcherOf, undiciUpstream } from "../src/upstream-undici.ts";
import { configOf } from "./bench.ts";

export interface Facing {
  readonly upstream: Upstream;
  readonly request: RequestHead;
}

/** Runs a test against an upstream that is really there. */
export async function facing(
  scheme: "http" | "https",
  server: Server,
  act: (facing: Facing) => Promise<void>,
  config: Partial<ProxyConfig> = {},
): Promise<void> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const upstream = new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const timeouts = { connect: 5, head: 5, idle: 5 };
  const whole = configOf({ prefix: "/", format: "http", upstream, timeouts, ...config });
  const dispatcher = dispatcherOf(whole);
  try {
    const request = { method: "GET", target: upstream.href, fields: Fields.empty };
    await act({ upstream: undiciUpstream(whole, dispatcher), request });
  } finally {
    await dispatcher.destroy();
    server.close();
  }
}
