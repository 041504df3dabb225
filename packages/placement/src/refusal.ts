/** The codes that errors carry from 1.23 on; without the prefix `placement.`. */
export type ErrorCode =
  | "undefined_code"
  | "inventory.inuse"
  | "concurrent_update"
  | "duplicate_name"
  | "resource_provider.inuse"
  | "resource_provider.cannot_delete_parent"
  | "resource_provider.not_found"
  | "query.duplicate_key"
  | "query.bad_value"
  | "query.missing_value";

export type RefusedStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 411 | 412 | 413 | 414 | 415 | 431 | 500 | 503;

interface Details {
  readonly code?: ErrorCode;
  /** Allow, for 405 */
  readonly allow?: string;
  /** `"route"`: said before or outside of a handler, which upstream sends without Vary */
  readonly from?: "route";
  /** said before a microversion was settled: the answer names the versions there are */
  readonly noVersion?: true;
  /** 401 of Keystone: where to get a token */
  readonly authenticate?: string;
}

/**
 * Why a request is not fulfilled, as the API says it. Thrown wherever it is found out, from parsing down to the
 * rules of the domain, and caught in one place, the service. Not an Error: it is expected and needs no stack.
 */
export class Refusal {
  readonly status: RefusedStatus;
  /** the sentence that follows the status' stock sentence */
  readonly message: string;
  readonly details: Details;

  constructor(status: RefusedStatus, message: string, details: Details = {}) {
    this.status = status;
    this.message = message;
    this.details = details;
  }
}

export const badRequest = (message: string, code?: ErrorCode): Refusal =>
  new Refusal(400, message, code === undefined ? {} : { code });

export const notFound = (message = ""): Refusal => new Refusal(404, message);

/** A lookup outside of any handler's own words failed: sent without Vary. */
export const nothingThere = (message: string): Refusal => new Refusal(404, message, { from: "route" });

export const conflict = (message: string, code?: ErrorCode): Refusal =>
  new Refusal(409, message, code === undefined ? {} : { code });

export const concurrentUpdate = (message: string): Refusal => conflict(message, "concurrent_update");
