import { type CacheFailure, type CacheResponse, exchange, type MaybePromise, readAll } from "@larder/cache";
import {
  acceptEncoding,
  type CacheStatus,
  type FieldParser,
  Fields,
  formatHttpDate,
  preferredCoding,
  type RequestHead,
  type Timestamp,
} from "@larder/core";
import { type DocumentRoute, jsonType, negotiate, type PageType } from "@larder/formats";
import { type Incoming, type Outgoing, problem } from "@larder/server";
import { atMost } from "./at-most.ts";
import { type Coding, codings } from "./codings.ts";
import type { Gateway } from "./gateway.ts";
import type { Index } from "./mount.ts";
import { offered, type PageInHand } from "./offered.ts";
import { failed, fromUpstream, inMemory, leave, type Mounted, send } from "./outgoing.ts";
import {
  type Derived,
  derive,
  pageKey,
  pageSince,
  type ReadPage,
  readUpstreamPage,
  type ShownPage,
  show,
} from "./pages.ts";
import { documentPolicy, mostPageBytes } from "./policies.ts";
import type { ProxyMount } from "./proxy.ts";

/**
 * A page of an index: what the cache has or gets, read, upgraded, rewritten, and sent with validators of its own. What
 * is fresh and was made before is answered at once.
 */
export function answerDocument(
  gateway: Gateway,
  index: Index,
  project: string,
  incoming: Incoming,
): MaybePromise<Outgoing> {
  const type = negotiate(incoming.head.fields, formatParameter(incoming.path));
  if (type === undefined)
    return problem(406, "A page comes as JSON (PEP 691) or HTML (PEP 503); the Accept field takes neither.");
  const present = (had: HadShown) => presentPage(gateway, index, project, incoming.head, type, had);
  const had = index.page(gateway, project, incoming.head);
  return had instanceof Promise ? had.then(present) : present(had);
}

/** The page in the form and coding that the client gets. */
function presentPage(
  gateway: Gateway,
  index: Index,
  project: string,
  request: RequestHead,
  type: PageType,
  had: HadShown,
): MaybePromise<Outgoing> {
  if (had.type !== "page") return answerWithout(had, project, index);
  const coding = request.fields.read(wantedCoding);
  // a page that is one client's alone leaves no trace
  const since = had.private ? had.since : pageSince(gateway.pages, index.keySpace + project, had.shown.of, had.since);
  const sendDerived = (derived: Derived) => {
    const fields = documentFields(derived, type, coding, since, gateway.now(), had.private);
    const page = { status: 200, fields, length: derived.bytes.length, lastModified: since };
    return send(request, page, inMemory(derived.bytes), index, had.cacheStatus);
  };
  const derived = derive(had.shown, index, type, coding);
  return derived instanceof Promise ? derived.then(sendDerived) : sendDerived(derived);
}

/** The coding that a client gets. One that names none gets none: it may know none, whatever RFC 9110 §12.5.3 allows. */
const wantedCoding: FieldParser<Coding | undefined> = {
  name: acceptEncoding.name,
  parse(lines) {
    if (lines.length === 0) return undefined;
    const preferred = preferredCoding(acceptEncoding.parse(lines), codings);
    return codings.find((coding) => coding === preferred);
  },
};

/** What came of looking for a page, as an index shows it. */
export type HadShown =
  | HadShownPage
  | NoPage
  /** the mount itself has no page for this client, and says why */
  | { readonly type: "refused"; readonly outgoing: Outgoing };

/** A page as an index shows it. */
export interface HadShownPage {
  readonly type: "page";
  readonly shown: ShownPage;
  /** since when it has been what it is */
  readonly since: Timestamp;
  /** for this client alone */
  readonly private: boolean;
  readonly cacheStatus: CacheStatus | undefined;
}

export type NoPage =
  /** the upstream's answer is none with a page: 404, 401, …; its content is not to be had */
  | { readonly type: "other"; readonly response: CacheResponse }
  | { readonly type: "failed"; readonly failure: CacheFailure };

/** A page as the mount of one upstream shows it, and as it was read. */
export interface HadProxied extends HadShownPage {
  readonly read: ReadPage;
  readonly cacheStatus: CacheStatus;
}

/** What came of looking for a page at an upstream. */
export type HadPage =
  | (PageInHand & {
      readonly type: "page";
      /** since when its content has been what it is */
      readonly since: Timestamp;
      readonly cacheStatus: CacheStatus;
    })
  | NoPage;

/** The page of a project as the mount of one upstream shows it. @param client see `havePage` */
export function haveShown(
  gateway: Gateway,
  mount: ProxyMount,
  route: DocumentRoute,
  client: RequestHead,
): MaybePromise<HadProxied | NoPage> {
  const had = havePage(gateway, mount, route, client);
  return had instanceof Promise ? had.then((had) => shownAt(gateway, mount, had)) : shownAt(gateway, mount, had);
}

/** What an upstream's page is as its mount shows it now. */
function shownAt(gateway: Gateway, mount: ProxyMount, had: HadPage): HadProxied | NoPage {
  if (had.type !== "page") return had;
  const offer = offered(gateway, mount, had);
  return {
    ...had,
    shown: show(had.read, had.content, offer),
    since: Math.max(had.since, offer.since),
    cacheStatus: fromUpstream(mount, had.cacheStatus),
  };
}

/**
 * The page of a project through the cache, read. A stored page that turns out to be unreadable is asked for anew.
 * @param client whose wishes (Cache-Control, Pragma) and credentials count
 */
