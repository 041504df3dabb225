import { type CachedFetch, type CachedFetchOptions, createCachedFetch } from "../src/index.ts";

/** What the network answers to one request: a Response to be, or an error. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array> | null;
}
type Answering = Answer | Error | ((request: Request) => Answer | Promise<Answer>);

/** A network that answers from a list, one entry a request, and remembers what it was asked. */
export interface Network {
  readonly fetch: typeof fetch;
  readonly asked: Request[];
}

/** @param answers in order; asked once more than there are, it fails */
export function network(...answers: Answering[]): Network {
  const asked: Request[] = [];
  return {
    asked,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const next = answers[asked.length];
      asked.push(request);
      if (next === undefined) throw new TypeError(`the network was asked ${asked.length} times`);
      const answer = typeof next === "function" ? await next(request) : next;
      if (answer instanceof Error) throw answer;
      const { status = 200, headers = {}, body = "" } = answer;
      const nothing = status === 304 || status === 204 || request.method === "HEAD";
      return new Response(nothing ? null : body, { status, headers });
    },
  };
}

/** A whole second, so that dates can say it. */
export const start = Date.UTC(2026, 0, 1, 12);
export const url = "http://api.example/x";

export interface Bench extends Network {
  readonly cached: CachedFetch;
  /** lets so many seconds pass */
  wait(seconds: number): void;
}

/** A cached fetch over such a network, with a clock that stands. */
export function bench(answers: readonly Answering[], options: CachedFetchOptions = {}): Bench {
  const net = network(...answers);
  let now = start;
  return {
    ...net,
    cached: createCachedFetch({ fetch: net.fetch, now: () => now, ...options }),
    wait: (seconds) => {
      now += seconds * 1000;
    },
  };
}

/** A 200 that is fresh for a minute. */
export const fresh = (body = "one", headers: Readonly<Record<string, string>> = {}): Answer => ({
  headers: { "cache-control": "max-age=60", etag: '"1"', date: new Date(start).toUTCString(), ...headers },
  body,
});

/** To who asks with the tag of `fresh`. */
export const notModified: Answer = { status: 304, headers: { etag: '"1"' } };
