import {
  type Cache,
  type CacheFailure,
  type CacheRequest,
  type CacheResponse,
  createCache,
  exchange,
  memoryStore,
  type Store,
} from "@larder/cache";
import { type CacheStatus, Fields, isConditional } from "@larder/core";
import { bodyOf } from "./body.ts";
import { cacheModes } from "./cache-modes.ts";
import { type Call, readCall } from "./call.ts";
import { KeySpaces } from "./credentials.ts";
import { type CacheEvent, Events } from "./events.ts";
import { type Transfer, transferOf } from "./fetch-upstream.ts";
import { type CachedFetchOptions, defaultPolicy } from "./options.ts";
import { GivenUp, Parties, type Stay } from "./parties.ts";
import { type Policies, policiesOf } from "./policies.ts";
import { mostRedirects, redirectOf } from "./redirects.ts";
import { type Refresh, Refreshing } from "./refresh.ts";
import { resilient } from "./resilient-store.ts";
import { type CachedResponse, decorate, tell } from "./response.ts";

/** `fetch` with a private cache (RFC 9111). Called as `fetch` is, it answers and fails as `fetch` does. */
export interface CachedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<CachedResponse>;
  /** What is stored by now must be validated before it is used again (`uv --refresh`). */
  refresh(what: Refresh): void;
  /** Everything that happens from now on, until the loop is left; a slow reader misses the oldest events. */
  events(): AsyncIterableIterator<CacheEvent>;
  readonly store: Store;
  /** Ends the store and all readers of events. */
  close(): Promise<void>;
}

interface Client {
  readonly cache: Cache;
  readonly ask: typeof globalThis.fetch;
  readonly offline: boolean;
  readonly policies: Policies;
  readonly refreshing: Refreshing;
  readonly keySpaces: KeySpaces;
  readonly parties: Parties;
  readonly events: Events;
}

/**
 * Makes a cached fetch. It is one user's: where requests carry Authorization, each value has stored responses of its own
 * (`policy.separateBy`).
 * @param options see `CachedFetchOptions`; without any: 64 MB of memory, RFC 9111, nothing more
 */
export function createCachedFetch(options: CachedFetchOptions = {}): CachedFetch {
  const now = options.now ?? Date.now;
  const events = new Events(options.onEvent);
  const warn = once(options.onWarning ?? ((message) => console.warn(message)));
  const store = resilient(options.store ?? memoryStore({ maxBytes: 64 << 20 }), (what, error) => {
    warn(`larder: ${what} failed (${error instanceof Error ? error.message : error}); requests go on without it`);
    events.emit({ type: "fault", at: now(), what, error });
  });
  const policy = { ...defaultPolicy, ...options.policy };
  const offline = options.offline ?? false;
  const client: Client = {
    cache: createCache({
      store,
      shared: false,
      now,
      events: { fault: (what, error) => events.emit({ type: "fault", at: now(), what, error }) },
    }),
    ask: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    offline,
    policies: policiesOf(policy, offline),
    refreshing: new Refreshing(),
    keySpaces: new KeySpaces(policy.separateBy),
    parties: new Parties(),
    events,
  };
  if (options.refresh !== undefined) client.refreshing.add(options.refresh, now());
  return Object.assign(async (input: string | URL | Request, init?: RequestInit) => follow(client, input, init), {
    refresh: (what: Refresh) => client.refreshing.add(what, now()),
    events: () => events.read(),
    store,
    close: async () => {
      events.close();
      await store.close();
    },
  });
}

/** One call's whole life: asked, followed where it redirects, and answered as `fetch` would. */
async function follow(client: Client, input: string | URL | Request, init?: RequestInit): Promise<CachedResponse> {
  let call = readCall(input, init);
  if (!/^https?:/.test(call.url))
    return decorate(await client.ask(input, init), { ...plainly(call), cacheStatus: { hit: false, fwd: "bypass" } });
  for (let redirects = 0; ; redirects++) {
    call.signal?.throwIfAborted();
    const { response, next } = await answer(client, call, redirects > 0);
    if (next === undefined) return response;
    await response.body?.cancel();
    if (redirects === mostRedirects) throw new TypeError(`fetch failed: more than ${mostRedirects} redirects`);
    call = next;
  }
}

const plainly = ({ url }: Call) => ({ url, redirected: false, type: "default" as const });

interface Answer {
  readonly response: CachedResponse;
  /** where it leads */
  readonly next: Call | undefined;
}

