// What the clients must see of every fault of upstream/faults.ts.
import type { FaultName } from "../upstream/faults.ts";

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
}

/** Nobody notices: every version is there as soon as it is published, and what was seen stays to be had. */
const unnoticed = { first: "1.0", again: "1.0", published: "1.1", unplugged: "1.1", healed: "1.2" } as const;
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
  ["html only", "start", unnoticed],
  ["json only", "start", unnoticed],
  ["304 without validators", "start", unnoticed],
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
  ["weak tags", "start", unnoticed],
  ["one strong tag for gzip and plain", "start", unnoticed],
  ["same tag, other content", "start", unnoticed],
  ["Vary missing", "start", unnoticed],
  ["Vary: *", "start", unnoticed],
  ["500 on validation", "first", stored],
  ["502 on validation", "first", stored],
  ["503 on validation", "first", stored],
  ["429 on validation", "first", stored],
  ["time-out on validation", "first", stored, { settings: "response-timeout = 1" }],
  ["reset in a file, once", "start", unnoticed],
  ["reset in a file, always", "start", refused],
  ["reset in a page", "start", refused],
  ["reset in a page", "first", stored],
  ["Content-Length of a file too long", "start", refused],
  ["Content-Length of a file too short", "start", refused],
  ["Content-Length of a page too short", "start", refused],
  ["Content-Length of a page too short", "first", stored],
  ["wrong hash", "start", refused],
  ["redirects to another host", "start", unnoticed],
  ["HTML served as JSON", "start", unnoticed],
  ["a page of 50 MB", "start", unnoticed],
  ["slow drip", "start", unnoticed],
  ["wrong in many ways", "start", unnoticed],
];

export const cases: readonly Case[] = rows.map(([fault, from, expected, more]) => ({ fault, from, expected, ...more }));
