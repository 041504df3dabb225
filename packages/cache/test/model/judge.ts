import type { CacheFailure, CacheResponse } from "../../src/index.ts";
import type { Asked, Failed, Head, Log, Received } from "./log.ts";
import { directives, members, partOf, rangeIn, time } from "./reading.ts";
import { age, invalidates, lifetime, mayAnswer, mayBeKept, mayCover, mayStore, surelyMatches } from "./rules.ts";
import { isThere, type Version, type Versions } from "./versions.ts";

/** What a client got: its head, and all its content unless that broke off. */
export interface Got {
  readonly answer: CacheResponse | CacheFailure;
  readonly fields: Head;
  /** undefined when it broke off */
  readonly text: string | undefined;
}

/** By what right an answer was given; or why it must not have been. */
export type Verdict =
  | { readonly right: "own" | "validated" | "stored" | "stale" | "cover" | "failure" | "only-if-cached" }
  | { readonly wrong: string };

/** Looks at a request and its answer: is it one of those that RFC 9111 allows, given all that has come before? */
export function judge(log: Log, versions: Versions, asked: Asked, got: Got): Verdict {
  const own = log.received.filter(({ by }) => by === asked);
  const failures = failuresFor(log, asked);
  const onlyIfCached = directives(asked.fields).has("only-if-cached") && ["GET", "HEAD"].includes(asked.method);
  const sent = own.length > 0 || log.failed.some(({ by }) => by === asked);
  // §5.2.1.7
  if (onlyIfCached && sent && !isServedInTheBackground(got))
    return { wrong: "the upstream was asked in spite of only-if-cached" };
  if ("failed" in got.answer) {
    if (onlyIfCached && got.answer.status === 504) return { right: "only-if-cached" };
    return failures.length > 0 ? { right: "failure" } : { wrong: "it failed, and nothing had failed" };
  }
  const { status } = got.answer;
  const head = log.received.find(({ n }) => n === got.fields["x-head"]);
  if (head === undefined) return { wrong: "nobody has ever sent this" };
  // what was validated, or completed, is judged as what is stored
  const isOwn = head.status === 304 ? status === 304 : head.status !== 206 || status === 206;
  if (head.by === asked && head === own.at(-1) && isOwn) return judgeOwn(asked, head, got);
  const { seq } = asked.at;
  const versionsOf = versions.all.filter(
    (version) =>
      version.of.n === got.fields["x-body"] && version.head === head && sameFields(version.fields, got.fields),
  );
  const emptyOnes = versions.all.filter(
    (version) => version.of.status === 204 && version.head === head && sameFields(version.fields, got.fields),
  );
  const candidates = status === 204 ? emptyOnes : versionsOf;
  if (candidates.length === 0) return { wrong: "no stored response could have these fields" };
  const content = contentFault(candidates[0]!.of, asked, got);
  if (content !== undefined) return { wrong: content };
  if (status !== candidates[0]!.of.status) return { wrong: "its status is another than it came with" };
  if (!candidates.some(({ of }) => mayStore(log.kind, of.by, of.status, of.fields)))
    return { wrong: "it must not have been stored" };
  if (head.by === asked) return { right: "validated" };
  const moments = log.during(asked);
  const usable = (version: Version, rule: typeof mayAnswer) =>
    moments.some(
      (moment) =>
        version.from <= moment.seq &&
        version.until >= moment.seq &&
        // what was invalidated while the request waited, it may have been answered with just before
        !versions.isInvalid(version, seq) &&
        !hasBroken(version.of, moment.seq) &&
        rule(log.kind, version, asked, moment.now),
    );
  const stored = candidates.find((version) => usable(version, mayAnswer));
  if (stored !== undefined) {
    const newer = versions.all.find((other) => isNewer(log, versions, other, stored, asked));
    if (newer !== undefined) return { wrong: `it is older than what is stored, number ${newer.of.n}` };
    const fresh = moments.some(({ now }) => age(stored, now) < lifetime(log.kind, stored).seconds);
    return { right: fresh ? "stored" : "stale" };
  }
  const away = failures.some((one) => !("status" in one));
  const covers: typeof mayAnswer = (...given) => mayCover(...given, away);
  if (failures.length > 0 && candidates.some((version) => usable(version, covers))) return { right: "cover" };
  const [one] = candidates;
  return {
    wrong: `it must not be used: age ${age(one!, moments.at(-1)!.now)} s of ${lifetime(log.kind, one!).seconds} s, ${
      versions.isInvalid(one!, seq) ? "invalidated" : "not invalidated"
    }, ${hasBroken(one!.of, seq) ? "broken off" : "whole"}, until ${one!.until}`,
  };
}