/** One request, and where its answer leads. */
async function answer(client: Client, call: Call, redirected: boolean): Promise<Answer> {
  const space = client.keySpaces.of(call.fields);
  const keySpace = typeof space === "string" ? space : await space;
  const party = client.parties.of(keySpace + call.url);
  const stay = party.enter(call.signal);
  const transfer = transferOf(call, party, client.ask, client.offline);
  let found: CacheResponse | CacheFailure;
  try {
    found = await stay.orAborted(exchange(client.cache, requestOf(client, call, keySpace, transfer)));
  } catch (error) {
    stay.end(false);
    // joined one that everybody else had just left
    if (error instanceof GivenUp && !call.signal?.aborted) return answer(client, call, redirected);
    throw error;
  }
  if ("failed" in found) {
    stay.end(false);
    transfer.done();
    tellOf(client, call, undefined, found.cacheStatus);
    throw transfer.error ?? new TypeError(`fetch failed: ${found.message}`);
  }
  if (found.passed) return passed(client, call, found, transfer, stay, redirected);
  // what is stored was decoded by `fetch`, and a range is of the octets as they came
  if (call.fields.has("range") && found.fields.has("content-encoding")) {
    stay.end(true);
    return answer(client, { ...call, cache: "no-store" }, redirected);
  }
  const { cacheStatus } = found;
  const told = tell(call, found);
  tellOf(client, call, told.status, cacheStatus);
  const response = new Response(bodyOf(told, found.content, stay), {
    status: told.status,
    headers: [...told.fields] as [string, string][],
  });
  const next = nextOf(call, told.status, found);
  return { response: decorate(response, { url: call.url, redirected, type: "basic", cacheStatus }), next };
}

/** What the network gave is given on as it is. */
function passed(
  client: Client,
  call: Call,
  found: CacheResponse,
  transfer: Transfer,
  stay: Stay,
  redirected: boolean,
): Answer {
  const native = transfer.native!;
  const { cacheStatus } = found;
  stay.end(false);
  transfer.own(call.signal);
  tellOf(client, call, native.status, cacheStatus);
  const origin = { url: native.url || call.url, redirected: redirected || native.redirected, type: native.type };
  return { response: decorate(native, { ...origin, cacheStatus }), next: nextOf(call, native.status, found) };
}

/** The call as the cache has it: its mode as a policy and as fields. */
function requestOf(client: Client, call: Call, keySpace: string, upstream: Transfer): CacheRequest {
  // who brings conditions of their own has a cache of their own (Fetch §4.5)
  const mode = call.cache === "default" && hasPreconditions(call) ? "no-store" : call.cache;
  const { adds, onlyIfCached } = cacheModes[mode];
  const added = Object.entries(adds).filter(([name]) => !call.fields.has(name));
  if (onlyIfCached) added.push(["cache-control", "only-if-cached"]);
  return {
    head: {
      method: call.method,
      target: call.url,
      fields: added.length === 0 ? call.fields : Fields.fromRaw([...call.fields.raw, ...added.flat()]),
    },
    cacheKey: keySpace + call.url,
    keySpace,
    otherSpaces: () => client.keySpaces.all(),
    body: call.hasBody ? empty : null,
    policy: client.policies(mode, client.refreshing.since(call.url)),
    upstream,
  };
}

const preconditions = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range"];
const hasPreconditions = ({ fields }: Call) => isConditional(fields) && preconditions.some((name) => fields.has(name));

/** Stands for content that the transfer takes from the call itself. */
const empty: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: async function* () {} };

/** Where an answer leads, if this call follows it. @throws {TypeError} where it must not lead anywhere */
function nextOf(call: Call, status: number, { fields }: CacheResponse): Call | undefined {
  if (call.redirect === "manual" || (call.method !== "GET" && call.method !== "HEAD")) return undefined;
  const next = redirectOf(call, status, fields);
  if (next !== undefined && call.redirect === "error")
    throw new TypeError(`fetch failed: ${call.url} redirects, which this request forbids`);
  return next;
}

function tellOf({ events, cache }: Client, call: Call, status: number | undefined, cacheStatus: CacheStatus): void {
  if (!events.wanted) return;
  const url = call.url.replace(/\/\/[^/@]*@/, "//");
  events.emit({ type: "answer", at: cache.now(), method: call.method, url, status, cacheStatus });
}

/** For what people should hear once. */
function once(tell: (message: string) => void): (message: string) => void {
  let told = false;
  return (message) => {
    if (!told) tell(message);
    told = true;
  };
}
