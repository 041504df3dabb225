import { hostname } from "node:os";
import { describeMount, type ReadConfig, type RunningGateway } from "@larder/gateway";

/** Where a gateway listens, and the file with the certificate that its clients have to trust, where that isn't known. */
type Listening = Pick<RunningGateway, "url" | "authority">;

/**
 * What a person reads when the gateway has started: where it listens, what is behind it, where its data is, and the
 * lines to paste for uv and pip. Credentials are never shown, only that there are some.
 * @param gateway where it listens, and what its clients have to trust
 * @param admin where operators read metrics and health
 */
export function startLines(
  { url, authority }: Listening,
  admin: string | undefined,
  { config, indexFrom }: ReadConfig,
): string {
  const lines = [`larder listens on ${url}`];
  for (const mount of config.mounts) {
    const from = indexFrom === undefined ? "" : `  (${indexFrom})`;
    lines.push(`  ${mount.prefix}  ${describeMount(mount).text}${from}`);
  }
  lines.push(`  data in ${config.data}`);
  if (admin !== undefined)
    lines.push(`  metrics and health at ${admin}/-/metrics and ${admin}/-/healthz`, ordersLine(config));
  for (const mount of config.mounts) {
    if (describeMount(mount).isIndex)
      lines.push("", ...pasteLines(new URL(`${mount.prefix}simple/`, reachable(url)), authority));
  }
  return `${lines.join("\n")}\n\n`;
}

const ordersLine = ({ adminToken }: ReadConfig["config"]): string =>
  adminToken === undefined
    ? "  orders (larder purge) are off: LARDER_ADMIN_TOKEN, admin-token-env and admin-token-file say no token"
    : "  orders (larder purge) from this machine, with the admin token";

/** pip keeps nothing from plain http in its cache unless the host is a trusted one. */
function pasteLines(index: URL, authority: string | undefined): readonly string[] {
  if (index.protocol === "https:") return securePasteLines(index, authority);
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

/** With an authority of Larder's own, clients are told its certificate. */
function securePasteLines({ href }: URL, authority: string | undefined): readonly string[] {
  const [uv, pip, once] =
    authority === undefined
      ? ["", "", ""]
      : [` SSL_CERT_FILE=${authority}`, ` PIP_CERT=${authority}`, ` --cert ${authority}`];
  return [
    "For uv:",
    `  export UV_DEFAULT_INDEX=${href}${uv}`,
    "For pip:",
    `  export PIP_INDEX_URL=${href}${pip}`,
    "Or once:",
    `  ${uv === "" ? "" : `${uv.trim()} `}uv pip install --index-url ${href} PACKAGE`,
    `  pip install --index-url ${href}${once} PACKAGE`,
  ];
}

/** A URL that clients can use: one that listens everywhere is reached by the machine's name. */
function reachable(url: string): string {
  return url.replace(/^(https?:\/\/)(?:0\.0\.0\.0|\[::\])/, `$1${hostname()}`);
}
