import type { Timestamp } from "@larder/core";
import type { Address, Certificate, Counted, LogFormat } from "@larder/server";
import type { MountOptions } from "./site.ts";

/** What a worker must know to begin. Certificates go over a channel that only the two have, and into no log. */
export interface WorkerOptions {
  readonly listen: Address;
  readonly tls: Certificate | undefined;
  readonly mostContentBytes: number;
  /** the file of the keeper's socket */
  readonly keeper: string;
  /** longest prefix first */
  readonly mounts: readonly MountOptions[];
  readonly log: LogFormat;
  /** whether requests are counted for the metrics */
  readonly counts: boolean;
}

/** What the keeper tells a worker. What is sent arrives in its order, both ways. */
export type Order =
  | { readonly type: "start"; readonly options: WorkerOptions }
  /** another certificate for connections to come */
  | { readonly type: "renew"; readonly certificate: Certificate }
  /** say now what was logged and counted */
  | { readonly type: "report" }
  /** the answer to `borrow`; without a copy where there is none to lend just now */
  | { readonly type: "lent"; readonly cacheKey: string; readonly copy: Copy | undefined }
  /** use these copies no more, and say so with the order's number */
  | { readonly type: "give-back"; readonly order: number; readonly cacheKeys: readonly string[] }
  /** accept no more, finish what runs, end */
  | { readonly type: "drain"; readonly graceMs: number };

/** What a worker tells its keeper. */
export type Word =
  | { readonly type: "listening"; readonly url: string }
  /** it can't listen; the members of node's error that say why */
  | { readonly type: "failed"; readonly error: ListenFault }
  | { readonly type: "report"; readonly lines: string; readonly counted: Counted | undefined }
  /** a copy of what is stored under a key is wanted */
  | { readonly type: "borrow"; readonly cacheKey: string }
  /** these copies are used no more; with a number where the keeper has ordered it */
  | { readonly type: "returned"; readonly cacheKeys: readonly string[]; readonly order?: number };

/** All that is stored under a key, lent. */
export interface Copy {
  /** it may be used from then to then, by the clock of the machine */
  readonly from: Timestamp;
  readonly until: Timestamp;
  /** each as `storedToJson` has it, newest first; content only where it is small */
  readonly responses: readonly { readonly stored: object; readonly content: Uint8Array | undefined }[];
}

/** Why an address can't be listened on, as node:net says it. */
export interface ListenFault {
  readonly message: string;
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}
