import type { StoredResponse } from "@larder/core";
import type { FileFacts } from "@larder/formats";
import type { Facts } from "../facts.ts";
import { type ProxyMount, proxyOf } from "../proxy.ts";
import { projectOf } from "../seen.ts";
import { type ArchivedFacts, type ArchivedResponse, contentName, manifestName, writeManifest } from "./manifest.ts";
import type { OpenData } from "./open-data.ts";
import { openSink } from "./sink.ts";

/** Told what was done: so many of so many, and which. */
export type OnStep = (done: number, total: number, what: string) => void;

/** What an export holds. */
export interface Exported {
  readonly responses: number;
  /** octets of content, each content once */
  readonly bytes: number;
  /** targets of which the content turned out to be damaged; they are left out */
  readonly lost: readonly string[];
}

/** A stored response, which upstream it is of, and its target URI. */
interface Kept {
  readonly proxy: ProxyMount;
  readonly target: string;
  readonly stored: StoredResponse;
}

/**
 * Writes all that a mount keeps of its upstreams into an archive: the contents, each verified, and last a manifest with
 * what is known of them. An archive that was cut short has no manifest.
 * @param path of a folder to be made, or of a tar file where it ends with `.tar`
 * @throws {ArchiveFault} when there is something of that name
 */
export async function exportMount({ store, facts, mount }: OpenData, path: string, onStep: OnStep): Promise<Exported> {
  const kept: Kept[] = [];
  // mirrors may share one
  for (const keySpace of new Set(mount.proxies.map((proxy) => proxy.keySpace))) {
    for (const some of store.walk({ prefix: keySpace })) {
      for (const stored of some) {
        const proxy = proxyOf(mount.proxies, stored.cacheKey);
        const target = stored.cacheKey.slice(keySpace.length);
        // the key space of a mount with credentials begins with that of one without
        if (proxy?.keySpace === keySpace && /^https?:\/\//.test(target)) kept.push({ proxy, target, stored });
      }
    }
  }
  const sink = openSink(path);
  try {
    const responses: ArchivedResponse[] = [];
    const archived = new Map<string, number>();
    const lost: string[] = [];
    for (const [index, { proxy, target, stored }] of kept.entries()) {
      onStep(index + 1, kept.length, target);
      const { sha256, length } = stored.content;
      if (!archived.has(sha256)) {
        const content = await store.open(stored);
        if (content === undefined) {
          lost.push(target);
          continue;
        }
        await sink.add(contentName(sha256), length, content.read());
        archived.set(sha256, length);
      }
      responses.push({ upstream: proxy.config.upstream.href, stored: { ...stored, cacheKey: target } });
    }
    const { format, prefix } = mount.config;
    const made = new Date().toISOString();
    const manifest = { format, prefix, made, responses, facts: factsOf(facts, kept) };
    const text = Buffer.from(writeManifest(manifest));
    await sink.add(manifestName, text.length, once(text));
    await sink.finish();
    const bytes = [...archived.values()].reduce((sum, length) => sum + length, 0);
    return { responses: responses.length, bytes, lost };
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** What was learned about the files of the pages that are kept. */
function factsOf(facts: Facts, kept: readonly Kept[]): ArchivedFacts[] {
  return kept.flatMap(({ proxy, target }) => {
    const project = projectOf(proxy, target);
    if (project === undefined) return [];
    const files: Record<string, FileFacts> = Object.fromEntries(facts.of(proxy.keySpace, project).files);
    return Object.keys(files).length === 0 ? [] : [{ upstream: proxy.config.upstream.href, project, files }];
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