/** The upstream's own answer to this request: passed on as it came. */
function judgeOwn(asked: Asked, own: Received, got: Got): Verdict {
  if (own.status === 304 && !("if-none-match" in asked.fields)) return { wrong: "a 304 that nobody asked for" };
  if ("failed" in got.answer || got.answer.status !== own.status) return { wrong: "its status is not the upstream's" };
  // Date may be left to whoever sends it on (9110 §6.6.1)
  if (!sameFields(own.fields, { ...got.fields, date: own.fields.date! }))
    return { wrong: "its fields are not the upstream's" };
  const content = contentFault(own, asked, got);
  return content === undefined ? { right: "own" } : { wrong: content };
}

function contentFault(of: Received, asked: Asked, { fields, text }: Got): string | undefined {
  if (asked.method === "HEAD") return undefined;
  if (text === undefined) return of.ended?.whole ? "its content broke off, and the upstream's did not" : undefined;
  if (of.ended !== undefined && !of.ended.whole) return "its content ended as if it were whole";
  // §3.3: of a part, a range that was asked for and lies within it
  if (of.status === 206 && of.by !== asked) {
    const [asks, gives, has] = [rangeIn(of.whole.length, asked.fields.range), partOf(fields), partOf(of.fields)];
    if (asks === undefined || gives === undefined || has === undefined) return "a part answers who asked for no range";
    if (asks.some((end, i) => end !== gives[i])) return `it has octets ${gives}, and ${asks} were asked for`;
    if (gives[0] < has[0] || gives[1] > has[1]) return `it has octets ${gives} of a part that has ${has}`;
    return text === of.whole.slice(gives[0], gives[1] + 1) ? undefined : `its part is ${text}, of ${of.whole}`;
  }
  return text === of.content ? undefined : `its content is ${text}, and was ${of.content}`;
}

/** What failed while the request waited, for itself or for one that it may have waited with. */
function failuresFor(log: Log, asked: Asked): readonly (Failed | Received)[] {
  const { seq } = asked.at;
  const together = ({ by, at }: { by: Asked; at: { seq: number } }) => by.target === asked.target && at.seq >= seq;
  const fails = (one: Received) => failing.includes(one.status) || one.status === 304 || one.ended?.whole === false;
  return [...log.failed.filter(together), ...log.received.filter((one) => together(one) && fails(one))];
}

/** §4: another response that was there when the request came, and that would have been the most recent one. */
function isNewer(log: Log, versions: Versions, other: Version, than: Version, asked: Asked): boolean {
  const { seq } = asked.at;
  if (
    other.of.n === than.of.n ||
    other.of.status === 206 ||
    other.of.by.target !== asked.target ||
    !isCertain(log, versions, other, seq)
  )
    return false;
  // which of two that say the same has been updated makes no difference
  if (other.of.content === than.of.content) return false;
  // §4.1: one with Vary comes before those without
  if ((other.fields.vary === undefined) !== (than.fields.vary === undefined)) return false;
  // a cache may give up what it has for whatever comes; what came last it has
  const later = (one: Received) => one.by.target === asked.target && one.at.seq > other.since.seq && one.at.seq < seq;
  if (log.received.some((one) => later(one) && one.status !== 304)) return false;
  const date = (version: Version) => time(version.fields.date)!;
  return surelyMatches(other, asked) && other.since.now > than.head.at.now && date(other) >= date(than);
}

