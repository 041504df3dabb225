import { type Cache, type CacheRequest, createCache, memoryStore, type Store, type Upstream } from "@larder/cache";
import { type CacheStatus, Fields } from "@larder/core";
import { type CacheMode, cacheModes } from "./cache-modes.ts";
import { KeySpaces } from "./credentials.ts";
import { type CacheEvent, Events } from "./events.ts";
import { type ClientOptions, defaultPolicy } from "./options.ts";
import { Parties } from "./parties.ts";
import { type Policies, policiesOf } from "./policies.ts";
import { type Refresh, Refreshing } from "./refresh.ts";
import { resilient } from "./resilient-store.ts";

/** A private cache and what its owner wants of it; what the cached fetch and the interceptor have in common. */
export interface Client {
  readonly cache: Cache;
  readonly offline: boolean;
  readonly policies: Policies;
  readonly refreshing: Refreshing;
  readonly keySpaces: KeySpaces;
  readonly parties: Parties;
  readonly events: Events;
}

/** What can be done with a client besides asking. */
export interface ClientControls {
  /** What is stored by now must be validated before it is used again (`uv --refresh`). */
  refresh(what: Refresh): void;
  /** Everything that happens from now on, until the loop is left; a slow reader misses the oldest events. */
  events(): AsyncIterableIterator<CacheEvent>;
  readonly store: Store;
  /** Ends the store and all readers of events. */
  close(): Promise<void>;
}

/** @param options see `ClientOptions` */
export function createClient(options: ClientOptions): Client & { readonly controls: ClientControls } {
  const now = options.now ?? Date.now;
  const events = new Events(options.onEvent);
  const warn = once(options.onWarning ?? ((message) => console.warn(message)));
  const fault = (what: string, error: unknown) => events.emit({ type: "fault", at: now(), what, error });
  const store = resilient(options.store ?? memoryStore({ maxBytes: 64 << 20 }), (what, error) => {
    warn(`larder: ${what} failed (${error instanceof Error ? error.message : error}); requests go on without it`);
    fault(what, error);
  });
  const policy = { ...defaultPolicy, ...options.policy };
  const offline = options.offline ?? false;
  const refreshing = new Refreshing();
  if (options.refresh !== undefined) refreshing.add(options.refresh, now());
  return {
    cache: createCache({ store, shared: false, now, events: { fault } }),
    offline,
    policies: policiesOf(policy, offline),
    refreshing,
    keySpaces: new KeySpaces(policy.separateBy),
    parties: new Parties(),
    events,
    controls: {
      refresh: (what) => refreshing.add(what, now()),
      events: () => events.read(),
      store,
      close: async () => {
        events.close();
        await store.close();
      },
    },
  };
}

/** What the cache must know of a request. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly fields: Fields;
  readonly hasBody: boolean;
}

/** A request as the cache has it: its mode as a policy and as fields. */
export function cacheRequest(
  client: Client,
  { method, url, fields, hasBody }: Asked,
  mode: CacheMode,
  keySpace: string,
  upstream: Upstream,
): CacheRequest {
  const { adds, onlyIfCached } = cacheModes[mode];
  const added = Object.entries(adds).filter(([name]) => !fields.has(name));
  if (onlyIfCached) added.push(["cache-control", "only-if-cached"]);
  return {
    head: {
      method,
      target: url,
      fields: added.length === 0 ? fields : Fields.fromRaw([...fields.raw, ...added.flat()]),
    },
    cacheKey: keySpace + url,
    keySpace,
    otherSpaces: () => client.keySpaces.all(),
    body: hasBody ? elsewhere : null,
    policy: client.policies(mode, client.refreshing.since(url)),
    upstream,
  };
}

/** Stands for content that the upstream takes from the request itself. */
const elsewhere: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: async function* () {} };

/** Tells of an answer; `status` is undefined where there was none. */
export function tellOf(
  { events, cache }: Client,
  { method, url }: Pick<Asked, "method" | "url">,
  status: number | undefined,
  cacheStatus: CacheStatus,
): void {
  if (!events.wanted) return;
  const bare = url.replace(/^(https?:\/\/)[^/@]*@/, "$1");
  events.emit({ type: "answer", at: cache.now(), method, url: bare, status, cacheStatus });
}

/** For what people should hear once. */
function once(tell: (message: string) => void): (message: string) => void {
  let told = false;
  return (message) => {
    if (!told) tell(message);
    told = true;
  };
}
