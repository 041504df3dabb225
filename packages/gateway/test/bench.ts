import {
  createCache,
  invalidateRelated,
  memoryStore,
  PassMemory,
  readAll,
  type Store,
  type Upstream,
} from "@larder/cache";
import { type Answer, type FakeUpstream, fakeUpstream } from "@larder/cache/testing";
import { Fields, type RequestHead, type StoredResponse } from "@larder/core";
import type { Incoming, Outgoing } from "@larder/server";
import type { ProxyConfig } from "../src/config.ts";
import { learn, openFacts } from "../src/facts.ts";
import { answer, type Gateway } from "../src/gateway.ts";
import { checkMetadata } from "../src/metadata-check.ts";
import type { Mount } from "../src/mount.ts";
import { httpMount } from "../src/mounts/http.ts";
import { pypiMount } from "../src/mounts/pypi.ts";
import { createPages } from "../src/pages.ts";
import { proxyMount, proxyOf } from "../src/proxy.ts";
import { rulesOf } from "../src/rules.ts";
import { learnSdist } from "../src/sdist-metadata.ts";
import { createSeen } from "../src/seen.ts";

export const start = Date.UTC(2026, 0, 1, 12);

/** A gateway in the process with one mount, an upstream that answers from a list, and a clock that the test moves. */
export interface Bench {
  readonly upstream: FakeUpstream;
  readonly faults: string[];
  readonly store: Store;
  readonly gateway: Gateway;
  get(
    path: string,
    fields?: Readonly<Record<string, string>>,
    method?: string,
    body?: string | AsyncIterable<Uint8Array>,
  ): Promise<Told>;
  pass(seconds: number): void;
  /** Waits until what was stored has been checked. */
  checked(): Promise<unknown>;
}

/** An answer, read to its end. */
export interface Told {
  readonly status: number;
  readonly reason: string | undefined;
  readonly fields: Fields;
  readonly bytes: Uint8Array;
  readonly text: string;
}

type Answers = readonly (Answer | ((request: RequestHead) => Answer | Promise<Answer>))[];

/** @param config what differs from a pypi mount at /pypi/ of https://index.example/simple/ */
export function bench(config: Partial<ProxyConfig>, ...answers: Answers): Bench {
  const upstream = fakeUpstream(...answers);
  return { ...benchOf(mountOf(config, upstream)), upstream };
}

/** A mount of this upstream. @param config see `bench` */
export function mountOf(config: Partial<ProxyConfig>, upstream: Upstream): Mount {
  const full = configOf(config);
  const proxy = proxyMount(full, upstream, async () => undefined);
  return full.format === "http" ? httpMount(proxy) : pypiMount(proxy);
}

/** A mount's configuration. @param config see `bench` */
export function configOf(config: Partial<ProxyConfig>): ProxyConfig {
  return {
    prefix: "/pypi/",
    format: "pypi",
    upstream: new URL("https://index.example/simple/"),
    credentials: undefined,
    fresh: undefined,
    verify: 3600,
    offline: false,
    timeouts: { connect: 1, head: 1, idle: 1 },
    ca: undefined,
    proxy: { type: "none" },
    ...config,
  };
}

/** A gateway in the process with these mounts. */
export function benchOf(...mounts: readonly Mount[]): Omit<Bench, "upstream"> {
  let now = start;
  const faults: string[] = [];
  const proxies = mounts.flatMap((mount) => mount.proxies);
  const facts = openFacts(":memory:");
  const store = memoryStore({ maxBytes: 100_000_000 });
  /** as the store has it */
  const stored = new Map<string, StoredResponse>();
  const checks: Promise<unknown>[] = [];
  const seen = createSeen(proxies, (look) => {
    for (const one of stored.values()) look(one);
  });
  const cache = createCache({
    store,
    shared: true,
    now: () => now,
    events: {
      fault: (what) => faults.push(what),
      caught: (cacheKey) => {
        proxyOf(proxies, cacheKey)!.caughtAt = now;
      },
      stored: (response) => {
        seen.note(response);
        stored.set(response.cacheKey, response);
        learn(facts, proxies, response, now);
        checks.push(checkMetadata({ store, facts, proxies }, response, now));
        checks.push(learnSdist({ store, facts, proxies }, response, now));
      },
    },
    passing: new PassMemory(),
    related: invalidateRelated,
  });
  const rules = new Map(
    proxies.map(({ config, keySpace }) => [keySpace, rulesOf(config.policy, keySpace, facts, now)]),
  );
  const gateway: Gateway = { mounts, cache, pages: createPages(), facts, rules, seen, now: () => now };
  return {
    faults,
    store,
    gateway,
    checked: () => Promise.all(checks),
    pass: (seconds) => {
      now += seconds * 1000;
    },
    get: async (...asked) => told(await answer(gateway, incomingOf(...asked))),
  };
}

/** A request as the listener gives it. */
export function incomingOf(
  path: string,
  fields: Readonly<Record<string, string>> = {},
  method = "GET",
  body?: string | AsyncIterable<Uint8Array>,
): Incoming {
  return {
    head: { method, target: `http://127.0.0.1:8080${path}`, fields: Fields.of(...Object.entries(fields)) },
    path,
    body: typeof body === "string" ? chunksOf(body) : (body ?? null),
    signal: new AbortController().signal,
    remote: "127.0.0.1",
    interim: () => undefined,
  };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
}

/** Reads an answer to its end. */
export async function told({ status, reason, fields, content }: Outgoing): Promise<Told> {
  const bytes =
    content === null
      ? new Uint8Array()
      : content instanceof Uint8Array
        ? content
        : await readAll({ length: undefined, read: () => content });
  return { status, reason, fields, bytes, text: new TextDecoder().decode(bytes) };
}
