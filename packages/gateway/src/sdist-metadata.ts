import { type Store, UpstreamFailure, type UpstreamResponse } from "@larder/cache";
import type { StoredResponse, Timestamp } from "@larder/core";
import { isReliable, type Link, metadataFault, normalizeName, readCoreFields } from "@larder/formats";
import { sha256 } from "./digest.ts";
import type { Facts } from "./facts.ts";
import type { Gateway } from "./gateway.ts";
import { readPkgInfo, TarFault } from "./pkg-info.ts";
import { type ProxyMount, proxyOf } from "./proxy.ts";
import { arrived, metadataAnswer, octetsOf, type WheelSource } from "./wheel-metadata.ts";

/**
 * Learns the core metadata of a source distribution that was just stored, where they say already what its wheel's will
 * say of dependencies (PEP 643): pages offer them from then on, so that a resolver needs no build.
 */
export async function learnSdist(
  { store, facts, proxies }: { readonly store: Store; readonly facts: Facts; readonly proxies: readonly ProxyMount[] },
  response: StoredResponse,
  now: Timestamp,
): Promise<void> {
  const [, path = ""] = /^(.*\.tar\.gz)(?:\?.*)?$/i.exec(response.cacheKey) ?? [];
  const proxy = proxyOf(proxies, response.cacheKey);
  if (path === "" || proxy === undefined || proxy.config.format !== "pypi" || response.status !== 200) return;
  const filename = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
  const content = await store.open(response);
  const bytes = content && (await readPkgInfo(octetsOf(content), "found").catch(nothingFor(TarFault)));
  if (bytes === undefined) return;
  const fields = readCoreFields(bytes);
  const project = normalizeName(fields.name ?? "");
  const target = response.cacheKey.slice(proxy.keySpace.length);
  const says = isReliable(fields) && metadataFault(bytes, filename) === undefined;
  const isKnown = facts.of(proxy.keySpace, project).files.get(target)?.pkgInfo !== undefined;
  if (says || isKnown) facts.learn(proxy.keySpace, project, target, { pkgInfo: says ? sha256(bytes) : "" }, now);
}

/** Whether a link leads to core metadata of a source distribution that were learned, and that its index doesn't have. */
export function isLearned(
  { facts }: Gateway,
  { keySpace }: ProxyMount,
  project: string,
  sdistTarget: string,
  link: Link,
): boolean {
  if (link.part !== "metadata" || link.file.coreMetadata) return false;
  return Boolean(facts.of(keySpace, project).files.get(sdistTarget)?.pkgInfo);
}

/**
 * A source distribution's core metadata as if the upstream had answered: read from it, which is fetched anew where it is
 * no longer stored.
 * @throws {UpstreamFailure} where it can't be had, or is another one now
 */
export async function sdistMetadata({
  gateway,
  mount,
  link,
  project,
  wheelTarget,
  whole,
}: WheelSource): Promise<UpstreamResponse> {
  const sdist = await whole();
  if ("failed" in sdist) throw new UpstreamFailure("broken", sdist.message, { unsent: false });
  if (sdist.status !== 200 || sdist.content === null) return { ...sdist, body: (async function* () {})() };
  const octets = await arrived(sdist.content, sdist.passed);
  const found = await readPkgInfo(octets, "found").catch(nothingFor(TarFault));
  const learned = gateway.facts.of(mount.keySpace, project).files.get(wheelTarget)?.pkgInfo;
  if (found === undefined || sha256(found) !== learned) {
    const message = `${link.file.filename} is not the one any more whose core metadata were offered.`;
    throw new UpstreamFailure("broken", message, { unsent: false });
  }
  return metadataAnswer(found, link, { wheel: sdist });
}

/** For `catch`: undefined in place of an error of this kind. */
const nothingFor =
  (kind: new (...args: never[]) => Error) =>
  (error: unknown): undefined => {
    if (error instanceof kind) return undefined;
    throw error;
  };
