import type { RequestHead } from "@larder/core";
import type { Outgoing } from "./handler.ts";
import type { SendEnd } from "./send.ts";

/** What an access log needs to know of a request. */
export interface AccessedRequest {
  readonly head: Pick<RequestHead, "method">;
  readonly path: string;
  readonly remote: string;
  /** `performance.now()` when the head was there */
  readonly started: number;
}

/** Told of every answer when it is sent. */
export type AccessLog = (request: AccessedRequest, outgoing: Outgoing, end: SendEnd) => void;
