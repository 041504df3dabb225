import { type Content, served, type Upstream } from "@larder/cache";
import { onRequest } from "@larder/core";
import type { Handler, Incoming, Outgoing } from "@larder/server";
import type { ProxyConfig } from "../config.ts";
import { type Mount, mountFor, requestBelow } from "../mount.ts";
import { routeAtSite } from "../mounts/http.ts";
import { isHit } from "../outgoing.ts";
import { sendAnswer } from "../plain.ts";
import { plainRequest } from "../plain-request.ts";
import { type ProxyMount, proxyMount } from "../proxy.ts";
import type { Borrowed, OwnCopies } from "./own-copies.ts";

/** What a worker knows of a mount: of an `http` one enough to decide what a copy answers; nothing secret. */
export interface MountOptions {
  readonly prefix: string;
  readonly site?: {
    readonly keySpace: string;
    readonly upstream: string;
    readonly config: Pick<ProxyConfig, "format" | "fresh" | "verify" | "offline" | "caching" | "timeouts">;
  };
}

/** What workers are told of the mounts. Where No-Vary-Search is followed, only the keeper knows what a URL stands for. */
export const optionsOf = (mounts: readonly Mount[]): readonly MountOptions[] =>
  mounts.map(({ config: { prefix }, proxies: [proxy] }) => {
    if (proxy === undefined || proxy.config.format !== "http" || proxy.searches !== undefined) return { prefix };
    const { format, upstream, fresh, verify, offline, caching, timeouts } = proxy.config;
    const config = { format, fresh, verify, offline, timeouts, ...(caching && { caching }) };
    return { prefix, site: { keySpace: proxy.keySpace, upstream: upstream.href, config } };
  });

/** The mount as the keeper has it, but for its upstream, which no worker asks. */
function siteOf({ prefix, site }: MountOptions): { readonly config: { prefix: string }; readonly proxy?: ProxyMount } {
  if (site === undefined) return { config: { prefix } };
  const { keySpace, upstream, config: some } = site;
  const none = { credentials: undefined, ca: undefined, proxy: { type: "none" } } as const;
  const config: ProxyConfig = { ...some, ...none, prefix, upstream: new URL(upstream) };
  const nobody: Upstream = { send: () => Promise.reject(new Error("a worker asks no upstream")) };
  return { config: { prefix }, proxy: { ...proxyMount(config, nobody, async () => undefined), keySpace } };
}

/**
 * A worker's handler: what a copy answers without asking anybody is answered here, by the same rules and in the same words
 * as the keeper would; everything else is the keeper's.
 */
export function answeringFromCopies(
  mounts: readonly MountOptions[],
  copies: OwnCopies,
  passOn: (incoming: Incoming) => Promise<Outgoing>,
  now: () => number,
): Handler {
  const sites = mounts.map(siteOf);
  return (incoming) => {
    const { method } = incoming.head;
    const { proxy } = mountFor(sites, incoming.path) ?? {};
    if (proxy === undefined || (method !== "GET" && method !== "HEAD") || incoming.body !== null)
      return passOn(incoming);
    const route = routeAtSite(proxy, requestBelow(proxy.config.prefix, method, incoming.path));
    if (route.type !== "plain") return passOn(incoming);
    const request = plainRequest(proxy, route.route.target, incoming);
    const borrowed = copies.get(request.cacheKey);
    if (borrowed !== undefined) return answerFrom(borrowed, proxy, request, incoming, now()) ?? passOn(incoming);
    return passOn(incoming).then((outgoing) => {
      if (isHit(outgoing)) copies.noteHit(request.cacheKey);
      return outgoing;
    });
  };
}

/** @returns undefined where it takes more than the copy */
function answerFrom(
  { stored, contents }: Borrowed,
  proxy: ProxyMount,
  request: ReturnType<typeof plainRequest>,
  incoming: Incoming,
  now: number,
): Outgoing | undefined {
  const decision = onRequest(request.head, stored, { now, shared: true, policy: request.policy });
  if (decision.type !== "serve" || decision.background !== undefined) return undefined;
  const content: Content | undefined = contents.get(decision.stored);
  return content && sendAnswer(proxy, request, served(decision, content), incoming);
}
