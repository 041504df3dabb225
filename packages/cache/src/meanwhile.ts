import { type Outcome, type StoredResponse, sameVarying } from "@larder/core";
import type { Cache } from "./cache.ts";

/** What was stored for the same requests while this was under way, but came before it: it must not come to light again. */
export async function meanwhile(
  cache: Cache,
  cacheKey: string,
  { response, replaces }: Pick<Extract<Outcome, { type: "store" }>, "response" | "replaces">,
): Promise<readonly StoredResponse[]> {
  if (response.status === 206) return [];
  const isOlder = (other: StoredResponse) =>
    other.responseTime <= response.responseTime && sameVarying(other.varying, response.varying);
  return (await cache.store.list(cacheKey)).filter((other) => !replaces.includes(other) && isOlder(other));
}
