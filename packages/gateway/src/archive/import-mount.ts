import type { ListableStore } from "@larder/cache/sqlite";
import type { StoredResponse } from "@larder/core";
import { ConfigFault } from "@larder/server";
import type { Mount } from "../mount.ts";
import type { OnStep } from "./export-mount.ts";
import { ArchiveFault } from "./fault.ts";
import type { ArchivedResponse, Manifest } from "./manifest.ts";
import type { OpenData } from "./open-data.ts";
import type { ArchiveSource } from "./source.ts";
import { byContent } from "./verify.ts";

/** What an import did. */
export interface Imported {
  readonly imported: number;
  /** responses that were there, as new or newer */
  readonly there: number;
}

/**
 * Puts what an archive holds into a mount's store. What is there and newer stays. When anything goes wrong, all that was
 * put is taken out again.
 * @param manifest of the archive, whose contents were verified
 * @param maxBytes octets that the store keeps
 * @throws {ConfigFault} when the mount has another upstream, or no room
 */
export async function importMount(
  { store, facts, mount }: OpenData,
  source: ArchiveSource,
  manifest: Manifest,
  maxBytes: number,
  onStep: OnStep,
): Promise<Imported> {
  const keySpaces = keySpacesOf(mount, manifest, source.path);
  const contents = byContent(manifest);
  const bytes = [...contents.values()].reduce((sum, [first]) => sum + first!.stored.content.length, 0);
  if (bytes > maxBytes) throw noRoom(source.path, bytes, maxBytes);

  const put: StoredResponse[] = [];
  const replaced: StoredResponse[] = [];
  let there = 0;
  try {
    for await (const { name, chunks } of source.entries()) {
      let octets = chunks;
      for (const archived of contents.get(name) ?? []) {
        onStep(put.length + there + 1, manifest.responses.length, archived.stored.cacheKey);
        const cacheKey = keySpaces.get(archived.upstream)! + archived.stored.cacheKey;
        const before = await sameOf(store, cacheKey, archived);
        if (before[0] !== undefined && (await isAsGood(store, before[0], archived))) {
          there++;
          continue;
        }
        const stored = { ...archived.stored, id: crypto.randomUUID(), cacheKey, ...sinceOf(archived, before[0]) };
        await keep(store, stored, octets);
        put.push(stored);
        replaced.push(...before);
        const content = await store.open(stored);
        if (content === undefined) throw noRoom(source.path, bytes, maxBytes);
        // the archive gives them once
        octets = content.read();
      }
    }
    if (put.length + there !== manifest.responses.length)
      throw new ArchiveFault(`${source.path} changed while it was read`);
    for (const { id, cacheKey } of put)
      if (!(await store.list(cacheKey)).some((one) => one.id === id)) throw noRoom(source.path, bytes, maxBytes);
    for (const { upstream, project, files } of manifest.facts)
      for (const [url, one] of Object.entries(files))
        facts.learn(keySpaces.get(upstream)!, project, url, one, Date.now());
    await store.remove(replaced);
    return { imported: put.length, there };
  } catch (error) {
    await store.remove(put);
    throw error;
  }
}

const noRoom = (path: string, bytes: number, maxBytes: number) =>
  new ConfigFault(`${path} holds ${bytes} octets, and no more than ${maxBytes} are kept: set size-limit higher`);

/** The key space of each upstream that the archive has responses of. */
function keySpacesOf(
  { config, proxies }: Mount,
  { format, responses, facts }: Manifest,
  path: string,
): Map<string, string> {
  if (format !== config.format)
    throw new ConfigFault(
      `${path} was exported from a mount of format ${format}; ${config.prefix} is ${config.format}`,
    );
  const keySpaces = new Map(proxies.map((proxy) => [proxy.config.upstream.href, proxy.keySpace]));
  for (const { upstream } of [...responses, ...facts]) {
    if (keySpaces.has(upstream)) continue;
    const own = [...keySpaces.keys()].join(", ");
    throw new ConfigFault(
      `${path} was exported from a mount of ${upstream}, but ${config.prefix} is of ${own}: mount that upstream, --offline`,
    );
  }
  return keySpaces;
}

/** What is stored under this key for the same selecting fields, newest first. */
async function sameOf(store: ListableStore, cacheKey: string, { stored }: ArchivedResponse): Promise<StoredResponse[]> {
  const varying = JSON.stringify(stored.varying);
  const all = await store.list(cacheKey);
  return all.filter((one) => one.method === stored.method && JSON.stringify(one.varying) === varying);
}

const isAsGood = async (store: ListableStore, before: StoredResponse, { stored }: ArchivedResponse) =>
  before.responseTime >= stored.responseTime && (await store.open(before)) !== undefined;

/** Other content is at least a second newer than what it takes the place of; see `StoredResponse.contentSince`. */
function sinceOf({ stored }: ArchivedResponse, before: StoredResponse | undefined): { readonly contentSince: number } {
  if (before === undefined) return { contentSince: stored.contentSince };
  const isSame = before.content.sha256 === stored.content.sha256;
  return { contentSince: isSame ? before.contentSince : Math.max(stored.contentSince, before.contentSince + 1000) };
}

async function keep(store: ListableStore, stored: StoredResponse, octets: AsyncIterable<Uint8Array>): Promise<void> {
  const { sha256, length } = stored.content;
  const writer = store.create({ length, digest: { algorithm: "sha256", hex: sha256 } });
  try {
    for await (const chunk of octets) await writer.write(chunk);
    await writer.finish();
    await store.put(stored, writer);
  } catch (error) {
    writer.abort(error as Error);
    throw error;
  }
}
