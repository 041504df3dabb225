import { type ApiRequest, header } from "./request.ts";

/** Where a request came in: for Location and for links. */
export interface Origin {
  /** `http://host:port`, without a slash at the end */
  readonly base: string;
  /** path at which the service is mounted: "" or `/placement` */
  readonly prefix: string;
}

/**
 * The scheme and host that the client used. With `trust`, what a proxy in front says is believed (RFC 7239 Forwarded,
 * or X-Forwarded-Proto, -Host, -Prefix): only right behind one that sets or removes these fields itself.
 */
export function originOf(request: ApiRequest, options: { readonly trust: boolean; readonly prefix: string }): Origin {
  const host = header(request, "host") ?? "localhost";
  if (!options.trust) return { base: `http://${host}`, prefix: options.prefix };
  const forwarded = header(request, "forwarded");
  if (forwarded !== undefined) {
    const first = forwarded.split(",")[0]!;
    const said = (name: string) => new RegExp(`(?:^|;)\\s*${name}="?([^";,]+)"?`, "i").exec(first)?.[1];
    return { base: baseOf(said("proto"), said("host") ?? host), prefix: options.prefix };
  }
  const first = (name: string) => header(request, name)?.replace(/,.*/s, "").trim();
  const prefix = first("x-forwarded-prefix");
  return {
    base: baseOf(first("x-forwarded-proto"), first("x-forwarded-host") ?? host),
    prefix: prefix !== undefined && /^(?:\/[\w.~-]+)*\/?$/.test(prefix) ? prefix.replace(/\/$/, "") : options.prefix,
  };
}

const baseOf = (scheme: string | undefined, host: string): string =>
  `${scheme?.toLowerCase() === "https" ? "https" : "http"}://${host}`;
