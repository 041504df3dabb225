import { type Fields, type ResponseHead, type StoredResponse, splitList, type Timestamp } from "@larder/core";
import {
  type DocumentRoute,
  offerMetadata,
  type PageType,
  type ProjectPage,
  readPage,
  writePage,
} from "@larder/formats";
import { type Coding, decode, encode } from "./codings.ts";
import { shortDigest } from "./digest.ts";
import type { ProjectFacts } from "./facts.ts";
import { createLru, type Lru } from "./lru.ts";
import type { Index } from "./mount.ts";
import type { Offered } from "./offered.ts";
import { mostPageBytes } from "./policies.ts";
import type { ProxyMount } from "./proxy.ts";

/** A page in the form and coding that some client gets: another representation than the upstream's. */
export interface Derived {
  readonly bytes: Uint8Array;
  /** a strong entity tag's text, made of exactly these octets */
  readonly tag: string;
}

/** A page as it was read, and as it was shown last. */
export interface ReadPage {
  readonly page: ProjectPage;
  /** of the page as it was read, without content codings */
  readonly octets: number;
  shown?: ShownPage;
  /** what was offered of it last */
  offered?: Offered;
}

/** A project's page as an index shows it, before it is written in one of its forms. */
export interface ShownPage {
  /** what it is made of: another text = maybe another page */
  readonly of: string;
  /** The page; made when it is asked for first. */
  page(): ProjectPage;
  /** what was made of it so far, by form and coding */
  readonly derived: Map<string, Promise<Derived> | Derived>;
}

/** Pages that were read lately, with their derived forms. */
export interface Pages {
  readonly read: Lru<ReadPage>;
  /** pages that are made of several */
  readonly composed: Lru<ShownPage>;
  /** what each project's page was sent as last */
  readonly sent: Lru<{ readonly of: string; readonly since: Timestamp }>;
  /** what each project's page was completed with, as long as its content stays */
  readonly completed: Lru<{ readonly content: string; readonly facts: ProjectFacts }>;
}

/** @param mostBytes of pages without content codings, counted four times for what is made of them */
export const createPages = (mostBytes = 256 * 1024 * 1024): Pages => ({
  read: createLru<ReadPage>(mostBytes),
  composed: createLru<ShownPage>(mostBytes / 4),
  sent: createLru(mostSent),
  completed: createLru(mostSent),
});

/** Pages whose time is remembered. */
const mostSent = 100_000;

/**
 * Since when a page has been what it is: later by at least a second whenever what it is made of differs from what was
 * sent before, be it the index's content or what was learned.
 * @param of names what it is made of
 * @param atLeast the latest time of these
 */
export function pageSince({ sent }: Pages, key: string, of: string, atLeast: Timestamp): Timestamp {
  const before = sent.get(key);
  if (before?.of === of) return before.since;
  const since = before === undefined ? atLeast : Math.max(atLeast, before.since + 1000);
  sent.set(key, { of, since }, 1);
  return since;
}

/** What a page is known by: the mount and the place that it came from decide the links in it, its content all the rest. */
export function pageKey(mount: ProxyMount, route: DocumentRoute, { fields, content }: StoredResponse): string {
  return `${mount.keySpace}${route.project} ${content.sha256} ${baseOf(fields, route.target)}`;
}

/** What a page's relative links are relative to: where redirects led, else the target. */
const baseOf = (fields: Fields, target: string): string => fields.get("content-location") ?? target;

/** A stored page as it was read, if it was read lately; costs no look at the upstream, nor at the content. */
export function pageInMemory(
  pages: Pages,
  mount: ProxyMount,
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
  return "fault" in read ? read : { page: read.page, octets: plain.bytes.length };
}

const codingsOf = (fields: Fields) => splitList(fields.all("content-encoding")).map((coding) => coding.toLowerCase());

/**
 * What a page is completed with: what was known when its content was first read. What is learned while its files pass
 * waits for the index's next change, since a page that changes with each file that somebody fetches would have to be
 * sent anew each time; only what the index has wrong is mended at once.
 * @param key of the project
 * @param content what its page says, as it came
 * @param known what is known now
 * @param learn takes note of what the page itself tells; what is known then
 */
export function factsFor(
  { completed }: Pages,
  key: string,
  content: string,
  known: ProjectFacts,
  learn: () => ProjectFacts,
): ProjectFacts {
  const before = completed.get(key);
  if (before?.content === content && before.facts.mended === known.mended) return before.facts;
  const facts = learn();
  completed.set(key, { content, facts }, 1);
  return facts;
}

/**
 * A page as it is shown: what is offered of it, and metadata for each wheel. What was shown before something more was
 * learned or let through is forgotten with all that was made of it.
 * @param content what the page says, as it came
 */
export function show(read: ReadPage, content: string, offer: Offered): ShownPage {
  const of = `${content} ${offer.state}`;
  if (read.shown?.of !== of) read.shown = shownPage(of, () => offerMetadata(offer.page));
  return read.shown;
}

/** @param of see `ShownPage`. @param make called once at most */
export function shownPage(of: string, make: () => ProjectPage): ShownPage {
  let made: ProjectPage | undefined;
  return {
    of,
    derived: new Map(),
    page() {
      made ??= make();
      return made;
    },
  };
}

/**
 * A page in the form and coding that were negotiated; made once for each, at once where it was made before.
 * @param coding undefined = none
 */
export function derive(
  shown: ShownPage,
  index: Index,
  type: PageType,
  coding: Coding | undefined,
): Promise<Derived> | Derived {
  const key = `${type} ${coding ?? ""}`;
  const before = shown.derived.get(key);
  if (before !== undefined) return before;
  const made = make(shown, index, type, coding);
  shown.derived.set(key, made);
  if (made instanceof Promise) {
    made.then(
      (ready) => shown.derived.set(key, ready),
      () => shown.derived.delete(key),
    );
  }
  return made;
}

function make(shown: ShownPage, index: Index, type: PageType, coding: Coding | undefined): Promise<Derived> | Derived {
  if (coding === undefined) return tagged(Buffer.from(write(shown.page(), index, type)));
  return Promise.resolve(derive(shown, index, type, undefined)).then(async ({ bytes }) =>
    tagged(await encode(coding, bytes)),
  );
}

const write = (page: ProjectPage, index: Index, type: PageType) => writePage(index.paths(page.name), page, type);

const tagged = (bytes: Uint8Array): Derived => ({ bytes, tag: shortDigest(bytes) });
