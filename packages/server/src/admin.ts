import { Fields } from "@larder/core";
import type { Logger } from "pino";
import type { Address } from "./address.ts";
import { type AdminAction, takeAction } from "./admin-action.ts";
import type { Incoming, Outgoing } from "./handler.ts";
import { type Listener, listen } from "./listen.ts";
import type { Metrics } from "./metrics.ts";
import { problem } from "./problem.ts";

/** What the operators' listener needs. */
export interface AdminOptions extends Address {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** why no requests should be sent here now; undefined = all is well */
  readonly unhealthy: () => string | undefined;
  /** what may be ordered there, by path, from this machine and with the token */
  readonly actions?: ReadonlyMap<string, AdminAction>;
  /** undefined = nothing may be ordered */
  readonly token?: string | undefined;
}

/**
 * Listens for operators, apart from the clients so that their paths stay free: `/-/healthz` for who decides whether
 * requests come here, `/-/metrics` for Prometheus, and what they may order.
 * @throws {Error} of node:net, when the address can't be listened on
 */
export function listenAdmin(options: AdminOptions): Promise<Listener> {
  const { host, port, log } = options;
  return listen({ host, port, log, mostContentBytes, handler: (incoming) => answer(options, incoming) });
}

/** Octets that an order may have. */
const mostContentBytes = 64 * 1024;

function answer(options: AdminOptions, incoming: Incoming): Outgoing | Promise<Outgoing> {
  const { metrics, unhealthy, actions = new Map(), token } = options;
  const { head, path } = incoming;
  const action = actions.get(path);
  if (action !== undefined) return takeAction(action, token, incoming);
  const show = pages.get(path);
  if (show === undefined) return problem(404, `There is ${[...pages.keys(), ...actions.keys()].join(", ")}.`);
  if (head.method !== "GET" && head.method !== "HEAD") {
    return problem(405, "This can only be read.", { fields: { Allow: "GET, HEAD" } });
  }
  return show(metrics, unhealthy());
}

const pages = new Map<string, (metrics: Metrics, unhealthy: string | undefined) => Outgoing | Promise<Outgoing>>([
  ["/-/healthz", (_, unhealthy) => (unhealthy === undefined ? page("text/plain", "ok\n") : problem(503, unhealthy))],
  [
    "/-/metrics",
    async (metrics) => {
      const { type, text } = await metrics.text();
      return page(type, text);
    },
  ],
]);

function page(type: string, text: string): Outgoing {
  const fields = Fields.of(["Content-Type", type], ["Cache-Control", "no-store"]);
  return { status: 200, fields, content: Buffer.from(text) };
}
