import type { Address, Certificate, Counted, LogFormat } from "@larder/server";

/** What a worker must know to begin. Certificates go over a channel that only the two have, and into no log. */
export interface WorkerOptions {
  readonly listen: Address;
  readonly tls: Certificate | undefined;
  readonly mostContentBytes: number;
  /** the file of the keeper's socket */
  readonly keeper: string;
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
  /** accept no more, finish what runs, end */
  | { readonly type: "drain"; readonly graceMs: number };

/** What a worker tells its keeper. */
export type Word =
  | { readonly type: "listening"; readonly url: string }
  /** it can't listen; the members of node's error that say why */
  | { readonly type: "failed"; readonly error: ListenFault }
  | { readonly type: "report"; readonly lines: string; readonly counted: Counted | undefined };

/** Why an address can't be listened on, as node:net says it. */
export interface ListenFault {
  readonly message: string;
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}
