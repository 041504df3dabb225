import type { RequestHead, ResponseHead } from "@larder/core";

/** Chunks; leaving the loop early ends the transfer. A transfer that breaks off throws. */
export interface ArrivingContent extends AsyncIterable<Uint8Array> {
  /** all of it, where it has come already and nobody has begun to read: small content often comes with its head */
  readonly whole?: Uint8Array | undefined;
}

/** A response as it comes in: its head, and its content still arriving. */
export interface UpstreamResponse extends ResponseHead {
  readonly body: ArrivingContent;
}

export interface UpstreamOptions {
  readonly body: AsyncIterable<Uint8Array> | null;
  /** told of each interim response, 1xx other than 101 (RFC 9110 §15.2) */
  readonly onInterim?: (interim: ResponseHead) => void;
}

/** The next hop. Sends one request, once; it neither retries nor follows redirects unless it was made to. */
export interface Upstream {
  /** @throws {UpstreamFailure} when no usable response head comes */
  send(request: RequestHead, options: UpstreamOptions): Promise<UpstreamResponse>;
}

/** Why no response came: what RFC 9110 answers with 502 or 504, and what RFC 5861 §4 lets a stale response cover. */
export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";
  readonly kind: "unreachable" | "timeout" | "broken" | "offline";
  /** whether the request certainly never reached the upstream, so that any method may be sent again */
  readonly unsent: boolean;

  constructor(kind: UpstreamFailure["kind"], message: string, options: { unsent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.unsent = options.unsent;
  }
}