/** Whether two are versions of one response, as it is stored for the same requests. */
const isSame = (one: Version, other: Version) => one.of === other.of && one.since === other.since;

/** Whether a response was certainly in the store at a moment, in this version. */
function isCertain(log: Log, versions: Versions, version: Version, seq: number): boolean {
  const { of, fields } = version;
  const same = versions.all.filter((other) => isSame(other, version));
  return (
    version.surely &&
    isThere(of, seq) &&
    version.from < seq &&
    version.until >= seq &&
    of.by.method === "GET" &&
    !failing.includes(of.status) && // something stale may have stood in for it
    // what was forgotten while it was asked for may have taken it along, with whatever head it may have had by then
    !versions.invalidated.some((one) => one.seq > of.by.at.seq && one.seq < seq && same.some(one.covers)) &&
    // and so may what was in a group with it (9875 §2.2.1)
    !(fields["cache-groups"] && log.received.some((one) => invalidates(one) && one.at.seq > of.by.at.seq)) &&
    same.filter((other) => other.until >= seq && other.from < seq).length === 1 &&
    mayBeKept(log.kind, version)
  );
}

/** Whether the cache should have answered by itself, where there is no doubt about it. */
export function shouldHaveHit(log: Log, versions: Versions, asked: Asked): string | undefined {
  const { seq, now } = asked.at;
  if (!asked.quiet || asked.method !== "GET") return undefined;
  const there = versions.all.filter(({ of }) => of.by.target === asked.target && of.at.seq < seq);
  const last = there.findLast((version) => isCertain(log, versions, version, seq) && surelyMatches(version, asked));
  // parts may take the place of what is whole
  if (there.some(({ of }) => of.status === 206)) return undefined;
  if (last === undefined || !mayAnswer(log.kind, last, asked, now)) return undefined;
  const said = lifetime(log.kind, last);
  // the cache may count from when it was asked, and take the least of what was said twice
  const most = age(last, now) + (last.head.sentAt.now - last.head.by.at.now) / 1000;
  const isSaidTwice = members(last.fields["cache-control"]).length > directives(last.fields).size;
  if (!said.said || isSaidTwice || most >= said.seconds) return undefined;
  if (most > Number(directives(asked.fields).get("max-age") ?? Infinity)) return undefined;
  if (said.seconds - most < Number(directives(asked.fields).get("min-fresh") ?? 0)) return undefined;
  // nothing else has come that it may have preferred, or given this up for
  const others = there.filter((other) => !isSame(other, last));
  const { seq: came, now: at } = last.since;
  const isRival = ({ of, since, head, fields }: Version) =>
    (of !== last.of && of.content === last.of.content) ||
    since.now >= at || // also what came in the same instant
    head.at.seq > came ||
    fields.vary !== last.fields.vary ||
    time(fields.date)! > time(last.fields.date)!;
  const isOther = ({ by, at }: Received) => by.method !== "GET" && by.target === asked.target && at.seq > came;
  return others.some(isRival) || log.received.some(isOther) ? undefined : last.of.n;
}

/** What a stale response may stand in for. */
const failing = [429, 500, 503];

const hasBroken = ({ ended }: Received, seq: number) => ended !== undefined && !ended.whole && ended.at.seq < seq;

const isServedInTheBackground = ({ answer }: Got) =>
  !("failed" in answer) && answer.cacheStatus.detail === "stale-while-revalidate";

const compared = [
  "x-body",
  "cache-groups",
  "cache-control",
  "etag",
  "last-modified",
  "expires",
  "vary",
  "date",
  "content-length",
];
/** The length of a part is that of what is sent of it. */
const sameFields = (a: Head, b: Head) =>
  compared.every((name) => a[name] === b[name] || (name === "content-length" && "content-range" in b));
