import type { EntityTag, Timestamp } from "@larder/core";
import type { FieldsLike } from "./answer.ts";
import type { CachePolicy } from "./cache-policy.ts";

/** What is known of the target before any work is done for it. */
export interface State {
  /** false: there is nothing (yet) at this target; true where left out */
  readonly exists?: boolean;
  /** see `tagOfVersion`, `tagOfContent` */
  readonly etag?: EntityTag | undefined;
  /** see `lastChange` */
  readonly lastModified?: Timestamp | undefined;
  /** one of the named policies, or the field value of Cache-Control */
  readonly cacheControl?: CachePolicy | string | undefined;
  /** the request fields that the answer depends on besides the target (RFC 9110 §12.5.5) */
  readonly vary?: readonly string[] | undefined;
  /** other lines that the 200 and the 304 both have, such as Content-Location (RFC 9110 §15.4.5) */
  readonly fields?: FieldsLike;
  /** Last-Modified without Cache-Control is meant: caches may guess a lifetime from it (RFC 9111 §4.2.2). */
  readonly heuristicFreshness?: boolean;
  /** Changes need If-Match, If-Unmodified-Since or If-None-Match, else they get 428 (RFC 6585 §3). */
  readonly requirePrecondition?: boolean;
  /** `produce` heeds Content-Range in a PUT; otherwise it gets 400 (RFC 9110 §14.5) */
  readonly partialPut?: boolean;
  /** the time; the machine's clock where left out */
  readonly now?: Timestamp;
}

/** Something that was said about an answer and can't be meant: a bug in the program, to be seen by its first test. */
export class ContradictoryState extends Error {
  override readonly name = "ContradictoryState";
}

export const cacheControlOf = ({ cacheControl }: State): string | undefined =>
  typeof cacheControl === "object" ? cacheControl.cacheControl : cacheControl;

/** Each with what is wrong and what to do instead. */
const contradictions: readonly (readonly [says: string, holds: (state: State) => boolean])[] = [
  [
    "lastModified without cacheControl lets every cache guess how long it may reuse the answer without asking. " +
      "Say validateAlways(), fresh(…) or another policy; or heuristicFreshness: true if guessing is meant.",
    (state) =>
      state.lastModified !== undefined && cacheControlOf(state) === undefined && state.heuristicFreshness !== true,
  ],
  [
    "lastModified is no time. It wants milliseconds since the epoch, a number.",
    ({ lastModified }) => lastModified !== undefined && !Number.isFinite(lastModified),
  ],
  [
    'vary: ["*"] says that no stored answer is ever the right one, a lifetime says that one may be reused. ' +
      "Name the fields in vary, or use validateAlways() or noStore().",
    (state) => state.vary?.includes("*") === true && /max-?age=[1-9]/i.test(cacheControlOf(state) ?? ""),
  ],
  [
    "a target that doesn't exist has no validators. Leave etag and lastModified out, or exists.",
    ({ exists, etag, lastModified }) => exists === false && (etag !== undefined || lastModified !== undefined),
  ],
];

/** @throws {ContradictoryState} when the state says what can't be meant */
export function checkState(state: State): void {
  for (const [says, holds] of contradictions) if (holds(state)) throw new ContradictoryState(says);
}
