/** Where a format is mounted, and the upstream index or site behind it. */
export interface Mount {
  /** path under which clients reach it: begins and ends with "/", e.g. "/pypi/" */
  readonly prefix: string;
  /** the upstream's base: http(s), its path ends with "/", no query and no fragment */
  readonly upstream: URL;
}

/** What a format must know of a request to find its route. */
export interface FormatRequest {
  /** as sent: methods are case-sensitive (RFC 9110 §9.1) */
  readonly method: string;
  /** what follows the mount's prefix, raw: nothing decoded, no "/" in front */
  readonly path: string;
  /** with its "?", or empty */
  readonly query: string;
}

/** A page that is read, upgraded and rewritten: what is sent is derived from what is stored. */
export interface DocumentRoute {
  readonly type: "document";
  /** normalised name (PEP 503) */
  readonly project: string;
  /** the page's upstream URI, absolute */
  readonly target: string;
  /** the Accept field to ask the upstream with */
  readonly accept: string;
}

/** A file, or what belongs to one; sent as it came. Only for clients when `findLink(page, target)` finds it. */
export interface ArtifactRoute {
  readonly type: "artifact";
  readonly project: string;
  /** the upstream URI, absolute, in the one form that all spellings of it have; what to ask for is `findLink`'s `url` */
  readonly target: string;
  /** the document that must link the target, and that knows its hash */
  readonly page: DocumentRoute;
}

/** Anything else behind the mount: plain shared caching. */
export interface PlainRoute {
  readonly type: "plain";
  readonly target: string;
}

/** The list of projects: made by the gateway of what it has seen, the upstream is never asked for its own. */
export interface RootRoute {
  readonly type: "root";
}

/** Another URL of the same mount is the right one; `location` is an absolute path, query included. */
export interface RedirectRoute {
  readonly type: "redirect";
  readonly status: 301 | 308;
  readonly location: string;
}

/** Nothing is there, for the reason that a person is told. `allow`: the methods for a 405. */
export interface NoRoute {
  readonly type: "none";
  readonly status: 400 | 404 | 405;
  readonly because: string;
  readonly allow?: string;
}

export type Route = DocumentRoute | ArtifactRoute | PlainRoute | RootRoute | RedirectRoute | NoRoute;

/** An ecosystem's URLs, of which there are these. Pure: the same request always has the same route. */
export interface Format<R extends Route = Route> {
  readonly name: "pypi" | "http";
  route(mount: Mount, request: FormatRequest): R;
}
