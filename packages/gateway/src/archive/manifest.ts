import { storedFromJson, storedToJson } from "@larder/cache";
import type { StoredResponse } from "@larder/core";
import type { FileFacts } from "@larder/formats";
import { ArchiveFault } from "./fault.ts";

/** The name of an archive's manifest; the contents are beside it, in `content/`, each named by its SHA-256. */
export const manifestName = "larder-export.json";
export const contentName = (sha256: string) => `content/${sha256}`;

/** A stored response of an upstream; its cache key is the target URI. */
export interface ArchivedResponse {
  readonly upstream: string;
  readonly stored: StoredResponse;
}

/** What was learned about the files of a project that their index doesn't say, by URL. */
export interface ArchivedFacts {
  readonly upstream: string;
  readonly project: string;
  readonly files: Readonly<Record<string, FileFacts>>;
}

/** What an archive holds: a mount's responses, the digests of their contents among the rest. */
export interface Manifest {
  readonly format: string;
  /** the prefix that it was mounted at */
  readonly prefix: string;
  /** RFC 3339 */
  readonly made: string;
  readonly responses: readonly ArchivedResponse[];
  readonly facts: readonly ArchivedFacts[];
}

const kind = "larder export";
const version = 1;

/** The manifest's text. */
export function writeManifest({ responses, ...rest }: Manifest): string {
  const archived = responses.map(({ upstream, stored }) => ({ upstream, ...storedToJson(stored) }));
  return `${JSON.stringify({ kind, version, ...rest, responses: archived })}\n`;
}

/**
 * The way back from `writeManifest`; what an archive says is not believed to be well formed.
 * @param name of the archive, for the errors
 * @throws {ArchiveFault}
 */
export function readManifest(text: string, name: string): Manifest {
  let read: Record<string, unknown>;
  try {
    read = Object(JSON.parse(text));
  } catch {
    throw new ArchiveFault(`${name} is damaged: its ${manifestName} is no JSON`);
  }
  if (read.kind !== kind)
    throw new ArchiveFault(`${name} is no export of larder's: ${manifestName} says something else`);
  if (read.version !== version)
    throw new ArchiveFault(`${name} is an export of version ${read.version}; this larder reads version ${version}`);
  const { format, prefix, made, responses, facts } = read;
  const damaged = new ArchiveFault(`${name} is damaged: its ${manifestName} lacks what an export has`);
  if (!isText(format) || !isText(prefix) || !isText(made) || !Array.isArray(responses) || !Array.isArray(facts))
    throw damaged;
  if (!facts.every(isFacts)) throw damaged;
  return {
    format,
    prefix,
    made,
    facts,
    responses: responses.map((value) => {
      const { upstream, ...rest } = Object(value);
      const stored = isStored(rest) ? storedFromJson(rest) : undefined;
      if (!isText(upstream) || stored === undefined) throw damaged;
      return { upstream, stored };
    }),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

const isFacts = (value: unknown): value is ArchivedFacts => {
  const { upstream, project, files } = Object(value);
  return isText(upstream) && isText(project) && Object.values(Object(files)).every((one) => Object(one) === one);
};

/** Whether it has what makes a stored response; the digest becomes part of a path. */
function isStored(value: Readonly<Record<string, unknown>>): boolean {
  const { cacheKey, method, status, fields, varying, content, invalid } = value;
  const { sha256, length } = Object(content);
  const times = [value.requestTime, value.responseTime, value.contentSince, value.verifiedAt];
  return (
    isText(cacheKey) &&
    /^https?:\/\//.test(cacheKey) &&
    isText(method) &&
    isCount(status) &&
    Array.isArray(fields) &&
    fields.length % 2 === 0 &&
    fields.every(isText) &&
    Array.isArray(varying) &&
    varying.every((pair) => Array.isArray(pair) && isText(pair[0]) && (isText(pair[1]) || pair[1] == null)) &&
    isText(sha256) &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    isCount(length) &&
    times.every((time) => Number.isFinite(time)) &&
    typeof invalid === "boolean"
  );
}
