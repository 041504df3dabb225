import { Fields, formatHttpDate, type Policy, plainPolicy } from "@larder/core";
import {
  type CacheFailure,
  type CacheRequest,
  type CacheResponse,
  createCache,
  exchange,
  invalidateRelated,
  memoryStore,
  PassMemory,
  readAll,
} from "../src/index.ts";
import type { Answer, FakeUpstream } from "./fake-upstream.ts";

export const start = Date.UTC(2026, 0, 1);
export const target = "http://index.example/a";

export const dated = (fields: Record<string, string>) => ({ Date: formatHttpDate(start), ...fields });
/** What the upstream has, and what it has later, each fresh for a minute. */
export const fresh = { fields: dated({ "Cache-Control": "max-age=60", ETag: '"1"' }), body: "one" } satisfies Answer;
export const newer = { fields: dated({ "Cache-Control": "max-age=60", ETag: '"2"' }), body: "two" } satisfies Answer;

/** A cache with a clock that the test moves, and one way to ask it for the same target. */
export function bench(upstream: FakeUpstream, options: { policy?: Partial<Policy>; shared?: boolean } = {}) {
  let now = start;
  const faults: string[] = [];
  const cache = createCache({
    store: memoryStore({ maxBytes: 1_000_000 }),
    shared: options.shared ?? true,
    now: () => now,
    events: { fault: (what) => faults.push(what) },
    passing: new PassMemory(),
    related: invalidateRelated,
  });
  const ask = (
    fields: Record<string, string> = {},
    more: Partial<CacheRequest> & { method?: string; target?: string } = {},
  ) =>
    exchange(cache, {
      head: {
        method: more.method ?? "GET",
        target: more.target ?? target,
        fields: Fields.of(...Object.entries(fields)),
      },
      cacheKey: `test ${more.target ?? target}`,
      keySpace: "test ",
      body: null,
      policy: { ...plainPolicy, ...options.policy },
      upstream,
      ...more,
    });
  return { cache, ask, faults, pass: (seconds: number) => (now += seconds * 1000) };
}

/** An answer as tests compare it: its status and text, and what Cache-Status says. */
export async function told(answer: CacheResponse | CacheFailure) {
  if ("failed" in answer) return { failed: answer.status, ...answer.cacheStatus };
  const text = answer.content === null ? "" : new TextDecoder().decode(await readAll(answer.content));
  return { status: answer.status, text, ...answer.cacheStatus };
}
