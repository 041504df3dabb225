import type { Seconds } from "@larder/core";
import type { IndexPolicy, Mount } from "@larder/formats";
import type { Address, LogFormat } from "@larder/server";
import type { CachingConfig } from "./config-cache.ts";
import type { MountConfig } from "./mount-kinds.ts";

export type { MountConfig };

/** What the upstream asks for; never logged. */
export type Credentials =
  | { readonly type: "basic"; readonly username: string; readonly password: string }
  | { readonly type: "bearer"; readonly token: string };

/** How the upstream is reached: as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, straight, or through a forward proxy. */
export type ProxyChoice =
  | { readonly type: "environment" }
  | { readonly type: "none" }
  | { readonly type: "url"; readonly url: URL };

/** What of an index its clients don't get, as it is configured. */
export interface PolicyConfig extends Omit<IndexPolicy, "advisories"> {
  /** where an OSV export of reports is: an absolute path of a ZIP archive or a folder */
  readonly advisories?: string;
}

/** Another upstream that has the same. */
export type MirrorConfig = Pick<ProxyConfig, "upstream" | "credentials">;

/** A mount with an upstream behind it, and how to speak with that. */
export interface ProxyConfig extends Mount {
  readonly format: "pypi" | "http";
  /** sent to the upstream's own origin only; the upstream's URL holds none */
  readonly credentials: Credentials | undefined;
  /** how long a stored document may answer without asking; undefined = the upstream's explicit lifetime, 60 s at most */
  readonly fresh: Seconds | undefined;
  /** how long an index's "not modified" is taken for a page before the whole page is asked for and compared */
  readonly verify: Seconds;
  /** never ask the upstream: what is stored answers, stale or not; everything else is a 504 */
  readonly offline: boolean;
  readonly timeouts: {
    /** until the connection stands, TLS included */
    readonly connect: Seconds;
    /** until the head of the response is there */
    readonly head: Seconds;
    /** between two pieces of content */
    readonly idle: Seconds;
  };
  /** what it keeps otherwise than RFC 9111 has it; undefined = nothing */
  readonly caching?: CachingConfig;
  /** certificate authorities to trust besides the usual ones, PEM */
  readonly ca: string | undefined;
  readonly proxy: ProxyChoice;
  /** speak HTTP/2 where the upstream offers it; default false */
  readonly http2?: boolean;
  /** of an index: others that have the same, asked in this order where the upstream fails */
  readonly mirrors?: readonly MirrorConfig[];
  /** of an index: whether what a mirror doesn't have is not there, either */
  readonly wholeMirrors?: boolean;
  /** of an index: what of it clients don't get */
  readonly policy?: PolicyConfig;
}

/** How clients are spoken with over https. */
export type TlsConfig =
  /** a certificate of Larder's making, for these names */
  | { readonly type: "own"; readonly names: readonly string[] }
  /** absolute paths of PEM files */
  | { readonly type: "files"; readonly cert: string; readonly key: string };

/** All that `runGateway` needs to know: checked, every default filled in. */
export interface GatewayConfig {
  readonly listen: Address;
  /** processes that accept connections; 1 = this one alone */
  readonly workers: number;
  /** undefined = plain http */
  readonly tls: TlsConfig | undefined;
  /** where metrics and health are served; undefined = nowhere */
  readonly admin: Address | undefined;
  /** what orders to the admin listener need; undefined = none are taken */
  readonly adminToken: string | undefined;
  /** an absolute path */
  readonly data: string;
  /** octets of content that may be kept */
  readonly maxBytes: number;
  /** octets of content that a request to this gateway may have */
  readonly maxRequestBytes: number;
  /** longest prefix first; prefixes are unique */
  readonly mounts: readonly MountConfig[];
  readonly log: LogFormat;
  /** how long running requests may take to finish when the gateway is told to stop */
  readonly grace: Seconds;
}
