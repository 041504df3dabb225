// What the index of the conformance runs has, and its pages (PEP 503 and PEP 691).
import { type Package, sha256 } from "./packages.ts";

/** Files of one project, oldest first; a file that is published again takes the place of the earlier one. */
export type Catalogue = Map<string, Map<string, Package>>;

export function publish(catalogue: Catalogue, project: string, file: Package): void {
  if (!catalogue.has(project)) catalogue.set(project, new Map());
  catalogue.get(project)!.set(file.filename, file);
}

export interface PageOptions {
  readonly filesAt: string;
  /** this many files more, yanked, each with a long reason: about 2 KB a file */
  readonly padding: number;
  /** whether core metadata are offered (PEP 658) */
  readonly metadata: boolean;
}

interface Entry {
  readonly filename: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
  /** SHA-256 of its core metadata */
  readonly metadata: string | undefined;
  readonly uploadTime?: string | undefined;
  readonly yanked?: string;
}

const reason = "This release does not work. ".repeat(60);

function entries(project: string, files: ReadonlyMap<string, Package>, options: PageOptions): Entry[] {
  const { filesAt, padding } = options;
  const real = [...files.values()].map((file) => ({
    filename: file.filename,
    url: `${filesAt}/files/${project}/${file.filename}`,
    sha256: file.sha256,
    size: file.content.length,
    metadata: options.metadata && file.metadata !== undefined ? sha256(file.metadata) : undefined,
    uploadTime: file.uploadTime,
  }));
  const more = Array.from({ length: padding }, (_, n) => {
    const filename = `${project.replaceAll("-", "_")}-0.${n}-py3-none-any.whl`;
    const url = `${filesAt}/files/${project}/${filename}`;
    const hash = n.toString(16).padStart(64, "0");
    return { filename, url, sha256: hash, size: 1000, metadata: undefined, yanked: reason };
  });
  return [...more, ...real];
}

/** A project's page as JSON, API version 1.1. */
export function jsonPage(project: string, files: ReadonlyMap<string, Package>, options: PageOptions): string {
  const versions = new Set(
    entries(project, files, options).map(({ filename }) => /^[^-]+-([^-]+?)(-|\.tar)/.exec(filename)![1]),
  );
  return JSON.stringify({
    meta: { "api-version": "1.1" },
    name: project,
    versions: [...versions],
    files: entries(project, files, options).map((entry) => ({
      filename: entry.filename,
      url: entry.url,
      hashes: { sha256: entry.sha256 },
      size: entry.size,
      ...(entry.metadata === undefined ? {} : { "core-metadata": { sha256: entry.metadata } }),
      "upload-time": entry.uploadTime,
      ...(entry.yanked === undefined ? {} : { yanked: entry.yanked }),
    })),
  });
}

/** The same as HTML. */
export function htmlPage(project: string, files: ReadonlyMap<string, Package>, options: PageOptions): string {
  const links = entries(project, files, options).map(({ filename, url, sha256, metadata, yanked }) => {
    const about = metadata === undefined ? "" : ` data-core-metadata="sha256=${metadata}"`;
    const more = `${about}${yanked === undefined ? "" : ` data-yanked="${yanked}"`}`;
    return `<a href="${url}#sha256=${sha256}"${more}>${filename}</a><br>`;
  });
  return `<!DOCTYPE html><html><head><title>${project}</title></head><body>\n${links.join("\n")}\n</body></html>\n`;
}
