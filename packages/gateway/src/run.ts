import { join } from "node:path";
import { createCache, invalidateRelated, PassMemory } from "@larder/cache";
import { openSqliteStore } from "@larder/cache/sqlite";
import type { StoredResponse } from "@larder/core";
import { type AdminAction, type Counted, type Listener, type Logs, listen, loggable } from "@larder/server";
import type { GatewayConfig } from "./config.ts";
import { learn, openFacts } from "./facts.ts";
import { type Gateway, handlerOf } from "./gateway.ts";
import { checkMetadata, mayHaveMetadata } from "./metadata-check.ts";
import { createMount } from "./mount-kinds.ts";
import { createPages } from "./pages.ts";
import { isDistrusted } from "./policies.ts";
import { proxyOf } from "./proxy.ts";
import { purgeAction } from "./purge.ts";
import { openRules } from "./rules.ts";
import { learnSdist } from "./sdist-metadata.ts";
import { createSeen } from "./seen.ts";
import { openTls } from "./tls.ts";
import { Lender } from "./workers/lender.ts";
import { listenWithWorkers, type WorkersListener } from "./workers/listen.ts";

/** Octets of heads and content that stay in memory. */
const memoryBytes = 512 * 1024 * 1024;

/** Milliseconds after which it is looked whether certificates and the files that policies name were changed. */
const lookEvery = 60_000;

/** A gateway that accepts requests. */
export interface RunningGateway {
  /** `http://host:port` or `https:`, with the port that was taken */
  readonly url: string;
  /** path of the certificate that clients have to trust, where Larder is its own authority */
  readonly authority: string | undefined;
  /** Accepts no more, lets running requests finish for as long as the configuration grants, closes the store. */
  close(graceMs?: number): Promise<void>;
  /** what operators may order, by path */
  readonly actions: ReadonlyMap<string, AdminAction>;
  /** How often upstreams gave other content for the same validator, and how many are not believed because of it now. */
  caught(): { readonly times: number; readonly distrusted: number };
  /** What workers have counted. */
  counted(): Promise<readonly Counted[]>;
  /** What the store keeps now: octets of content, number of responses. */
  size(): { readonly bytes: number; readonly responses: number };
}

/**
 * Opens the store, makes the mounts ready and listens.
 * @throws {StoreInUse} when another gateway has the data folder
 * @throws {ConfigFault} when a file that a policy names can't be read, or a certificate can't be used
 * @throws {Error} of node:net, when the address can't be listened on
 */
export async function runGateway(config: GatewayConfig, logs: Logs): Promise<RunningGateway> {
  const { log, access } = logs;
  const fault = (what: string, error: unknown) =>
    log.warn({ because: loggable(error instanceof Error ? error.message : String(error)) }, what);
  const tell = (what: string) => log.warn(loggable(what));
  const store = openSqliteStore({
    folder: config.data,
    maxBytes: config.maxBytes,
    memoryBytes,
    onFault: ({ kind, message }) => log.warn({ because: loggable(message) }, `the store's ${kind}`),
  });
  const mounts = config.mounts.map((mount) => createMount(mount, { data: config.data, now: Date.now, tell, fault }));
  const proxies = mounts.flatMap((mount) => mount.proxies);
  let catches = 0;
  const caught = (cacheKey: string) => {
    const mount = proxyOf(proxies, cacheKey);
    if (mount === undefined) return;
    catches++;
    mount.caughtAt = Date.now();
    log.warn(
      { mount: mount.config.prefix, target: loggable(cacheKey.slice(mount.keySpace.length)) },
      "the upstream gave other content for the same validator; until it has been honest for a day it is asked without conditions",
    );
  };
  const facts = openFacts(join(config.data, "facts.db"));
  const seen = createSeen(proxies, (look) => {
    for (const some of store.walk({ prefix: "" })) some.forEach(look);
  });
  const checking = new Set<Promise<void>>();
  const check = async (response: StoredResponse) => {
    try {
      await learnSdist({ store, facts, proxies }, response, Date.now());
      const wrong = await checkMetadata({ store, facts, proxies }, response, Date.now());
      if (wrong === undefined) return;
      const { mount, wheel } = wrong;
      log.warn({ mount, wheel: loggable(wheel) }, "core metadata were other than the wheel's; they are forgotten");
    } catch (error) {
      fault("reading the core metadata of a stored file", error);
    }
  };
  const stored = (response: StoredResponse) => {
    seen.note(response);
    if (mayHaveMetadata(response)) {
      const checked = check(response).finally(() => checking.delete(checked));
      checking.add(checked);
    }
    try {
      learn(facts, proxies, response, Date.now());
    } catch (error) {
      fault("remembering what a file is", error);
    }
  };
  const lender = config.workers > 1 ? new Lender(store, Date.now, (because) => log.error(because)) : undefined;
  const cache = createCache({
    store,
    copies: lender,
    shared: true,
    now: Date.now,
    events: { fault, caught, stored },
    passing: new PassMemory(),
    related: invalidateRelated,
  });
  let looking: NodeJS.Timeout | undefined;
  const release = async () => {
    clearInterval(looking);
    await Promise.all(mounts.map((mount) => mount.close()));
    await Promise.all(checking);
    await store.close();
    facts.close();
  };
  try {
    const { rules, look } = await openRules(proxies, facts, Date.now, fault);
    const tls = config.tls && (await openTls(config.tls, join(config.data, "tls"), Date.now, fault));
    const gateway: Gateway = { mounts, cache, pages: createPages(), facts, rules, seen, now: Date.now };
    const handler = handlerOf(gateway);
    const mostContentBytes = config.maxRequestBytes;
    const listener: Listener & Partial<WorkersListener> =
      lender !== undefined
        ? await listenWithWorkers(config, tls?.certificate, { handler, mounts, lender }, logs)
        : await listen({ ...config.listen, tls: tls?.certificate, handler, log, access, mostContentBytes });
    looking = setInterval(async () => {
      await look();
      const renewed = await tls?.look();
      if (renewed === undefined) return;
      listener.renew(renewed);
      log.info("another certificate is shown from now on");
    }, lookEvery).unref();
    return {
      url: listener.url,
      authority: tls?.authority,
      close: (graceMs = config.grace * 1000) => listener.close(graceMs).then(release),
      actions: new Map([["/-/purge", purgeAction(gateway, (done) => log.info(done, "purged"))]]),
      size: () => store.size(),
      counted: async () => (await listener.counted?.()) ?? [],
      caught: () => ({
        times: catches,
        distrusted: proxies.filter(({ caughtAt }) => isDistrusted(caughtAt, Date.now())).length,
      }),
    };
  } catch (error) {
    await release();
    throw error;
  }
}