export function havePage(
  gateway: Gateway,
  mount: ProxyMount,
  route: DocumentRoute,
  client: RequestHead,
): MaybePromise<HadPage> {
  let fresh: ReadPage | undefined;
  const answer = exchange(gateway.cache, {
    head: { method: "GET", target: route.target, fields: upstreamFields(client.fields, route.accept) },
    cacheKey: mount.keySpace + route.target,
    keySpace: mount.keySpace,
    body: null,
    policy: documentPolicy(mount.policies, mount.caughtAt, gateway.now()),
    upstream: atMost(mostPageBytes, mount.following),
    inspect: (head, bytes) => {
      if (head.status !== 200) return undefined;
      const result = readUpstreamPage(head, bytes, route);
      if ("fault" in result) return result.fault;
      fresh = result;
      return undefined;
    },
  });
  const have = (response: CacheResponse | CacheFailure) => pageOf(gateway, mount, route, response, fresh);
  return answer instanceof Promise ? answer.then(have) : have(answer);
}

/** What came of an exchange about a page. @param fresh the page as it was read while it came */
function pageOf(
  gateway: Gateway,
  mount: ProxyMount,
  route: DocumentRoute,
  response: CacheResponse | CacheFailure,
  fresh: ReadPage | undefined,
): MaybePromise<HadPage> {
  if ("failed" in response) return { type: "failed", failure: response };
  const { content, stored, cacheStatus } = response;
  if (response.status !== 200 || content === null) {
    leave(content);
    // that there was no such project some time ago is no certain word about now
    if (cacheStatus.detail === "stale-if-error")
      return { type: "failed", failure: outdated(response.status, cacheStatus) };
    return { type: "other", response };
  }
  const key = stored && pageKey(mount, route, stored);
  const page = {
    type: "page",
    content: stored?.content.sha256 ?? "",
    since: stored?.contentSince ?? gateway.now(),
    private: stored === undefined,
    cacheStatus,
  } as const;
  const known = key === undefined ? undefined : gateway.pages.read.get(key);
  if (known !== undefined) return { ...page, read: known };
  const take = (read: ReadPage) => {
    if (key !== undefined) gateway.pages.read.set(key, read, 4 * read.octets + 4096);
    return { ...page, read };
  };
  if (fresh !== undefined) return take(fresh);
  return readAll(content).then((bytes) => {
    const result = readUpstreamPage(response, bytes, route);
    if (!("fault" in result)) return take(result);
    return { type: "failed", failure: { failed: true, status: 502, message: result.fault, cacheStatus } };
  });
}

function outdated(status: number, cacheStatus: CacheStatus): CacheFailure {
  const message = `The upstream can't be asked just now; that it answered ${status} when it was asked last need not hold any more.`;
  return { failed: true, status: 502, message, cacheStatus };
}

/** Fields of the client's that matter upstream; all else would only make responses differ. */
function upstreamFields(client: Fields, accept: string): Fields {
  const kept = ["cache-control", "pragma", "authorization", "user-agent"].flatMap((name) => {
    const value = client.get(name);
    return value === undefined ? [] : [name, value];
  });
  return Fields.fromRaw([...kept, "accept", accept, "accept-encoding", "gzip, br, zstd"]);
}

function documentFields(
  { bytes, tag }: Derived,
  type: PageType,
  coding: Coding | undefined,
  since: Timestamp,
  now: Timestamp,
  isPrivate: boolean,
): Fields {
  return Fields.fromRaw([
    "Content-Type",
    type === jsonType ? type : `${type}; charset=utf-8`,
    "Content-Length",
    String(bytes.length),
    ...(coding === undefined ? [] : ["Content-Encoding", coding]),
    "ETag",
    `"${tag}"`,
    "Last-Modified",
    // never later than Date (RFC 9110 §8.8.2.1); compared with the client's is `since` itself
    formatHttpDate(Math.min(since, now)),
    "Date",
    formatHttpDate(now),
    "Cache-Control",
    isPrivate ? "private, no-cache" : "no-cache",
    "Vary",
    "Accept, Accept-Encoding",
  ]);
}

/** The answer where there is no page. @param index whose page it would have been */
export function answerWithout(had: Exclude<HadShown, HadShownPage>, project: string, index: Index): Outgoing {
  switch (had.type) {
    case "refused":
      return had.outgoing;
    case "failed":
      return failed(had.failure, index);
    case "other":
      return passOn(had.response, project, index);
  }
}

/** Fields of an upstream's refusal that its reader needs. */
const toldOn = ["www-authenticate", "retry-after"];

/** The upstream's own answer where it is no page, as a problem that says so: a 404 is the upstream's certain word. */
export function passOn(response: CacheResponse, project: string, { config }: Mounted): Outgoing {
  const { status } = response;
  const fields = Object.fromEntries(
    toldOn.flatMap((name) => (response.fields.has(name) ? [[name, response.fields.get(name)!]] : [])),
  );
  const because = sentences[status] ?? `The upstream index answered ${status} for ${project}.`;
  return problem(status >= 400 ? status : 502, because.replace("%", project), {
    fields,
    log: { mount: config.prefix, because: `upstream ${status}` },
  });
}

const sentences: Readonly<Record<number, string>> = {
  401: "The upstream index wants credentials for %.",
  403: "The upstream index does not let this client see %.",
  404: "The upstream index has no project %.",
  410: "The upstream index no longer has the project %.",
  429: "The upstream index is asked too often; it says when to come again.",
};

/** PEP 691's query parameter `format`. */
export function formatParameter(path: string): string | undefined {
  const at = path.indexOf("?");
  return at < 0 ? undefined : (new URLSearchParams(path.slice(at)).get("format") ?? undefined);
}
