import { createHash } from "node:crypto";
import {
  type CacheFailure,
  type CacheResponse,
  type Content,
  ContentMismatch,
  readAll,
  UpstreamFailure,
  type UpstreamResponse,
} from "@larder/cache";
import { Fields, formatHttpDate, lastModified, type RequestHead, unconditional } from "@larder/core";
import { isMetadataMember, isWheel, type Link, metadataFault, strongestHash } from "@larder/formats";
import { bounded } from "./at-most.ts";
import { sha256, shortDigest } from "./digest.ts";
import { mendsField } from "./facts.ts";
import type { Gateway } from "./gateway.ts";
import type { ProxyMount } from "./proxy.ts";
import { openRemoteFile } from "./remote-file.ts";
import { mostMemberBytes, type Octets, readZipMember, ZipFault } from "./zip-member.ts";

/** Names, in what is stored, the wheel that metadata belong to; clients don't get it. */
export const wheelField = "larder-wheel";

/** Says, in what is stored, that these metadata were never compared with anything; clients don't get it. */
export const unprovenField = "larder-unproven";

/** Whether a link leads to core metadata that Larder can make itself. */
export const isMakeable = (link: Link | undefined): link is Link & { readonly part: "metadata" } =>
  link?.part === "metadata" && isWheel(link.file.filename);

/** A wheel by the strongest hash that the page gives of it; empty where it gives none. */
export function wheelName({ hashes }: Link["file"]): string {
  const hash = strongestHash(hashes);
  return hash === undefined ? "" : `${hash.algorithm}=${hash.hex}`;
}

/** How to get at a wheel's core metadata. */
export interface WheelSource {
  readonly gateway: Gateway;
  readonly mount: ProxyMount;
  readonly link: Link;
  readonly project: string;
  /** what the wheel is stored under, after the mount's key space */
  readonly wheelTarget: string;
  /** Fetches the whole wheel through the cache, which keeps it where it may. */
  readonly whole: () => Promise<CacheResponse | CacheFailure>;
}

/**
 * A wheel's core metadata as if the upstream had answered: read from the wheel where that is stored; else its own where it
 * offers them and they are right, by their hash where there is one; else read from the wheel by ranges, or, where the
 * upstream knows no ranges, from the whole.
 * @param request what the cache would ask the upstream
 * @throws {UpstreamFailure} where there is nothing right to be had
 */
