import { type CacheFailure, type CacheResponse, exchange } from "@larder/cache";
import { conditions } from "@larder/core";
import { bodyOf } from "./body.ts";
import { type Call, readCall } from "./call.ts";
import { type Client, type ClientControls, cacheRequest, createClient, tellOf } from "./client.ts";
import { type Transfer, transferOf } from "./fetch-upstream.ts";
import type { CachedFetchOptions } from "./options.ts";
import { GivenUp, type Stay } from "./parties.ts";
import { mostRedirects, redirectOf } from "./redirects.ts";
import { type CachedResponse, decorate, tell } from "./response.ts";

/** `fetch` with a private cache (RFC 9111). Called as `fetch` is, it answers and fails as `fetch` does. */
export interface CachedFetch extends ClientControls {
  (input: string | URL | Request, init?: RequestInit): Promise<CachedResponse>;
}

interface FetchClient extends Client {
  readonly ask: typeof globalThis.fetch;
}

/**
 * Makes a cached fetch. It is one user's: where requests carry Authorization, each value has stored responses of its own
 * (`policy.separateBy`).
 * @param options see `CachedFetchOptions`; without any: 64 MB of memory, RFC 9111, nothing more
 */
export function createCachedFetch(options: CachedFetchOptions = {}): CachedFetch {
  const { controls, ...rest } = createClient(options);
  const client = { ...rest, ask: options.fetch ?? ((input, init) => globalThis.fetch(input, init)) };
  return Object.assign(
    async (input: string | URL | Request, init?: RequestInit) => follow(client, input, init),
    controls,
  );
}

/** One call's whole life: asked, followed where it redirects, and answered as `fetch` would. */
async function follow(client: FetchClient, input: string | URL | Request, init?: RequestInit): Promise<CachedResponse> {
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
async function answer(client: FetchClient, call: Call, redirected: boolean): Promise<Answer> {
  const space = client.keySpaces.of(call.fields);
  const keySpace = typeof space === "string" ? space : await space;
  const party = client.parties.of(keySpace + call.url);
  const stay = party.enter(call.signal);
  const transfer = transferOf(call, party, client.ask, client.offline);
  let found: CacheResponse | CacheFailure;
  try {
    const answer = exchange(client.cache, cacheRequest(client, call, modeOf(call), keySpace, transfer));
    found = answer instanceof Promise ? await stay.orAborted(answer) : answer;
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
  const told = tell({ method: call.method, target: call.url, fields: call.fields }, found);
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
  client: FetchClient,
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

/** Who brings conditions of their own has a cache of their own (Fetch §4.5). */
const modeOf = (call: Call) => (call.cache === "default" && call.fields.hasAny(conditions) ? "no-store" : call.cache);

/** Where an answer leads, if this call follows it. @throws {TypeError} where it must not lead anywhere */
function nextOf(call: Call, status: number, { fields }: CacheResponse): Call | undefined {
  if (call.redirect === "manual" || (call.method !== "GET" && call.method !== "HEAD")) return undefined;
  const next = redirectOf(call, status, fields);
  if (next !== undefined && call.redirect === "error")
    throw new TypeError(`fetch failed: ${call.url} redirects, which this request forbids`);
  return next;
}
