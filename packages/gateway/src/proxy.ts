import { scryptSync } from "node:crypto";
import type { Upstream } from "@larder/cache";
import type { Fields, Timestamp } from "@larder/core";
import { atMost } from "./at-most.ts";
import type { ProxyConfig } from "./config.ts";
import { followingRedirects } from "./follow-redirects.ts";
import { type MountPolicies, policiesOf } from "./policies.ts";
import { targetKey } from "./query-key.ts";
import { createSearches, type Searches } from "./searches.ts";
import { dispatcherOf, undiciUpstream } from "./upstream-undici.ts";

/** What clients get of a response's fields, but for its age and Cache-Status. */
export interface ClientFields {
  readonly fields: Fields;
  /** of a 304 in its place */
  readonly notModified: Fields;
}

/** One upstream behind a mount: how to ask it, and what is known of it. */
export interface ProxyMount {
  readonly config: ProxyConfig;
  readonly policies: MountPolicies;
  /** as it is, redirects and all */
  readonly upstream: Upstream;
  /** with redirects followed */
  readonly following: Upstream;
  /** what clients of a plain mount get of stored fields */
  readonly clientFields: WeakMap<Fields, ClientFields>;
  /** what stands for a target in cache keys and towards the upstream: one for all that are taken for the same */
  readonly targetKey: (target: string) => string;
  /** what No-Vary-Search said, where it is followed */
  readonly searches: Searches | undefined;
  /** when it was last caught giving other content for the same validator */
  caughtAt?: Timestamp;
  /** of the cache; a target's URI comes after it */
  readonly keySpace: string;
  /** its host, where its mount has several upstreams: so that answers and the log say which one it was */
  readonly label?: string;
  /** of a mirror: links to its own files as the mount's own upstream has them, and back; facts know them by these */
  readonly moved?: { to(url: string): string; from(url: string): string };
  /** Lets go of its connections. */
  close(): Promise<void>;
}

/** An upstream over HTTP, as it was configured. */
export function connect(config: ProxyConfig): ProxyMount {
  const dispatcher = dispatcherOf(config);
  return proxyMount(config, undiciUpstream(config, dispatcher), () => dispatcher.destroy());
}

/** @param close lets go of the upstream's connections */
export function proxyMount(config: ProxyConfig, upstream: Upstream, close: () => Promise<void>): ProxyMount {
  const limit = config.caching?.responseLimit;
  const limited = limit === undefined ? upstream : atMost(limit, upstream);
  return {
    config,
    policies: policiesOf(config),
    upstream: limited,
    following: followingRedirects(limited),
    clientFields: new WeakMap(),
    targetKey: targetKey(config.caching),
    searches: config.caching?.noVarySearch ? createSearches() : undefined,
    keySpace: keySpaceOf(config),
    close,
  };
}

/**
 * What a mount's stored responses are told from others by. The credentials are part of it: what other ones, or none,
 * could not have is not to be found in a data folder that is used again. Made slowly, since a password can be guessed.
 */
function keySpaceOf(config: ProxyConfig): string {
  const { credentials } = config;
  if (credentials === undefined) return allSpacesOf(config);
  return `${allSpacesOf(config)}${scryptSync(JSON.stringify(credentials), "larder", 16).toString("base64url")} `;
}

/** The one whose stored response a cache key names; the upstreams of one mount may share a key space. */
export function proxyOf(proxies: readonly ProxyMount[], cacheKey: string): ProxyMount | undefined {
  const those = proxies
    .filter(({ keySpace }) => cacheKey.startsWith(keySpace))
    .sort((one, other) => other.keySpace.length - one.keySpace.length);
  return those.find(({ keySpace, config }) => cacheKey.startsWith(config.upstream.href, keySpace.length)) ?? those[0];
}

/** The URL by which facts know a file of an upstream's: the same whichever upstream of its mount it comes from. */
export const factUrl = ({ moved }: Pick<ProxyMount, "moved">, url: string): string => moved?.to(url) ?? url;

/** What the key spaces of a mount begin with, whatever credentials it had. */
export const allSpacesOf = ({ format, prefix }: ProxyConfig): string => `${format} ${prefix} `;
