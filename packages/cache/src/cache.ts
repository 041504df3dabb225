import type { CacheStatus, Fields, Policy, RequestHead, ResponseHead, StoredResponse, Timestamp } from "@larder/core";
import type { Arriving } from "./arriving.ts";
import type { Copies } from "./copies.ts";
import type { Forwarded } from "./forward.ts";
import type { PassMemory } from "./pass-memory.ts";
import type { invalidateRelated } from "./related.ts";
import type { Content, Expectation, Store } from "./store.ts";
import type { Upstream } from "./upstream.ts";

/** A request to a cache. Its head is what goes upstream: the target URI is the upstream's. */
export interface CacheRequest {
  readonly head: RequestHead;
  /** `keySpace` + target URI; what is stored under one key space is never seen from another */
  readonly cacheKey: string;
  readonly keySpace: string;
  /** further key spaces that a change of the target concerns: what is invalidated is so in these, too (RFC 9111 §4.4) */
  readonly otherSpaces?: () => readonly string[];
  /** nobody waits for its answer */
  readonly background?: boolean;
  readonly body: AsyncIterable<Uint8Array> | null;
  readonly policy: Policy;
  readonly upstream: Upstream;
  /**
   * What the content must turn out to be; asked only when the upstream is about to be asked.
   * What it throws, `exchange` throws.
   */
  readonly expect?: () => Promise<Expectation>;
  /**
   * For small content that is only of use as a whole: it must have arrived, and this must find nothing wrong with it,
   * before it is stored or answers anything. What it returns is what is wrong, in words; then it counts as a failure of
   * the upstream.
   */
  readonly inspect?: (head: ResponseHead, bytes: Uint8Array) => string | undefined;
  /** octets of content beyond which a response is passed on without being kept; left out, what the store has room for */
  readonly mostStored?: number | undefined;
  /** what stands for a target in cache keys; left out, itself */
  readonly targetKey?: (target: string) => string;
  readonly onInterim?: (interim: ResponseHead) => void;
}

/** What a cache answers: always the whole selected response; preconditions and ranges are judged by who sends it. */
export interface CacheResponse {
  readonly status: number;
  /** end-to-end fields; of a stored response without `Age` of its own: see `age` */
  readonly fields: Fields;
  /** null where there is none to send */
  readonly content: Content | null;
  /** the stored response behind it, where it came from the store or is on its way there */
  readonly stored?: StoredResponse;
  /** seconds, for a response from the store (RFC 9111 §5.1) */
  readonly age?: number;
  /** straight from the upstream, which has seen the request's preconditions and Range; its content can be read once */
  readonly passed: boolean;
  readonly cacheStatus: CacheStatus;
}

/** The upstream gave nothing to answer with, or must not be asked. */
export interface CacheFailure {
  readonly failed: true;
  readonly status: 502 | 504;
  /** for people: what went wrong */
  readonly message: string;
  readonly cacheStatus: CacheStatus;
}

/** What happens beside the answers: for logs and metrics. */
export interface CacheEvents {
  /** something went wrong that the answer doesn't show: a background validation, a store that can't take content */
  fault(what: string, error: unknown): void;
  /** the upstream gave other content for the same validator, so its 304s can't be believed; told when the content is stored */
  caught?(cacheKey: string): void;
  /** a response is in the store with its content, whole and as it was expected to be */
  stored?(response: StoredResponse): void;
}

/** A cache: a store, a clock, and the exchanges with upstreams that are under way. */
export interface Cache {
  readonly store: Store;
  /** RFC 9111 §1.2.1; a gateway's is shared, a client library's private */
  readonly shared: boolean;
  readonly now: () => Timestamp;
  readonly events: CacheEvents;
  /** exchanges under way that other requests may share, by cache key */
  readonly underway: Map<string, Promise<Forwarded>>;
  /** exchanges whose responses may get into the store, by cache key */
  readonly arriving: Map<string, Set<Arriving>>;
  /** what others have copies of; left out, nobody has any */
  readonly copies?: Copies | undefined;
  /** what was for one alone lately, so that nobody waits for it; a cache of several users wants one */
  readonly passing?: PassMemory;
  /** what a response to an unsafe request invalidates beyond its targets: `invalidateRelated`; left out, nothing */
  readonly related?: typeof invalidateRelated;
  /** background validations that may run at once; more are left to the next request */
  readonly backgroundLimit: number;
  background: number;
}

/** A cache that has nothing under way. @param options.backgroundLimit how many background validations at once (64) */
export function createCache(options: {
  store: Store;
  shared: boolean;
  now: () => Timestamp;
  events: CacheEvents;
  backgroundLimit?: number;
  copies?: Copies | undefined;
  passing?: PassMemory;
  related?: typeof invalidateRelated;
}): Cache {
  return { backgroundLimit: 64, ...options, underway: new Map(), arriving: new Map(), background: 0 };
}
