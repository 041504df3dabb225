import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { acceptEncoding, preferredCoding, type RequestHead } from "@larder/core";
import type { Answer, MaybePromise } from "./answer.ts";
import { type CachePolicy, validateAlways } from "./cache-policy.ts";
import { conditional } from "./conditional.ts";
import { type FileState, FileStates, missing } from "./file-state-node.ts";
import { mediaType } from "./media-types.ts";

const endings = { br: ".br", gzip: ".gz", zstd: ".zst" } as const;

export interface StaticOptions {
  /** the beginning of the paths that are answered from here, such as `/static`; none where left out */
  readonly prefix?: string;
  /** by the path below the prefix; `validateAlways()` where left out */
  readonly cacheControl?: (path: string) => CachePolicy | string;
  /** what a path that ends in a slash stands for; `index.html` where left out */
  readonly index?: string;
  /** by the file's name; a table of common ones where left out */
  readonly mediaType?: (name: string) => string;
  /** codings of which there are files beside the plain one (`page.html.br`); the best first; none where left out */
  readonly precompressed?: readonly (keyof typeof endings)[];
  /** whether names that begin with a dot are answered; they are not where left out */
  readonly dotFiles?: boolean;
  /** the time; the machine's clock where left out */
  readonly now?: () => number;
}

/**
 * The names that a path goes through, decoded; a last "" stands for the index.
 * @returns undefined for a path that no file may have: dots, separators, NUL, encodings that are none
 */
function segmentsOf(path: string, dotFiles: boolean): string[] | undefined {
  if (!path.startsWith("/")) return undefined;
  const segments: string[] = [];
  const parts = path.slice(1).split("/");
  for (const [i, part] of parts.entries()) {
    let name: string;
    try {
      name = decodeURIComponent(part);
    } catch {
      return undefined;
    }
    if (/[/\\\0]/.test(name) || name === "." || name === ".." || (name.startsWith(".") && !dotFiles)) return undefined;
    if (name === "" && i < parts.length - 1) return undefined;
    segments.push(name);
  }
  return segments;
}

/** Relative, and never read as another scheme or host. */
function toFolder(request: RequestHead): MaybePromise<Answer> {
  const { pathname, search } = new URL(request.target);
  const fields = {
    location: `./${pathname.slice(pathname.lastIndexOf("/") + 1)}/${search}`,
    "cache-control": "no-cache",
  };
  return conditional(request, {}, () => ({ status: 301, fields }));
}

/**
 * Answers GET and HEAD from the files below a folder: strong tags of the content, Last-Modified, 304, ranges, and
 * where wanted a coding of which there is a file. Links are followed, but not out of the folder.
 * @returns a function to a request's answer; undefined where no file is meant or there: the program goes on
 * @throws (the function) what the file system says besides "not there"
 */
export function staticFiles(
  root: string,
  options: StaticOptions = {},
): (request: RequestHead) => Promise<Answer | undefined> {
  const { prefix = "", index = "index.html", dotFiles = false, precompressed = [] } = options;
  const policyOf = options.cacheControl ?? (() => validateAlways());
  const typeOf = options.mediaType ?? mediaType;
  const clock = options.now ?? Date.now;
  const states = new FileStates();

  /** the real path of a name below the root */
  async function locate(name: string): Promise<string | undefined> {
    const base = await realpath(root);
    const path = await realpath(join(base, name)).catch(missing);
    return path === undefined || path.startsWith(base.endsWith(sep) ? base : base + sep) ? path : undefined;
  }

  async function stateOf(name: string, now: number): Promise<FileState | undefined> {
    const path = await locate(name);
    return path === undefined ? undefined : states.read(path, now);
  }

  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const { pathname } = new URL(request.target);
    const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : "";
    const segments = segmentsOf(path, dotFiles);
    if (segments === undefined) return undefined;
    const name = join(...segments.slice(0, -1), segments.at(-1) || index);
    const now = clock();

    const plain = await stateOf(name, now);
    if (plain === undefined) {
      const isFolder = segments.at(-1) !== "" && (await stateOf(join(name, index), now)) !== undefined;
      return isFolder ? toFolder(request) : undefined;
    }
    const coded = new Map([["identity", plain]]);
    for (const coding of precompressed) {
      const state = await stateOf(name + endings[coding], now);
      if (state !== undefined) coded.set(coding, state);
    }
    const offered = [...precompressed.filter((coding) => coded.has(coding)), "identity"];
    const coding = preferredCoding(request.fields.read(acceptEncoding), offered) ?? "identity";
    const { etag, lastModified, source } = coded.get(coding)!;
    const state = {
      etag,
      lastModified,
      cacheControl: policyOf(path),
      now,
      ...(precompressed.length > 0 && { vary: ["accept-encoding"] }),
    };
    const fields = {
      "content-type": typeOf(name),
      ...(coding !== "identity" && { "content-encoding": coding }),
      "x-content-type-options": "nosniff",
    };
    return conditional(request, state, () => ({ fields, content: source }));
  };
}
