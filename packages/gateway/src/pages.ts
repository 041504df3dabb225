import { createHash } from "node:crypto";
import { type Fields, type ResponseHead, type StoredResponse, splitList } from "@larder/core";
import {
  type DocumentRoute,
  offerMetadata,
  type PageType,
  type ProjectPage,
  readPage,
  writePage,
} from "@larder/formats";
import { type Coding, decode, encode } from "./codings.ts";
import { createLru, type Lru } from "./lru.ts";
import type { Mount } from "./mount.ts";
import { mostPageBytes } from "./policies.ts";

/** A page in the form and coding that some client gets: another representation than the upstream's. */
export interface Derived {
  readonly bytes: Uint8Array;
  /** a strong entity tag's text, made of exactly these octets */
  readonly tag: string;
}

/** A page as it was read, and what was made of it so far. */
export interface ReadPage {
  readonly page: ProjectPage;
  /** of the page as it was read, without content codings */
  readonly octets: number;
  readonly derived: Map<string, Promise<Derived> | Derived>;
}

/** Pages that were read lately, with their derived forms. */
export interface Pages {
  readonly read: Lru<ReadPage>;
}

/** @param mostBytes of pages without content codings, counted four times for what is made of them */
export const createPages = (mostBytes = 256 * 1024 * 1024): Pages => ({ read: createLru<ReadPage>(mostBytes) });

/** What a page is known by: the mount and the place that it came from decide the links in it, its content all the rest. */
export function pageKey(mount: Mount, route: DocumentRoute, { fields, content }: StoredResponse): string {
  return `${mount.keySpace}${route.project} ${content.sha256} ${baseOf(fields, route.target)}`;
}

/** What a page's relative links are relative to: where redirects led, else the target. */
const baseOf = (fields: Fields, target: string): string => fields.get("content-location") ?? target;

/** A stored page as it was read, if it was read lately; costs no look at the upstream, nor at the content. */
export function pageInMemory(
  pages: Pages,
  mount: Mount,
  route: DocumentRoute,
  stored: StoredResponse | undefined,
): ReadPage | undefined {
  return stored === undefined || stored.status !== 200 ? undefined : pages.read.get(pageKey(mount, route, stored));
}

/**
 * Reads a page as the upstream sent it.
 * @returns the page, of which nothing was made so far, or what is wrong with it in a sentence
 */
export function readUpstreamPage(
  head: ResponseHead,
  bytes: Uint8Array,
  source: { readonly target: string; readonly project: string },
): ReadPage | { readonly fault: string } {
  const plain = decode(bytes, codingsOf(head.fields), mostPageBytes);
  if ("fault" in plain) return plain;
  const base = baseOf(head.fields, source.target);
  const read = readPage(head.fields.get("content-type") ?? "", plain.bytes, { base, project: source.project });
  return "fault" in read ? read : { page: read.page, octets: plain.bytes.length, derived: new Map() };
}

const codingsOf = (fields: Fields) => splitList(fields.all("content-encoding")).map((coding) => coding.toLowerCase());

/**
 * A page in the form and coding that were negotiated; made once for each, at once where it was made before.
 * @param coding undefined = none
 */
export function derive(
  read: ReadPage,
  mount: Mount,
  type: PageType,
  coding: Coding | undefined,
): Promise<Derived> | Derived {
  const key = `${type} ${coding ?? ""}`;
  const before = read.derived.get(key);
  if (before !== undefined) return before;
  const made = make(read, mount, type, coding);
  read.derived.set(key, made);
  if (made instanceof Promise) {
    made.then(
      (ready) => read.derived.set(key, ready),
      () => read.derived.delete(key),
    );
  }
  return made;
}

function make(read: ReadPage, mount: Mount, type: PageType, coding: Coding | undefined): Promise<Derived> | Derived {
  if (coding === undefined) return tagged(Buffer.from(writePage(mount.config, offerMetadata(read.page), type)));
  return Promise.resolve(derive(read, mount, type, undefined)).then(async ({ bytes }) =>
    tagged(await encode(coding, bytes)),
  );
}

const tagged = (bytes: Uint8Array): Derived => ({
  bytes,
  tag: createHash("sha256").update(bytes).digest("base64url").slice(0, 27),
});
