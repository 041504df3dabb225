// What the clients must see of every fault of upstream/faults.ts.
import type { FaultName } from "../upstream/faults.ts";
import type { ClientName } from "./clients.ts";

/**
 * `first`: an install with an empty cache, 1.0 is the newest version. `again`: once more, the client's cache kept.
 * `published`: once more, after 1.1 came out. `unplugged`: the upstream answers everything with 503, and the client's
 * cache is empty. `healed`: the fault is gone and 1.2 is out, the client's first cache is back.
 */
export const steps = ["first", "again", "published", "unplugged", "healed"] as const;
export type Step = (typeof steps)[number];

/** The version that gets installed; `refused` = the client fails, says so, and installs nothing. */
export type Outcome = "1.0" | "1.1" | "1.2" | "refused";

export interface Case {
  readonly fault: FaultName;
  /** when the fault is switched on: before the first step, or after it */
  readonly from: "start" | "first";
  readonly expected: Readonly<Record<Step, Outcome>>;
  /** what is installed besides `demo` */
  readonly also?: readonly string[];
  /** lines of a configuration file */
  readonly settings?: string;
  /** besides uv and pip, or in place of them */
  readonly clients?: readonly ClientName[];
  /** uv is told to refresh what it has when 1.1 came out */
  readonly refresh?: true;
}

const everyone = { clients: ["uv", "pip", "poetry", "pdm"] } as const;

/** Nobody notices: every version is there as soon as it is published, and what was seen stays to be had. */
const unnoticed = { first: "1.0", again: "1.0", published: "1.1", unplugged: "1.1", healed: "1.2" } as const;
/** It says that nothing has changed, and Larder believes that for as long as it is told to (`verify`). */
const bounded = { ...unnoticed, published: "1.0", unplugged: "1.0" } as const;
/** It says for certain that there is no such page. */
const gone = { first: "1.0", again: "refused", published: "refused", unplugged: "refused", healed: "1.2" } as const;
/** It says nothing of the page, but that this client may not have it. */
const locked = { ...gone, unplugged: "1.0" } as const;
/** The upstream gives nothing that is right: what is stored goes on being served, until it heals. */
const stored = { first: "1.0", again: "1.0", published: "1.0", unplugged: "1.0", healed: "1.2" } as const;
/** The same, and nothing is stored. */
const refused = {
  first: "refused",
  again: "refused",
  published: "refused",
  unplugged: "refused",
  healed: "1.2",
} as const;

const rows: readonly (readonly [FaultName, Case["from"], Case["expected"], Partial<Case>?])[] = [
  ["none", "start", unnoticed, { also: ["demo-sdist"] }],
  ["none", "start", unnoticed, { clients: ["poetry", "pdm"] }],
  ["html only", "start", unnoticed],
  ["json only", "start", unnoticed],
  ["304 without validators", "start", unnoticed, everyone],
  ["304 with only Date", "start", unnoticed],
  ["304 with another tag", "start", unnoticed],
  ["304 unasked, once", "start", unnoticed],
  ["304 unasked, for ever", "start", refused],
  ["Last-Modified on 200 only", "start", unnoticed],
  ["no validators", "start", unnoticed],
  ["no validators, and 304 unasked", "first", stored],
  ["Last-Modified without Cache-Control", "start", unnoticed],
  ["max-age of a day", "start", unnoticed],
  ["Date in the past", "start", unnoticed],
  ["Date in the future", "start", unnoticed],
  ["Date that is none", "start", unnoticed],
  ["Age beyond max-age", "start", unnoticed],
  ["Last-Modified that is frozen", "start", unnoticed, { settings: "verify = 0", ...everyone }],
  ["Last-Modified that is frozen", "start", unnoticed, { refresh: true, clients: ["uv"] }],
  ["Last-Modified that is frozen", "start", bounded],
  ["Last-Modified in the future", "start", unnoticed],
  ["frozen Last-Modified over the tag", "start", unnoticed, everyone],
  ["304 to each condition", "start", unnoticed, { settings: "verify = 0" }],
  ["304 to each condition", "start", bounded],
  ["immutable pages", "start", unnoticed, everyone],
  ["weak tags", "start", unnoticed],
  ["one strong tag for gzip and plain", "start", unnoticed],
  ["same tag, other content", "start", unnoticed],
  ["Vary missing", "start", unnoticed],
  ["Vary: *", "start", unnoticed],
  ["500 on validation", "first", stored],
  ["502 on validation", "first", stored],
  ["503 on validation", "first", stored, everyone],
  ["429 on validation", "first", stored],
  ["404 on validation", "first", gone],
  ["401 on validation", "first", locked],
  ["503 to conditions", "start", unnoticed],
  ["404 to conditions", "start", unnoticed],
  ["401 to conditions", "start", unnoticed],
  ["time-out on validation", "first", stored, { settings: "response-timeout = 1" }],
  ["reset in a file, once", "start", unnoticed],
  ["reset in a file, always", "start", refused],
  ["reset in a page", "start", refused],
  ["reset in a page", "first", stored],
  ["Content-Length of a file too long", "start", refused],
  ["Content-Length of a file too short", "start", refused],
  ["Content-Length of a page too short", "start", refused],
  ["Content-Length of a page too short", "first", stored],
  ["a page cut short, of the length it says", "start", refused],
  ["a page cut short, of the length it says", "first", stored, everyone],
  ["an HTML page cut short, of the length it says", "start", refused],
  ["an HTML page cut short, of the length it says", "first", stored],
  ["a bit of each file turned", "start", refused, everyone],
  ["no core metadata", "start", unnoticed],
  ["core metadata 404", "start", unnoticed],
  ["core metadata 500", "start", unnoticed],
  ["core metadata of other content", "start", unnoticed, everyone],
  ["core metadata cut short", "start", unnoticed],
  ["redirects to another host", "start", unnoticed],
  ["HTML served as JSON", "start", unnoticed],
  ["a page of 50 MB", "start", unnoticed],
  ["slow drip", "start", unnoticed],
  ["wrong in many ways", "start", unnoticed],
];

export const cases: readonly Case[] = rows.map(([fault, from, expected, more]) => ({ fault, from, expected, ...more }));