export async function wheelMetadata(source: WheelSource, asked: RequestHead): Promise<UpstreamResponse> {
  const { link, mount } = source;
  const request = { ...unconditional(asked), method: "GET" };
  try {
    const stored = await storedWheel(source);
    if (stored !== undefined) return metadataAnswer(await member(octetsOf(stored), link), link);
    const own = await offered(source, request);
    if (own !== undefined) return metadataAnswer(own.bytes, link, { isProven: own.isProven });
    const opened = await openRemoteFile(mount.following, { ...request, target: link.file.url });
    if (opened.type === "other") return opened.response;
    if (opened.type === "file")
      return metadataAnswer(await member(opened.octets, link), link, { wheel: opened.first, isProven: false });
    const whole = await source.whole();
    if ("failed" in whole) throw new UpstreamFailure("broken", whole.message, { unsent: false });
    if (whole.status !== 200 || whole.content === null) return { ...whole, body: nothing() };
    return metadataAnswer(await member(await arrived(whole.content, whole.passed), link), link, { wheel: whole });
  } catch (error) {
    if (!(error instanceof ZipFault || error instanceof ContentMismatch)) throw error;
    const message = `The core metadata of ${link.file.filename} can't be read from it. ${error.message}`;
    throw new UpstreamFailure("broken", message, { unsent: false, cause: error });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What the upstream itself offers; undefined where it is missing, wrong or can't be had. */
async function offered(
  { link, mount, gateway, project, wheelTarget }: WheelSource,
  request: RequestHead,
): Promise<{ readonly bytes: Uint8Array; readonly isProven: boolean } | undefined> {
  const { coreMetadata, filename } = link.file;
  if (!coreMetadata) return undefined;
  const learned = gateway.facts.of(mount.keySpace, project).files.get(wheelTarget)?.metadata;
  try {
    const response = await mount.following.send({ ...request, target: link.url }, { body: null });
    if (response.status !== 200 || response.fields.has("content-encoding")) {
      await response.body[Symbol.asyncIterator]().return?.();
      return undefined;
    }
    const bytes = await readAtMost(response.body, mostMemberBytes);
    const said = learned === undefined ? coreMetadata : { sha256: learned };
    const hash = said === true ? undefined : strongestHash(said);
    if (hash !== undefined && createHash(hash.algorithm).update(bytes).digest("hex") !== hash.hex) return undefined;
    return metadataFault(bytes, filename) === undefined ? { bytes, isProven: hash !== undefined } : undefined;
  } catch (error) {
    if (error instanceof UpstreamFailure || error instanceof ZipFault) return undefined;
    throw error;
  }
}

function readAtMost(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const tooMuch = () => new ZipFault(`It has more than ${most} octets.`);
  return readAll({ length: undefined, read: () => bounded(body, most, tooMuch) });
}

/** The wheel from the store, where it is the one that the page names. */
async function storedWheel({ gateway, mount, link, wheelTarget }: WheelSource): Promise<Content | undefined> {
  const { store } = gateway.cache;
  const { sha256 } = link.file.hashes;
  const found = (await store.list(mount.keySpace + wheelTarget)).find(
    ({ status, content }) => status === 200 && sha256 !== undefined && content.sha256 === sha256,
  );
  return found && store.open(found);
}

/** A wheel that is still arriving, when it has. Where it isn't kept it can be read only once. */
export async function arrived(content: Content, passed: boolean): Promise<Octets> {
  if (passed)
    return octetsOf({ length: undefined, bytes: await readAtMost(content.read(), mostWholeBytes), read: content.read });
  let length = 0;
  for await (const chunk of content.read()) length += chunk.length;
  return octetsOf({ ...content, length, read: (range) => content.read(range) });
}

/** Octets of a wheel that are taken into memory where it must not be kept. */
const mostWholeBytes = 256 * 1024 * 1024;

/** What a store has whole, or has in hand. */
export function octetsOf(content: Content): Octets {
  const { bytes } = content;
  if (bytes !== undefined) return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
  return {
    size: content.length ?? 0,
    read: (first, end) => readAll({ length: end - first, read: () => content.read({ first, last: end - 1 }) }),
  };
}

/** @throws {ZipFault} */
export const metadataOf = (octets: Octets, filename: string): Promise<Uint8Array> =>
  readZipMember(octets, (path) => isMetadataMember(filename, path));

const member = (octets: Octets, { file }: Link) => metadataOf(octets, file.filename);

interface Origin {
  /** the head that came with the wheel, whose date the metadata have */
  readonly wheel?: { readonly fields: Fields };
  /** whether they are right for certain, by a hash of them or of the wheel */
  readonly isProven?: boolean;
}

/** Core metadata as an upstream that has them would answer. */
export function metadataAnswer(
  bytes: Uint8Array,
  { file }: Link,
  { wheel, isProven = true }: Origin = {},
): UpstreamResponse {
  const modified = wheel?.fields.read(lastModified);
  const fields = Fields.of(
    ["content-type", "text/plain; charset=utf-8"],
    ["content-length", String(bytes.length)],
    ["etag", `"${shortDigest(bytes)}"`],
    [wheelField, wheelName(file)],
    ...(isProven ? [] : [[unprovenField, "1"] as const]),
  );
  const said = typeof file.coreMetadata === "object" ? file.coreMetadata.sha256 : undefined;
  const isMended = said !== undefined && said !== sha256(bytes);
  const told = isMended ? fields.with({ [mendsField]: "sha256" }) : fields;
  return {
    status: 200,
    fields: modified === undefined ? told : told.with({ "last-modified": formatHttpDate(modified) }),
    body: (async function* () {
      yield bytes;
    })(),
  };
}
