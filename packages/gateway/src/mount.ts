import { scryptSync } from "node:crypto";
import type { Upstream } from "@larder/cache";
import type { Fields, Timestamp } from "@larder/core";
import { type Format, http, pypi } from "@larder/formats";
import type { Dispatcher } from "undici";
import type { MountConfig } from "./config.ts";
import { followingRedirects } from "./follow-redirects.ts";
import { type MountPolicies, policiesOf } from "./policies.ts";
import { dispatcherOf, undiciUpstream } from "./upstream-undici.ts";

/** The formats there are; a new one is a line here. */
const formats: Readonly<Record<MountConfig["format"], Format>> = { pypi, http };

/** A mount that is ready to answer. */
export interface Mount {
  readonly config: MountConfig;
  readonly format: Format;
  readonly policies: MountPolicies;
  /** as it is, redirects and all */
  readonly upstream: Upstream;
  /** with redirects followed */
  readonly following: Upstream;
  readonly dispatcher: Dispatcher;
  /** what clients of a plain mount get of stored fields */
  readonly clientFields: WeakMap<Fields, Fields>;
  /** when its upstream was last caught giving other content for the same validator */
  caughtAt?: Timestamp;
  /** of the cache; a target's URI comes after it */
  readonly keySpace: string;
}

/** Makes a configured mount ready. */
export function createMount(config: MountConfig): Mount {
  const dispatcher = dispatcherOf(config);
  const upstream = undiciUpstream(config, dispatcher);
  return {
    config,
    format: formats[config.format],
    policies: policiesOf(config),
    upstream,
    following: followingRedirects(upstream),
    dispatcher,
    clientFields: new WeakMap(),
    keySpace: keySpaceOf(config),
  };
}

/**
 * What a mount's stored responses are told from others by. The credentials are part of it: what other ones, or none,
 * could not have is not to be found in a data folder that is used again. Made slowly, since a password can be guessed.
 */
function keySpaceOf({ format, prefix, credentials }: MountConfig): string {
  if (credentials === undefined) return `${format} ${prefix} `;
  return `${format} ${prefix} ${scryptSync(JSON.stringify(credentials), "larder", 16).toString("base64url")} `;
}

/** The mount whose prefix begins a path; the longest wins. @param mounts longest prefix first */
export function mountFor(mounts: readonly Mount[], path: string): Mount | undefined {
  for (const mount of mounts) if (path.startsWith(mount.config.prefix)) return mount;
  return undefined;
}
