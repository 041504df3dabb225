import type { Store } from "@larder/cache";
import type { StoredResponse, Timestamp } from "@larder/core";
import { isWheel, normalizeName } from "@larder/formats";
import { sha256 } from "./digest.ts";
import type { Facts } from "./facts.ts";
import { factUrl, type ProxyMount, proxyOf } from "./proxy.ts";
import { metadataOf, octetsOf, unprovenField, wheelField } from "./wheel-metadata.ts";
import { ZipFault } from "./zip-member.ts";

/** Metadata that were stored, and turned out to be other than the wheel's. */
export interface WrongMetadata {
  readonly mount: string;
  readonly wheel: string;
}

/** Whether a response is one that has core metadata, or is some. */
export const mayHaveMetadata = ({ cacheKey }: StoredResponse): boolean =>
  /\.(?:whl(?:\.metadata)?|tar\.gz)(?:\?|$)/i.test(cacheKey);

/**
 * Once a wheel is stored whole, by its hash, core metadata that were taken on trust, by ranges or from the upstream
 * without a hash of them, are compared with its own. Wrong ones are forgotten, and the page tells the right hash.
 * @param response what was just stored: a wheel, or its core metadata
 * @returns what was wrong; undefined where nothing was, or where not both are stored
 */
export async function checkMetadata(
  { store, facts, proxies }: { readonly store: Store; readonly facts: Facts; readonly proxies: readonly ProxyMount[] },
  { cacheKey }: StoredResponse,
  now: Timestamp,
): Promise<WrongMetadata | undefined> {
  const [, wheelKey = "", query = ""] = /^(.*?\.whl)(?:\.metadata)?(\?.*)?$/i.exec(cacheKey) ?? [];
  const proxy = proxyOf(proxies, cacheKey);
  if (wheelKey === "" || proxy === undefined) return undefined;
  const metadata = (await store.list(`${wheelKey}.metadata${query}`)).find(({ fields }) => fields.has(unprovenField));
  if (metadata === undefined) return undefined;
  const named = metadata.fields.get(wheelField);
  const wheel = (await store.list(wheelKey + query)).find(({ content }) => named === `sha256=${content.sha256}`);
  const content = wheel && (await store.open(wheel));
  const filename = decodeURIComponent(wheelKey.slice(wheelKey.lastIndexOf("/") + 1));
  if (content === undefined || !isWheel(filename)) return undefined;
  const bytes = await metadataOf(octetsOf(content), filename).catch((error: unknown) => {
    if (error instanceof ZipFault) return undefined;
    throw error;
  });
  const own = bytes && sha256(bytes);
  if (own === metadata.content.sha256) return undefined;
  await store.remove([metadata]);
  const project = normalizeName(filename.slice(0, filename.indexOf("-")));
  const target = factUrl(proxy, (wheelKey + query).slice(proxy.keySpace.length));
  if (own !== undefined) facts.learn(proxy.keySpace, project, target, { metadata: own }, now);
  return { mount: proxy.config.prefix, wheel: filename };
}
