import type { Address, Said } from "@larder/server";
import { ConfigFault, type Place } from "@larder/server";
import type { TlsConfig } from "./config.ts";
import type { gatewaySettings } from "./config-settings.ts";

/** Names under which clients on this machine reach it. */
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * What was said about https.
 * @param hostname this machine's name
 * @throws {ConfigFault} for what doesn't fit together
 */
export function readTls(
  said: Said<typeof gatewaySettings>,
  { listen, hostname, place }: { readonly listen: Address; readonly hostname: string; readonly place: Place },
): TlsConfig | undefined {
  const { "tls-cert": cert, "tls-key": key, "tls-name": names } = said;
  if (said.tls !== "own" && names !== undefined)
    throw new ConfigFault(`${place("tls-name")}: names are for Larder's own certificate; say tls = "own", too`);
  if (said.tls !== undefined && (cert !== undefined || key !== undefined))
    throw new ConfigFault(`${place("tls")}: either a certificate of Larder's making or that of tls-cert, not both`);
  if (said.tls === "own") {
    const isAny = /^(?:0\.0\.0\.0|::)$/.test(listen.host);
    return {
      type: "own",
      names: [...new Set([...loopback, hostname, ...(isAny ? [] : [listen.host]), ...(names ?? [])])],
    };
  }
  if (cert !== undefined && key !== undefined) return { type: "files", cert, key };
  if (cert !== undefined) throw new ConfigFault(`${place("tls-key")}: missing; the private key of tls-cert`);
  if (key !== undefined) throw new ConfigFault(`${place("tls-cert")}: missing; the certificate of tls-key`);
  return undefined;
}
