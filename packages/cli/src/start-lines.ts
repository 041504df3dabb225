import { hostname } from "node:os";
import { describeMount, type ReadConfig } from "@larder/gateway";

/**
 * What a person reads when the gateway has started: where it listens, what is behind it, where its data is, and the
 * lines to paste for uv and pip. Credentials are never shown, only that there are some.
 * @param url where it listens
 * @param admin where operators read metrics and health
 */
export function startLines(url: string, admin: string | undefined, { config, indexFrom }: ReadConfig): string {
  const lines = [`larder listens on ${url}`];
  for (const mount of config.mounts) {
    const from = indexFrom === undefined ? "" : `  (${indexFrom})`;
    lines.push(`  ${mount.prefix}  ${describeMount(mount).text}${from}`);
  }
  lines.push(`  data in ${config.data}`);
  if (admin !== undefined)
    lines.push(`  metrics and health at ${admin}/-/metrics and ${admin}/-/healthz`, ordersLine(config));
  for (const mount of config.mounts) {
    if (describeMount(mount).isIndex) lines.push("", ...pasteLines(new URL(`${mount.prefix}simple/`, reachable(url))));
  }
  return `${lines.join("\n")}\n\n`;
}

const ordersLine = ({ adminToken }: ReadConfig["config"]): string =>
  adminToken === undefined
    ? "  orders (larder purge) are off: LARDER_ADMIN_TOKEN, admin-token-env and admin-token-file say no token"
    : "  orders (larder purge) from this machine, with the admin token";

/** pip keeps nothing from plain http in its cache unless the host is a trusted one. */
function pasteLines(index: URL): readonly string[] {
  return [
    "For uv:",
    `  export UV_DEFAULT_INDEX=${index.href}`,
    "For pip (it caches nothing from plain http unless the host is trusted):",
    `  export PIP_INDEX_URL=${index.href} PIP_TRUSTED_HOST=${index.hostname}`,
    "Or once:",
    `  uv pip install --index-url ${index.href} PACKAGE`,
    `  pip install --index-url ${index.href} --trusted-host ${index.hostname} PACKAGE`,
  ];
}

/** A URL that clients can use: one that listens everywhere is reached by the machine's name. */
function reachable(url: string): string {
  return url.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])/, `http://${hostname()}`);
}
