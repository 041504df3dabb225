import { evaluate, notModifiedFields, type RequestHead, type Timestamp } from "@larder/core";
import type { Answer, MaybePromise, Produced } from "./answer.ts";
import { combine, override, stateLines } from "./answer-fields.ts";
import { discard, lengthOf, select } from "./content.ts";
import { present } from "./present.ts";
import { refuse } from "./refusal.ts";
import { checkState, type State } from "./state.ts";

const reads = (method: string) => method === "GET" || method === "HEAD";
/** POST need not be about the target's own state (RFC 9110 §9.3.3). */
const asksForCondition: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);
const protections = ["if-match", "if-unmodified-since", "if-none-match"];

/** Turns what was produced into what goes out: the kit's own lines, length, conditions once more, ranges. */
function finish(request: RequestHead, state: State, produced: Produced, now: Timestamp): Answer {
  const status = produced.status ?? 200;
  if (status === 412) return refuse(request, 412, "changed-meanwhile", now);
  const represents = reads(request.method) && status >= 200 && status < 300;
  // the state before a change says nothing about the state after it
  const known = represents ? state : {};
  const { etag = known.etag, lastModified = known.lastModified } = produced;
  const after = { ...known, exists: true, etag, lastModified };
  if (represents) checkState(after);

  const bare = status === 204 || status === 304;
  const content = (bare ? null : produced.content) ?? null;
  const length = lengthOf(content);
  const lines = stateLines(after, now);
  if (length !== undefined && !bare) lines.push("content-length", String(length));
  if (represents && status === 200 && length !== undefined && !etag?.weak) lines.push("accept-ranges", "bytes");
  const fields = combine(override(known.fields, produced.fields), lines);

  const sent = present(request, { status, fields, length, etag, lastModified }, { date: now });
  if (sent.status === 412 || sent.status === 416) {
    discard(content);
    return refuse(request, sent.status, sent.because, now, { "content-range": sent.fields.get("content-range") });
  }
  return { status: sent.status, fields: sent.fields, content: select(content, sent.send), because: sent.because };
}

/**
 * Answers a request about a target whose state is known, and does the work only where it is needed: a condition that
 * fails is answered with 304, 412 or 428 without calling `produce` (RFC 9110 §13.2.2; RFC 6585 §3); a PUT of a part with 400.
 *
 * For GET and HEAD, `produce` makes the representation as if there were no conditions and no Range; both are then
 * followed: 206, 416, multipart/byteranges. The state's validators, Cache-Control and Vary are put on the answer. Where
 * the validators are known only afterwards, `produce` returns them, and conditions are judged by these.
 *
 * For other methods, `produce` makes the change; conditions were held against the state before it. To be safe from a
 * change in between, it should compare once more when it writes, and return `{ status: 412 }` where it finds one.
 * Validators of the new state are sent only where `produce` returns them (RFC 9110 §9.3.4).
 *
 * @returns at once where `produce` does
 * @throws {ContradictoryState} when the state says what can't be meant; and what `produce` throws
 */
export function conditional(
  request: RequestHead,
  state: State,
  produce: () => MaybePromise<Produced>,
): MaybePromise<Answer> {
  checkState(state);
  const now = state.now ?? Date.now();
  const { method } = request;
  const { exists = true, etag, lastModified } = state;
  if (method === "PUT" && request.fields.has("content-range") && !state.partialPut)
    return refuse(request, 400, "content-range", now);
  if (
    state.requirePrecondition &&
    asksForCondition.has(method) &&
    !protections.some((name) => request.fields.has(name))
  )
    return refuse(request, 428, "no-condition", now);
  // reading what isn't there is answered as it would be without conditions (RFC 9110 §13.2.1)
  const verdict = exists || !reads(method) ? evaluate(request, { exists, etag, lastModified, date: now }) : undefined;
  if (verdict?.type === "not-modified") {
    const fields = notModifiedFields(combine(state.fields, stateLines(state, now)));
    return { status: 304, fields, content: null, because: verdict.because };
  }
  // where only the content will tell the tag, it is judged afterwards
  const tagToCome = etag === undefined && reads(method);
  if (verdict?.type === "precondition-failed" && !tagToCome) return refuse(request, 412, verdict.because, now);

  const produced = produce();
  return "then" in produced
    ? produced.then((result) => finish(request, state, result, now))
    : finish(request, state, produced, now);
}
